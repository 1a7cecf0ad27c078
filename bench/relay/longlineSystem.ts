import { AgentEnd, bindWebSocket, Outbox, subprotocols } from '@longline/line';
import type { AdvertisedChannel } from '@longline/line';
import { connect } from '@longline/client';
import { systemClock } from '@longline/ros';
import { startServer } from '@longline/server';
import { WebSocket } from 'ws';
import type { RelaySystem } from './RelaySystem.ts';

const channel: AdvertisedChannel = {
  id: 0,
  topic: '/bench',
  schema: { name: 'bench/Blob', encoding: 'ros1msg', text: 'uint8[100] data' },
  encoding: 'ros1',
  latched: false,
  lane: 'telemetry',
  // Nothing may be replaced: every message of a flood counts.
  delivery: 'queue',
};

interface Robot {
  readonly end: AgentEnd;
  readonly outbox: Outbox;
  readonly socket: WebSocket;
  sequence: number;
}

/** The agent's side of one line, without ROS: outbox, AgentEnd, WebSocket. */
function connectRobot(port: number, device: string): Promise<Robot> {
  return new Promise((resolve, reject) => {
    const outbox = new Outbox(systemClock, { queueDepth: 1_000_000 });
    outbox.openChannel(channel.id, channel);
    const url = `ws://127.0.0.1:${port}/api/v1/line`;
    const socket = new WebSocket(url, [...subprotocols], { perMessageDeflate: false });
    const end: AgentEnd = bindWebSocket(
      socket,
      (transport) =>
        new AgentEnd({
          transport,
          clock: systemClock,
          outbox,
          hello: {
            role: 'agent',
            device,
            boot: device,
            line: device,
            socket: 0,
            highestToken: 0,
            software: 'bench',
            robot: 'bench:',
            features: [],
          },
          handlers: {
            handleWelcome: () => {
              end.sendStatus({ ros: { state: 'connected' }, simulatedTime: false, standing: [] });
              end.advertise([channel]);
              resolve({ end, outbox, socket, sequence: 0 });
            },
            handleRequest: ({ id }) => end.reply({ id, state: 'rejected', code: 'NOT_SUPPORTED' }),
            handleClosed: ({ reason }) => reject(new Error(`the line of ${device} ended: ${reason}`)),
          },
        }),
    );
  });
}

/** Agent-side line -> Longline server -> one SDK reader. */
export const longlineSystem: RelaySystem = {
  name: 'longline',
  async serve() {
    const server = await startServer({ host: '127.0.0.1', port: 0 });
    return { port: server.port, pid: process.pid };
  },
  async connectLoad(port, robots) {
    const connected = await Promise.all(
      Array.from({ length: robots }, (_, index) => connectRobot(port, `bench-${index}`)),
    );
    return {
      send(index, data) {
        const robot = connected[index];
        if (robot === undefined) return;
        const now = systemClock.wallNs();
        robot.outbox.push(channel.id, { sequence: robot.sequence++, logTime: now, publishTime: now, data });
        robot.end.handleQueued();
      },
      async drained() {
        while (connected.some(({ outbox, socket }) => outbox.bytes > 0 || socket.bufferedAmount > 0)) {
          await new Promise((next) => setImmediate(next));
        }
      },
    };
  },
  async connectReader(port, handleData) {
    const fleet = connect(`http://127.0.0.1:${port}`);
    await fleet.ready();
    fleet.subscribe({ device: '*', topic: '/bench' }, { handleMessage: (message) => handleData(message.data) });
  },
};
