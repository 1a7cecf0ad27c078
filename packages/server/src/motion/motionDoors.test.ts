import { TestAgent, TestReader, waitFor } from '@longline/testing';
import type { ReceivedRequest } from '@longline/testing';
import { expect, test } from 'vitest';
import type { Server } from '../startServer.ts';
import { startTestServer } from '../testing/startTestServer.ts';

/** A robot that confirms leases and stops, and executes what it is told. */
const confirm = ({
  request: { action, token },
}: ReceivedRequest): ReturnType<NonNullable<NonNullable<ConstructorParameters<typeof TestAgent>[2]>['answer']>> => {
  switch (action.kind) {
    case 'motion':
      return undefined;
    case 'lease.take':
    case 'lease.renew':
      return [{ state: 'done', encoding: 'json' }, JSON.stringify({ token, holdMs: action.holdMs })];
    case 'stop':
      return [{ state: 'done', encoding: 'json' }, JSON.stringify({ outputs: [stopped] })];
    case 'standing.set':
      return [{ state: 'done', encoding: 'json' }, '{"motion":true,"holdMs":500}'];
    default:
      return [{ state: 'done', encoding: 'json' }, '{}'];
  }
};
const stopped = { kind: 'topic', name: '/cmd_vel', delivered: true, others: ['/move_base'], code: 'NOT_EXCLUSIVE' };

async function robot(server: Server, device = 'r1'): Promise<TestAgent> {
  const agent = new TestAgent(server.url, device, { answer: confirm });
  await agent.welcomes.first();
  await waitFor(() => server.fleet.device(device).online);
  return agent;
}

async function http(server: Server, method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return [response.status, await response.json()];
}

test('a lease is taken, seen, renewed, used and given back over HTTP', async () => {
  const server = await startTestServer();
  const agent = await robot(server);
  expect(await http(server, 'GET', '/devices/r1/lease')).toEqual([200, { device: 'r1', held: false }]);
  const held = { device: 'r1', token: 1, holder: 'local', holdMs: 30_000 };
  expect(await http(server, 'POST', '/devices/r1/lease', { holdMs: 30_000 })).toEqual([200, held]);
  expect(await http(server, 'POST', '/devices/r1/lease', {})).toMatchObject([409, { code: 'LEASE_HELD' }]);
  expect(await http(server, 'PUT', '/devices/r1/lease', { token: 1, holdMs: 20_000 })).toMatchObject([
    200,
    { token: 1, holdMs: 20_000 },
  ]);
  expect(await http(server, 'GET', '/devices/r1/lease')).toMatchObject([200, { held: true, token: 1 }]);
  expect(await http(server, 'GET', '/devices/r1')).toMatchObject([200, { lease: { token: 1, holder: 'local' } }]);
  const publish = { kind: 'publish', topic: '/cmd_vel', message: {}, token: 1 };
  expect(await http(server, 'POST', '/devices/r1/commands', publish)).toMatchObject([200, { state: 'done' }]);
  expect(agent.requests.items.at(-1)?.request).toMatchObject({ token: 1, sequence: 1 });
  const standing = { message: {}, rateHz: 10, token: 1 };
  expect(await http(server, 'PUT', '/devices/r1/standing?topic=/cmd_vel', standing)).toMatchObject([200, {}]);
  expect(agent.requests.items.at(-1)?.request).toMatchObject({ token: 1, sequence: 2 });
  expect(await http(server, 'POST', '/devices/r1/commands', { ...publish, token: 7 })).toMatchObject([
    409,
    { code: 'LEASE_LOST' },
  ]);
  expect(await http(server, 'POST', '/devices/r1/lease', { takeOver: true })).toMatchObject([200, { token: 2 }]);
  expect(await http(server, 'DELETE', '/devices/r1/lease?token=1')).toMatchObject([409, { code: 'LEASE_LOST' }]);
  expect(await http(server, 'DELETE', '/devices/r1/lease?token=2')).toEqual([200, { device: 'r1', held: false }]);
});

test('a robot is stopped over HTTP without a lease, and released under one', async () => {
  const server = await startTestServer();
  const agent = await robot(server);
  expect(await http(server, 'POST', '/devices/r1/stop')).toEqual([
    200,
    { device: 'r1', state: 'stopped', outputs: [stopped] },
  ]);
  expect(agent.requests.items.at(-1)?.request).toMatchObject({ issuer: 'local', action: { kind: 'stop' } });
  expect(await http(server, 'DELETE', '/devices/r1/stop?token=1')).toMatchObject([409, { code: 'LEASE_LOST' }]);
  expect(await http(server, 'POST', '/devices/r1/lease')).toMatchObject([200, { token: 1, holdMs: 1_500 }]);
  expect(await http(server, 'DELETE', '/devices/r1/stop?token=1&outputs=/cmd_vel')).toEqual([
    200,
    { device: 'r1', released: true },
  ]);
  expect(agent.requests.items.at(-1)?.request).toMatchObject({
    token: 1,
    action: { kind: 'stop.release', outputs: '/cmd_vel' },
  });
});

