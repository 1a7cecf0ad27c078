import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { SERVER_ADDRESS } from '../netem/ThinLink.ts';
import { framed } from './framed.ts';
import { SYSTEM_PORT } from './LinkSystem.ts';
import type { LinkSystem } from './LinkSystem.ts';

const REDIAL_MS = 1_000;

/** A bare `ws` sender: every message a frame, sent at once, all on one connection that is dialled again when it closes. */
export const wsSystem: LinkSystem = {
  name: 'ws',
  async serve() {
    const server = new WebSocketServer({ host: SERVER_ADDRESS, port: SYSTEM_PORT, perMessageDeflate: false });
    const readers = new Set<WebSocket>();
    const robots = new Set<WebSocket>();
    server.on('connection', (socket, request) => {
      const [mine, others] = request.url === '/reader' ? [readers, robots] : [robots, readers];
      mine.add(socket);
      socket.on('message', (data) => {
        for (const other of others) other.send(data as Buffer);
      });
      socket.on('error', () => undefined).on('close', () => mine.delete(socket));
    });
    await once(server, 'listening');
  },
  async connectRobot(handleCommand) {
    const link = await keepConnected('/robot', handleCommand);
    return { publish: (topic, data) => link.send(framed(topic, data)), connections: link.connections };
  },
  async connectReader(handleMessage) {
    const link = await keepConnected('/reader', (data) => handleMessage(data[0] ?? 0, data.subarray(1)));
    return { command: (data) => link.send(data) };
  },
};

async function keepConnected(
  path: string,
  handleData: (data: Uint8Array) => void,
): Promise<{ send: (data: Uint8Array) => void; connections: () => number }> {
  let connections = 0;
  let socket: WebSocket | undefined;
  const dial = (): WebSocket => {
    const dialled = new WebSocket(`ws://${SERVER_ADDRESS}:${SYSTEM_PORT}${path}`, { perMessageDeflate: false });
    dialled.on('open', () => (connections += 1));
    dialled.on('message', (data) => handleData(data as Buffer));
    dialled.on('error', () => undefined).on('close', () => setTimeout(() => (socket = dial()), REDIAL_MS));
    return dialled;
  };
  socket = dial();
  await once(socket, 'open');
  return {
    connections: () => connections,
    send(data) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(data);
    },
  };
}
