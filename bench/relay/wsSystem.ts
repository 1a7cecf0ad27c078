import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { RelaySystem } from './RelaySystem.ts';

/** A bare `ws` relay: one message a frame, each copied to every reader, nothing kept. */
export const wsSystem: RelaySystem = {
  name: 'ws',
  async serve() {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    const readers = new Set<WebSocket>();
    server.on('connection', (socket, request) => {
      if (request.url === '/reader') readers.add(socket);
      socket.on('message', (data) => {
        for (const reader of readers) reader.send(data as Buffer);
      });
    });
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, pid: process.pid };
  },
  async connectLoad(port, robots) {
    const sockets = await Promise.all(
      Array.from({ length: robots }, async () => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/robot`, { perMessageDeflate: false });
        await once(socket, 'open');
        return socket;
      }),
    );
    return {
      send: (robot, data) => sockets[robot]?.send(data),
      async drained() {
        while (sockets.some((socket) => socket.bufferedAmount > 0)) await new Promise((next) => setImmediate(next));
      },
    };
  },
  async connectReader(port, handleData) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/reader`, { perMessageDeflate: false });
    socket.on('message', (data) => handleData(data as Buffer));
    await once(socket, 'open');
  },
};