test('a stop of a robot that this server has not seen yet is the first that it hears', async () => {
  const server = await startTestServer();
  expect(await http(server, 'POST', '/devices/r1/stop', { outputs: '/cmd_vel' })).toMatchObject([
    202,
    { device: 'r1', state: 'waits', code: 'STOP_WAITS', outputs: [] },
  ]);
  const agent = await robot(server);
  expect((await agent.requests.first()).request.action).toEqual({ kind: 'stop', outputs: '/cmd_vel' });
  expect(await http(server, 'POST', '/devices/r%20x/stop')).toMatchObject([400, { code: 'DEVICE_ID_INVALID' }]);
});

test('a stop of many says for each robot what is known', async () => {
  const server = await startTestServer();
  await robot(server, 'truck-1');
  const away = await robot(server, 'truck-2');
  await robot(server, 'car');
  await away.stop();
  await waitFor(() => !server.fleet.device('truck-2').online);
  expect(await http(server, 'POST', '/stop', { devices: 'truck-*' })).toMatchObject([
    200,
    {
      outcomes: [
        { device: 'truck-1', state: 'stopped' },
        { device: 'truck-2', state: 'waits', code: 'STOP_WAITS' },
      ],
    },
  ]);
  expect(await http(server, 'GET', '/devices/truck-2')).toMatchObject([200, { stopWaits: true }]);
  expect(await http(server, 'POST', '/stop', { devices: 'not a pattern' })).toMatchObject([
    400,
    { code: 'PATTERN_INVALID' },
  ]);
});

test('a reader takes the lease, moves the robot, hears refusals only, and is told when it lost it', async () => {
  const server = await startTestServer();
  const agent = await robot(server);
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'devices' });
  expect(await reader.request('r1', { kind: 'lease.take', holdMs: 60_000 })).toMatchObject({ state: 'done' });
  expect((await reader.devices.first(({ lease }) => lease !== undefined)).lease).toMatchObject({ token: 1 });
  const heard: (string | undefined)[] = [];
  reader.end.openStream('s1', ({ code }) => heard.push(code));
  const send = (sequence: number, token = 1): void =>
    reader.end.motion(
      {
        id: 's1',
        device: 'r1',
        issuer: '',
        ageMs: 3,
        deadlineMs: 1_000,
        token,
        sequence,
        action: { kind: 'motion', topic: '/cmd_vel', encoding: 'json' },
      },
      new TextEncoder().encode('{"linear":{"x":1}}'),
    );
  send(0);
  send(1);
  const [, ...frames] = await agent.requests.take(3);
  expect(frames.map(({ request: { token, sequence, id } }) => [token, sequence, id === frames[0]?.request.id])).toEqual(
    [
      [1, 1, true],
      [1, 2, true],
    ],
  );
  expect(frames[0]!.ageMs).toBeGreaterThanOrEqual(3);
  agent.reply(frames[0]!.request.id, { state: 'rejected', code: 'NO_SUBSCRIBER', message: 'nobody listens' });
  await waitFor(() => heard.length === 1);
  const other = await server.fleet.device('r1').takeLease({ takeOver: true });
  await waitFor(() => heard.length === 2);
  send(2);
  await waitFor(() => heard.length === 3);
  expect(heard).toEqual(['NO_SUBSCRIBER', 'LEASE_LOST', 'LEASE_LOST']);
  expect(other.token).toBe(2);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^longline_leases 1$/m);
  expect(metrics).toMatch(/^longline_stops_waiting 0$/m);
  expect(metrics).toMatch(/^longline_motion_frames_total 2$/m);
});

test('a program of the server’s process holds a lease like anybody', async () => {
  const server = await startTestServer();
  const agent = await robot(server);
  const device = server.fleet.device('r1');
  const refused: string[] = [];
  const lease = await device.takeLease({ holdMs: 5_000, handleRefusal: ({ code }) => refused.push(code) });
  expect(lease).toMatchObject({ token: 1, holdMs: 5_000 });
  await expect(device.takeLease()).rejects.toMatchObject({ code: 'LEASE_HELD' });
  lease.publish('/cmd_vel', { linear: { x: 0.5 } });
  const frame = await agent.requests.first(({ request }) => request.action.kind === 'motion');
  expect(frame.request).toMatchObject({ token: 1, action: { topic: '/cmd_vel', encoding: 'json' } });
  agent.reply(frame.request.id, { state: 'rejected', code: 'STOP_LATCHED', message: 'stopped' });
  await waitFor(() => refused.length === 1);
  expect(await device.command({ kind: 'call', service: '/arm' }, { token: lease.token })).toMatchObject({
    state: 'done',
  });
  await lease.renew();
  await lease.releaseStop();
  expect(await device.stop()).toMatchObject({ state: 'stopped' });
  await lease.release();
  await lease.release();
  expect(lease.lost.reason).toMatchObject({ code: 'LEASE_LOST' });
  expect(() => lease.publish('/cmd_vel', {})).toThrow('released');
  expect(refused).toContain('STOP_LATCHED');
});

test('a lease is over for its program when the robot’s line ends', async () => {
  const server = await startTestServer();
  const agent = await robot(server);
  const lease = await server.fleet.device('r1').takeLease();
  await agent.stop();
  await waitFor(() => lease.lost.aborted);
  expect(lease.lost.reason).toMatchObject({ code: 'LEASE_LOST' });
  await expect(lease.renew()).rejects.toMatchObject({ code: 'LEASE_LOST' });
});
