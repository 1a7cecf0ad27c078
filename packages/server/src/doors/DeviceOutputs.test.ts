import { expect, test } from 'vitest';
import { somebody } from '../access/principal.fixture.ts';
import { Operator } from '../motion/Operator.fixture.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { DOOR_DEADLINE_MS, MAX_ORDER_AGE_MS } from './DeviceOutputs.ts';
import { confirmLease, DoorReader, fresh, outcome, tellMotion } from './DoorReader.fixture.ts';
import { MAX_ADVERTISED_TOPICS } from '../provided/AdvertisedTopics.ts';

function setUp(): { rooms: ServerRooms; line: FakeRobotLine } {
  const rooms = new ServerRooms();
  const line = rooms.connect('r1');
  tellMotion(rooms);
  return { rooms, line };
}

/** Ann holds the lease by another door, and has told this one its token. */
function named(): { rooms: ServerRooms; line: FakeRobotLine; ann: DoorReader; operator: Operator } {
  const { rooms, line } = setUp();
  const operator = new Operator(rooms, 'ann');
  operator.take({ holdMs: 10_000 });
  line.answer({ json: '{"token":1,"holdMs":10000}' });
  return { rooms, line, operator, ann: new DoorReader(rooms, { principal: operator.principal, leaseToken: 1 }) };
}

const lastOf = (line: FakeRobotLine) => line.asked.at(-1)?.request;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a message is a command with its age and the door’s deadline, and tells how many heard it', async () => {
  const { rooms, line } = setUp();
  const ann = new DoorReader(rooms);
  const receipt = ann.publish('/goal', { type: 'a/B', latched: true, ageMs: 30 });
  expect(lastOf(line)).toMatchObject({
    issuer: 'ann',
    token: 0,
    ageMs: 30,
    deadlineMs: 30 + DOOR_DEADLINE_MS,
    action: { kind: 'publish', topic: '/goal', type: 'a/B', encoding: 'json', latched: true },
  });
  line.answer({ json: '{"subscribers":3}' });
  expect(await receipt).toEqual({ subscribers: 3 });
  expect(rooms.commands.list({ device: 'r1', limit: 10 }).length).toBe(1);
  const refused = ann.publish('/goal');
  line.answer({ state: 'rejected', code: 'NOT_ALLOWED', message: 'no' });
  await expect(refused).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: 'no' });
});

test('a call waits as long as its reader does, and gives the response’s bytes', async () => {
  const { rooms, line } = setUp();
  const response = new DoorReader(rooms).outputs.callService({
    service: '/add',
    encoding: 'ros1',
    data: Uint8Array.of(1),
    deadlineMs: 700,
    ageMs: 100,
    mayBeFlushed: true,
  });
  expect(lastOf(line)).toMatchObject({ ageMs: 100, deadlineMs: 800, action: { kind: 'call', encoding: 'ros1' } });
  line.answer({ json: 'bytes' });
  expect(new TextDecoder().decode(await response)).toBe('bytes');
});

test('parameters are set and deleted as commands are', async () => {
  const { rooms, line } = setUp();
  const { outputs } = new DoorReader(rooms);
  const set = outputs.setParameter('/big', 2n ** 60n, fresh);
  expect(lastOf(line)?.action).toEqual({ kind: 'parameter.set', name: '/big' });
  expect(new TextDecoder().decode(line.asked.at(-1)?.payload)).toBe('1152921504606846976');
  line.answer({});
  await set;
  const deleted = outcome(outputs.deleteParameter('/big', fresh));
  expect(lastOf(line)?.action).toEqual({ kind: 'parameter.delete', name: '/big' });
  line.answer({ state: 'failed', code: 'PARAMETER_UNKNOWN', message: 'no' });
  expect(await deleted).toBe('PARAMETER_UNKNOWN');
});

test('what may be too old to be wanted is refused', async () => {
  const { rooms, line } = setUp();
  const ann = new DoorReader(rooms);
  const old = { ageMs: MAX_ORDER_AGE_MS + 1 };
  expect(await outcome(ann.publish('/goal', old))).toBe('COMMAND_EXPIRED');
  expect(await ann.call('/add', old)).toBe('COMMAND_EXPIRED');
  expect(await outcome(ann.outputs.setParameter('/a', 1, { ...fresh, ...old }))).toBe('COMMAND_EXPIRED');
  expect(line.asked).toEqual([]);
});

test('a topic that a reader advertised is advertised on the robot, until it or the reader lets go', async () => {
  const { rooms, line } = setUp();
  const { outputs } = new DoorReader(rooms);
  const made = outputs.advertise({ topic: '/goal', type: 'a/B', latched: true });
  expect(lastOf(line)?.action).toMatchObject({ kind: 'topic.advertise', topic: '/goal', type: 'a/B', latched: true });
  line.answer({});
  const dispose = await made;
  dispose();
  dispose();
  expect(line.asked.map(({ request }) => request.action.kind)).toEqual(['topic.advertise', 'topic.unadvertise']);
  const again = outputs.advertise({ topic: '/other', type: '' });
  line.answer({});
  await again;
  outputs.close();
  expect(lastOf(line)?.action).toMatchObject({ kind: 'topic.unadvertise', topic: '/other' });
  expect(await outcome(outputs.advertise({ topic: '/other', type: '' }))).toBe('GRAPH_CLOSED');
});

