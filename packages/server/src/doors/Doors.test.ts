import { TestAgent, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { Server, ServerOptions } from '../startServer.ts';
import { int64Schema } from '../testing/schemas.ts';
import { startTestServer } from '../testing/startTestServer.ts';
import { DoorClient } from './DoorClient.fixture.ts';

async function withRobot(options: ServerOptions = {}): Promise<{ server: Server; robot: TestAgent }> {
  const server = await startTestServer(options);
  const robot = new TestAgent(server.url, 'r1', { answer: () => [{ state: 'done', encoding: 'json' }, '{}'] });
  onTestFinished(() => robot.stop());
  await robot.welcomes.first();
  return { server, robot };
}

test('a door is at each device’s address, and its ID is encoded as in every URL', async () => {
  const { server } = await withRobot();
  expect(await new DoorClient(server).opening).toBe('open');
  expect(await new DoorClient(server, { device: '%721' }).opening).toBe('open');
  expect(await new DoorClient(server, { device: 'r2' }).opening).toBe('404 DEVICE_UNKNOWN');
  expect(await new DoorClient(server, { device: 'r%201' }).opening).toBe('400 DEVICE_ID_INVALID');
  expect(await new DoorClient(server, { device: '%zz' }).opening).toBe('400 DEVICE_ID_INVALID');
  expect(await new DoorClient(server, { door: 'telnet' }).opening).toBe('404 ROUTE_UNKNOWN');
  const page = await fetch(`${server.url}/api/v1/devices/r1/foxglove`);
  expect([page.status, await page.json()]).toMatchObject([
    404,
    { code: 'ROUTE_UNKNOWN', message: expect.stringContaining('foxglove.sdk.v1 or foxglove.websocket.v1') as unknown },
  ]);
});

test('the Foxglove door takes both subprotocol names, and none without', async () => {
  const { server } = await withRobot();
  const open = async (...protocols: string[]): Promise<string> => {
    const client = new DoorClient(server, { door: 'foxglove', protocols });
    return `${await client.opening} ${client.socket.protocol}`;
  };
  expect(await open('foxglove.websocket.v1')).toBe('open foxglove.websocket.v1');
  expect(await open('foxglove.sdk.v1', 'foxglove.websocket.v1')).toBe('open foxglove.sdk.v1');
  expect(await open('other', 'foxglove.websocket.v1', 'foxglove.sdk.v1')).toBe('open foxglove.websocket.v1');
  expect(await open('foxglove.websocket.v2')).toBe('400 SUBPROTOCOL_REQUIRED ');
});

test('a page of another origin opens no door, nor does an address with a lease that is none', async () => {
  const { server } = await withRobot();
  const headers = { origin: 'https://evil.example' };
  expect(await new DoorClient(server, { headers }).opening).toBe('403 ORIGIN_FORBIDDEN');
  expect(await new DoorClient(server, { query: '?lease=x' }).opening).toBe('400 REQUEST_INVALID');
  expect(await new DoorClient(server, { query: '?lease=1' }).opening).toBe('open');
});

test('both doors show what an offline robot said last', async () => {
  const { server, robot } = await withRobot();
  robot.send(robot.advertise(1, '/t', int64Schema), { data: 41n });
  await waitFor(() => server.fleet.device('r1').latest('/t'));
  await robot.stop();
  await waitFor(() => !server.fleet.device('r1').online);
  const rosbridge = new DoorClient(server);
  await rosbridge.opening;
  rosbridge.send({ op: 'subscribe', topic: '/t' });
  expect(await rosbridge.next(({ op }) => op === 'publish')).toMatchObject({ topic: '/t', msg: { data: 41 } });
  const foxglove = new DoorClient(server, { door: 'foxglove' });
  const { channels } = await foxglove.next(({ op }) => op === 'advertise');
  expect(channels).toMatchObject([{ topic: '/t', schemaName: 'std_msgs/Int64' }]);
  const [{ id }] = channels as [{ id: number }];
  foxglove.send({ op: 'subscribe', subscriptions: [{ id: 5, channelId: id }] });
  expect([...(await foxglove.frames.first()).subarray(-8)]).toEqual([41, 0, 0, 0, 0, 0, 0, 0]);
});

test('a server that stops says so to readers of doors', async () => {
  const { server } = await withRobot();
  const clients = [new DoorClient(server), new DoorClient(server, { door: 'foxglove' })];
  await Promise.all(clients.map(({ opening }) => opening));
  await server.stop();
  const closes = await Promise.all(clients.map(({ closed }) => closed));
  expect(closes.every((close) => close.startsWith('1001 SERVER_STOPPING: '))).toBe(true);
});

test('readers of doors are counted with the others, and bounded', async () => {
  const { server } = await withRobot({ limits: { maxReaders: 2 } });
  const [first, second] = [new DoorClient(server), new DoorClient(server, { door: 'foxglove' })];
  await Promise.all([first.opening, second.opening]);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('longline_readers 2');
  expect(metrics).toContain('longline_doors{door="rosbridge"} 1');
  expect(metrics).toContain('longline_doors{door="foxglove"} 1');
  expect(await new DoorClient(server).opening).toBe('503 READER_LIMIT');
  first.socket.close();
  await first.closed;
  await waitFor(async () => (await new DoorClient(server).opening) === 'open');
});

test('sessions of one reader watch a robot’s graph once', async () => {
  const { server, robot } = await withRobot();
  const clients = Array.from({ length: 10 }, () => new DoorClient(server));
  await Promise.all(clients.map(({ opening }) => opening));
  robot.requests.clear();
  await Promise.all(clients.map((client) => client.call('/rosapi/topics')));
  const asked = robot.requests.items.filter(({ request }) => request.action.kind === 'graph');
  expect(asked.length).toBeLessThanOrEqual(2);
});
