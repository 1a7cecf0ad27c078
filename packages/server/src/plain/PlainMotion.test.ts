import { expect, test } from 'vitest';
import type { MotionRefusal } from '../motion/MotionStream.ts';
import { jsonOf, PlainWorld } from './PlainWorld.fixture.ts';
import type { PlainClient } from './PlainWorld.fixture.ts';

const forward = { linear: { x: 0.5 } };
const topic = '/cmd_vel';
const publish = { kind: 'publish', topic, encoding: 'json' } as const;
const speeds = (client: PlainClient): unknown[] =>
  client.ops('publish').map(({ msg }) => (msg as { linear: { x: number } }).linear.x);

async function unguarded(): Promise<{ world: PlainWorld; client: PlainClient; token: number }> {
  const world = new PlainWorld();
  const client = await world.connect('esp1', true);
  client.say({ op: 'subscribe', topic, type: 'geometry_msgs/Twist' });
  return { world, client, token: await world.takeLease() };
}

test('a device without a deadman is not moved, whatever is asked', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  const refused = { state: 'rejected', code: 'UNGUARDED_MOTION' };
  expect(await world.ask({ ...publish, type: 'geometry_msgs/Twist' }, forward)).toMatchObject(refused);
  client.say({ op: 'subscribe', topic, type: 'geometry_msgs/Twist' });
  expect(await world.ask(publish, forward)).toMatchObject(refused);
  expect(await world.ask({ kind: 'lease.take', holdMs: 1_000 })).toMatchObject(refused);
  expect(client.ops('publish')).toEqual([]);
  expect(world.rooms.fleet.device('esp1')?.status.motion).toBeUndefined();
});

test('one that was registered unguarded is moved under a lease, and not without', async () => {
  const { world, client, token } = await unguarded();
  expect(await world.ask(publish, forward)).toMatchObject({ state: 'rejected', code: 'LEASE_NEEDED' });
  const reply = await world.ask(publish, forward, { token });
  expect(reply.state).toBe('done');
  expect(jsonOf(reply)).toEqual({ subscribers: 1 });
  expect(speeds(client)).toEqual([0.5]);
  expect(world.rooms.fleet.device('esp1')?.status.motion).toMatchObject({
    deadman: { state: 'absent' },
    token,
    leased: true,
    outputs: [{ name: topic, state: 'moving', timeoutMs: 500 }],
  });
});

test('a frame older than 500 ms, with a field that is no number, or to nobody is refused', async () => {
  const { world, client, token } = await unguarded();
  expect(await world.ask(publish, forward, { token, ageMs: 501 })).toMatchObject({ code: 'COMMAND_EXPIRED' });
  expect(await world.ask(publish, { linear: { x: 'NaN' } }, { token })).toMatchObject({ code: 'LIMIT_BEYOND' });
  expect(
    await world.ask({ ...publish, topic: '/other', type: 'geometry_msgs/Twist' }, forward, { token }),
  ).toMatchObject({
    code: 'NO_SUBSCRIBER',
  });
  client.say({ op: 'subscribe', topic: '/steer', type: 'ackermann_msgs/AckermannDrive' });
  expect(await world.ask({ ...publish, topic: '/steer' }, {}, { token })).toMatchObject({ code: 'TYPE_UNKNOWN' });
  expect(client.ops('publish')).toEqual([]);
});

test('frames of a stream pass in order; the server sends zeros 500 ms after the last', async () => {
  const { world, client, token } = await unguarded();
  const refusals: MotionRefusal[] = [];
  const { principal } = world;
  const handleRefusal = (refusal: MotionRefusal): void => void refusals.push(refusal);
  const stream = world.rooms.requests.openMotion({ device: 'esp1', token, principal, handleRefusal });
  const payload = new TextEncoder().encode(JSON.stringify(forward));
  const frame = { action: { kind: 'motion', topic, encoding: 'json' }, payload, ageMs: 0, deadlineMs: 500 } as const;
  stream.send({ ...frame, sequence: 5 });
  stream.send({ ...frame, sequence: 4 });
  await world.rooms.clock.advance(499);
  expect(speeds(client)).toEqual([0.5]);
  expect(refusals).toMatchObject([{ code: 'COMMAND_OUT_OF_ORDER' }]);
  await world.rooms.clock.advance(1);
  expect(speeds(client)).toEqual([0.5, 0]);
  await world.rooms.clock.advance(100);
  expect(world.rooms.fleet.device('esp1')?.status.motion?.outputs[0]?.state).toBe('still');
  expect(client.ops('publish'), 'once').toHaveLength(2);
});