test('one reader advertises so many topics at most', async () => {
  const { rooms } = setUp();
  const { outputs } = new DoorReader(rooms);
  for (let i = 0; i < MAX_ADVERTISED_TOPICS; i++) void outputs.advertise({ topic: `/t${i}`, type: 'a/B' });
  expect(await outcome(outputs.advertise({ topic: '/more', type: 'a/B' }))).toBe('TOO_MANY_REQUESTS');
});

test('without a lease what moves is refused, with a hint how to have one; zeros need none', async () => {
  const { rooms, line } = setUp();
  const ann = new DoorReader(rooms);
  await expect(
    ann.publish('/cmd_vel', { type: 'geometry_msgs/Twist', data: new TextEncoder().encode('{"linear":{"x":1}}') }),
  ).rejects.toMatchObject({ code: 'LEASE_NEEDED', message: expect.stringContaining('?lease=TOKEN') as unknown });
  expect(await ann.drive(0)).toBe('passed');
  expect(line.asked).toEqual([]);
  expect(line.frames).toEqual([]);
});

test('under the lease that the address names frames pass, and it is neither renewed nor given back', async () => {
  const { line, ann, rooms } = named();
  expect(await ann.drive(1, { ageMs: 10 })).toBe('passed');
  expect(await ann.drive(0)).toBe('passed');
  await rooms.clock.advance(2_000);
  expect(await ann.drive(1)).toBe('passed');
  expect(line.frames.map(({ request }) => [request.token, request.sequence, request.ageMs])).toEqual([
    [1, 1, 10],
    [1, 2, 0],
    [1, 3, 0],
  ]);
  ann.outputs.close();
  expect(line.asked.length).toBe(1);
  expect(line.streams).toBe(0);
  expect(rooms.fleet.device('r1')?.record().lease?.holder).toBe('ann');
});

test('a named lease that is somebody else’s, or over, moves nothing', async () => {
  const { line, ann, rooms, operator } = named();
  const bob = new DoorReader(rooms, { principal: somebody('operator'), leaseToken: 1 });
  expect(await bob.drive(1)).toBe('LEASE_HELD');
  expect(await new DoorReader(rooms, { principal: operator.principal, leaseToken: 7 }).drive(1)).toBe('LEASE_LOST');
  expect(await ann.drive(1)).toBe('passed');
  await rooms.clock.advance(10_001);
  expect(ann.refusals).toEqual(['/cmd_vel LEASE_LOST']);
  expect(await ann.drive(1)).toBe('LEASE_LOST');
  expect(line.frames.length).toBe(1);
  rooms.disconnect();
  expect(await ann.drive(1)).toBe('DEVICE_OFFLINE');
});

test('a reconnecting client’s flushed motion is refused, however young; a flushed stop is not', async () => {
  const { line, ann } = named();
  expect(await ann.drive(1, { mayBeFlushed: true })).toBe('COMMAND_STALE');
  expect(line.frames).toEqual([]);
  expect(await ann.drive(0, { mayBeFlushed: true })).toBe('passed');
  expect(line.frames.length).toBe(1);
});

test('motion older than its output’s timeout is refused here where the timeout is known, else by the robot', async () => {
  const { line, ann, rooms } = named();
  expect(await ann.drive(1, { ageMs: 700 })).toBe('passed');
  line.refuse('COMMAND_EXPIRED');
  expect(ann.refusals).toEqual(['/cmd_vel COMMAND_EXPIRED']);
  tellMotion(rooms, {
    outputs: [{ kind: 'topic', name: '/cmd_vel', state: 'still', timeoutMs: 300, others: [], refused: 0 }],
  });
  expect(await ann.drive(1, { ageMs: 301 })).toBe('COMMAND_EXPIRED');
  expect(await ann.drive(1, { ageMs: 299 })).toBe('passed');
  expect(line.frames.length).toBe(2);
});

