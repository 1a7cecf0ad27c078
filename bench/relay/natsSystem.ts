import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RelaySystem } from './RelaySystem.ts';

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The server may still be starting: asks again for up to 5 s. */
async function connectTo(port: number): Promise<NatsConnection> {
  return connect({
    servers: `127.0.0.1:${port}`,
    waitOnFirstConnect: true,
    reconnectTimeWait: 50,
    maxReconnectAttempts: 100,
  });
}

/** A nats-server (core NATS, no JetStream), one connection per robot, one subject per robot. */
export const natsSystem: RelaySystem = {
  name: 'nats',
  async serve() {
    const port = await freePort();
    const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    process.on('exit', () => server.kill('SIGKILL'));
    await once(server, 'spawn');
    await (await connectTo(port)).close();
    return { port, pid: server.pid ?? 0 };
  },
  async connectLoad(port, robots) {
    const connections = await Promise.all(Array.from({ length: robots }, () => connectTo(port)));
    return {
      send: (robot, data) => connections[robot]?.publish(`robot.${robot}.bench`, data),
      async drained() {
        await Promise.all(connections.map((connection) => connection.flush()));
      },
    };
  },
  async connectReader(port, handleData) {
    const connection = await connectTo(port);
    connection.subscribe('robot.*.bench', { callback: (_error, message) => handleData(message.data) });
    await connection.flush();
  },
};