test('zeros that its holder sends end the motion: the server sends none of its own', async () => {
  const { world, client, token } = await unguarded();
  await world.ask(publish, forward, { token });
  await world.ask(publish, {}, { token });
  await world.rooms.clock.advance(1_000);
  expect(speeds(client)).toEqual([0.5, 0]);
});

test.each<[string, (world: PlainWorld, token: number) => Promise<unknown>]>([
  ['runs out', (world) => world.rooms.clock.advance(200)],
  ['is released', (world, token) => world.ask({ kind: 'lease.release' }, {}, { token })],
])('what moves is sent zeros when the lease %s', async (_how, end) => {
  const world = new PlainWorld();
  const client = await world.connect('esp1', true);
  client.say({ op: 'subscribe', topic, type: 'geometry_msgs/Twist' });
  const token = await world.takeLease(200);
  await world.ask(publish, forward, { token });
  await end(world, token);
  expect(speeds(client)).toEqual([0.5, 0]);
  expect(await world.ask(publish, forward, { token })).toMatchObject({ code: 'LEASE_LOST' });
});

test('a device that does not answer for 500 ms is sent nothing that moves it', async () => {
  const { world, client, token } = await unguarded();
  await world.ask(publish, {}, { token });
  client.answersPings = false;
  await world.rooms.clock.advance(700);
  expect(await world.ask(publish, forward, { token })).toMatchObject({ state: 'expired', code: 'COMMAND_EXPIRED' });
  expect(speeds(client)).toEqual([0]);
});

test('a stop sends zeros and latches until it is released under a lease, over connections too', async () => {
  const { world, client, token } = await unguarded();
  await world.ask(publish, forward, { token });
  const stopped = await world.ask({ kind: 'stop' });
  expect(jsonOf(stopped)).toEqual({ outputs: [{ kind: 'topic', name: topic, delivered: true, others: [] }] });
  expect(speeds(client)).toEqual([0.5, 0]);
  expect(await world.ask(publish, forward, { token })).toMatchObject({ state: 'rejected', code: 'STOP_LATCHED' });

  client.session.handleClosed();
  const again = await world.connect('esp1', true);
  again.say({ op: 'subscribe', topic, type: 'geometry_msgs/Twist' });
  expect(speeds(again), 'the latch comes first').toEqual([0]);
  const newer = await world.takeLease();
  expect(newer).toBeGreaterThan(token);
  expect(await world.ask(publish, forward, { token: newer })).toMatchObject({ code: 'STOP_LATCHED' });
  expect((await world.ask({ kind: 'stop.release' }, {}, { token: newer })).state).toBe('done');
  expect((await world.ask(publish, forward, { token: newer })).state).toBe('done');
});

test('a device that was moving when its connection broke is sent zeros when it is back', async () => {
  const { world, client, token } = await unguarded();
  await world.ask(publish, forward, { token });
  client.session.handleClosed();
  const again = await world.connect('esp1', true);
  again.say({ op: 'subscribe', topic, type: 'geometry_msgs/Twist' });
  expect(speeds(again)).toEqual([0]);
  expect(await world.ask(publish, forward, { token })).toMatchObject({ code: 'LEASE_LOST' });
});

test('what moves is stopped before the server closes the connection, and before the topic is no longer received', async () => {
  const { world, client, token } = await unguarded();
  await world.ask(publish, forward, { token });
  client.say({ op: 'unsubscribe', topic });
  expect(speeds(client)).toEqual([0.5, 0]);
  client.say({ op: 'subscribe', topic, type: 'geometry_msgs/Twist' });
  await world.ask(publish, forward, { token });
  client.session.close('SERVER_STOPPING', 'the server stops');
  expect(speeds(client).at(-1)).toBe(0);
});