test('what only the robot knows to move it is learnt from its refusal, and sent again under the lease', async () => {
  const { line, ann, rooms } = named();
  const published = ann.publish('/winch', { ageMs: 5 });
  expect(lastOf(line)).toMatchObject({ token: 0, action: { kind: 'publish', topic: '/winch' } });
  await rooms.clock.advance(40);
  line.answer({ state: 'rejected', code: 'LEASE_NEEDED', message: 'it moves' });
  expect(await published).toEqual({ subscribers: undefined });
  expect(line.frames.at(-1)?.request).toMatchObject({ token: 1, ageMs: 45, action: { topic: '/winch' } });
  await ann.publish('/winch');
  expect(line.frames.length).toBe(2);
  const called = ann.call('/go');
  line.answer({ state: 'rejected', code: 'LEASE_NEEDED', message: 'it moves' });
  await nextTurn();
  expect(lastOf(line)).toMatchObject({ token: 1, action: { kind: 'call', service: '/go' } });
  line.answer({});
  expect(await called).toBe('passed');
  const unleased = new DoorReader(rooms);
  const refused = unleased.call('/go');
  line.answer({ state: 'rejected', code: 'LEASE_NEEDED', message: 'it moves' });
  expect(await refused).toBe('LEASE_NEEDED');
});

test('a topic whose type moves, on a robot that says it does not, is published on', async () => {
  const { line, ann } = named();
  expect(await ann.drive(1)).toBe('passed');
  line.refuse('NOT_SUPPORTED');
  expect(ann.refusals).toEqual(['/cmd_vel NOT_SUPPORTED']);
  void ann.drive(1);
  expect(lastOf(line)).toMatchObject({ token: 0, action: { kind: 'publish', topic: '/cmd_vel' } });
});

test('latched messages and overlong ones move nothing', async () => {
  const { line, ann } = named();
  expect(await ann.drive(1, { latched: true })).toBe('NOT_SUPPORTED');
  expect(await ann.drive(1, { data: new Uint8Array(300_000) })).toBe('BODY_TOO_LARGE');
  expect(line.frames).toEqual([]);
});

test('a robot without a deadman is published on as on any topic: it says itself what it thinks of that', () => {
  const rooms = new ServerRooms();
  const line = rooms.connect('r1');
  void new DoorReader(rooms).drive(1);
  expect(lastOf(line)?.action).toMatchObject({ kind: 'publish', topic: '/cmd_vel' });
});

test('rights come before everything: a viewer, one of other topics and one of other devices move and change nothing', async () => {
  const { rooms, line } = setUp();
  tellMotion(rooms, { implicitLease: true });
  const outcomes = async (reader: DoorReader): Promise<string[]> => [
    await reader.drive(1),
    await reader.drive(0),
    await outcome(reader.publish('/goal')),
    await reader.call('/add'),
    await outcome(reader.outputs.setParameter('/a', 1, fresh)),
    await outcome(reader.outputs.deleteParameter('/a', fresh)),
    await outcome(reader.outputs.advertise({ topic: '/goal', type: 'a/B' })),
  ];
  const each = (code: string): string[] => Array.from<string>({ length: 7 }).fill(code);
  expect(await outcomes(new DoorReader(rooms, { principal: somebody('viewer') }))).toEqual(each('FORBIDDEN'));
  const lights = somebody('operator', { write: ['/lights'] });
  expect(await outcomes(new DoorReader(rooms, { principal: lights }))).toEqual(each('FORBIDDEN'));
  const other = somebody('operator', { devices: ['r2'] });
  expect(await outcomes(new DoorReader(rooms, { principal: other }))).toEqual(each('DEVICE_UNKNOWN'));
  expect(line.asked).toEqual([]);
  expect(line.frames).toEqual([]);
  expect(rooms.audit.map(({ what, principal }) => `${what} ${principal}`)).toContain('refused a viewer');
});

test('two operators: who holds the lease moves the robot, and the other hears who that is', async () => {
  const { rooms, line } = setUp();
  tellMotion(rooms, { implicitLease: true });
  const ann = new DoorReader(rooms);
  const bob = new DoorReader(rooms, { principal: somebody('operator', {}, 'bob') });
  const moved = ann.drive(1);
  expect(await bob.drive(1)).toBe('LEASE_HELD');
  confirmLease(line);
  expect(await moved).toBe('passed');
  await rooms.clock.advance(1_001);
  const next = bob.drive(1);
  confirmLease(line);
  expect(await next).toBe('passed');
  expect(await ann.drive(1)).toBe('LEASE_HELD');
  expect(line.frames.map(({ request }) => request.issuer)).toEqual(['ann', 'bob']);
});

test('a flood of commands is told COMMAND_LIMIT and keeps no more than the bound', async () => {
  const rooms = new ServerRooms({ limits: { maxCommandsPerDevice: 20 } });
  const line = rooms.connect('r1');
  const ann = new DoorReader(rooms);
  const outcomes = Array.from({ length: 100 }, () => outcome(ann.publish('/goal')));
  expect((await Promise.all(outcomes.slice(20))).every((code) => code === 'COMMAND_LIMIT')).toBe(true);
  expect(line.asked.length).toBe(20);
  for (let i = 0; i < 20; i++) line.answer({ json: '{}' }, i);
  expect(await Promise.all(outcomes.slice(0, 20))).toEqual(Array.from<string>({ length: 20 }).fill('passed'));
});
