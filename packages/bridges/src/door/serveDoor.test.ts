import { silentLog } from '@longline/ros';
import { waitForEvent } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { DoorSession, DoorSocket } from './DoorSocket.ts';
import { MAX_DOOR_FRAME_BYTES, serveDoor } from './serveDoor.ts';
import type { ServedDoor, ServeDoorOptions } from './serveDoor.ts';

/** A door that says back what it is told, and throws at `fault`. */
function echo(socket: DoorSocket): DoorSession {
  return {
    handleText: (text) => {
      if (text === 'fault') throw new Error('as told');
      socket.send(text);
    },
    handleBinary: (data) => socket.send(data.slice()),
    handlePong: () => undefined,
    handleWritable: () => undefined,
    handleClosed: () => undefined,
  };
}

async function serve(options: Partial<ServeDoorOptions> = {}): Promise<ServedDoor> {
  const door = await serveDoor({ port: 0, log: silentLog, open: echo, ...options });
  onTestFinished(() => door.close());
  return door;
}

function connect(url: string, subprotocols: string[] = []): WebSocket {
  const socket = new WebSocket(url, subprotocols);
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  return socket;
}

async function opened(url: string): Promise<WebSocket> {
  const socket = connect(url);
  await waitForEvent(socket, 'open');
  return socket;
}

async function refusal(socket: WebSocket): Promise<unknown> {
  const [, response] = await waitForEvent(socket, 'unexpected-response');
  return (response as { statusCode: number }).statusCode;
}

async function says(socket: WebSocket, text: string): Promise<string> {
  socket.send(text);
  const [data] = await waitForEvent(socket, 'message');
  return String(data);
}

test('it listens on loopback, and closing it ends every connection', async () => {
  const door = await serve();
  expect(door.url).toBe(`ws://127.0.0.1:${door.port}`);
  const socket = await opened(door.url);
  expect(await says(socket, 'hello')).toBe('hello');
  const closed = waitForEvent(socket, 'close');
  await door.close();
  await door.close();
  await closed;
});

test('a port that is taken is told', async () => {
  const { port } = await serve();
  await expect(serve({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('readers beyond the bound are refused with 503, and taken once there is room', async () => {
  const { url } = await serve({ maxReaders: 2 });
  const [first] = [await opened(url), await opened(url)];
  expect(await refusal(connect(url))).toBe(503);
  first.close();
  await waitForEvent(first, 'close');
  await opened(url);
});

test('a client that offers no subprotocol of the door’s is refused with 400, others get the first they offer', async () => {
  const { url } = await serve({ subprotocols: ['a', 'b'] });
  expect(await refusal(connect(url))).toBe(400);
  expect(await refusal(connect(url, ['c']))).toBe(400);
  const socket = connect(url, ['c', 'b', 'a']);
  await waitForEvent(socket, 'open');
  expect(socket.protocol).toBe('b');
});

test('web pages are refused with 403 unless they are of this machine or listed; programs are not', async () => {
  const { url } = await serve({ origins: ['https://viewer.example'] });
  const { url: unlisted } = await serve();
  const page = (origin: string, to = url): WebSocket => {
    const socket = new WebSocket(to, { origin });
    socket.on('error', () => undefined);
    onTestFinished(() => socket.terminate());
    return socket;
  };
  expect(await refusal(page('https://elsewhere.example'))).toBe(403);
  expect(await refusal(page('https://viewer.example', unlisted))).toBe(403);
  expect(await refusal(page('null', unlisted))).toBe(403);
  await waitForEvent(page('http://localhost:3000', unlisted), 'open');
  await waitForEvent(page('https://viewer.example'), 'open');
  await opened(url);
});

test('who asks by plain HTTP is told what to open', async () => {
  const { port } = await serve();
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.status).toBe(426);
});

test('a frame above 64 MiB closes its connection with 1009, and no other', async () => {
  const { url } = await serve();
  const [hostile, other] = [await opened(url), await opened(url)];
  const closed = waitForEvent(hostile, 'close');
  hostile.send(new Uint8Array(MAX_DOOR_FRAME_BYTES + 1));
  expect((await closed)[0]).toBe(1009);
  expect(await says(other, 'hello')).toBe('hello');
});

test('what fails inside closes that connection with 1011, and no other', async () => {
  const { url } = await serve();
  const [hostile, other] = [await opened(url), await opened(url)];
  const closed = waitForEvent(hostile, 'close');
  hostile.send('fault');
  expect((await closed)[0]).toBe(1011);
  expect(await says(other, 'hello')).toBe('hello');
});
