import { expect, test } from 'vitest';
import { Operator } from '../motion/Operator.fixture.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { confirmLease, DoorReader, tellMotion, twistBytes, twistSchema } from './DoorReader.fixture.ts';

interface World {
  readonly rooms: ServerRooms;
  readonly line: FakeRobotLine;
  readonly ann: DoorReader;
  readonly holder: () => string | undefined;
}

/** A robot that gives its lease to who moves it by a door, and such a reader. */
function world(): World {
  const rooms = new ServerRooms();
  const line = rooms.connect('r1');
  tellMotion(rooms, { implicitLease: true });
  return {
    rooms,
    line,
    ann: new DoorReader(rooms),
    holder: () => rooms.fleet.device('r1')!.record().lease?.holder,
  };
}

/** One that has it already. */
async function driving(): Promise<World> {
  const made = world();
  const moved = made.ann.drive(1);
  confirmLease(made.line);
  expect(await moved).toBe('passed');
  return made;
}

const kinds = (line: FakeRobotLine): string[] => line.asked.map(({ request }) => request.action.kind);
const text = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload);

test('who moves takes the free lease by that, and the frame goes when the robot has confirmed it', async () => {
  const { line, ann, holder, rooms } = world();
  const moved = ann.drive(1, { ageMs: 20 });
  expect(line.asked).toMatchObject([
    { request: { issuer: 'ann', token: 1, ageMs: 20, action: { kind: 'lease.take', holdMs: 1_000 } } },
  ]);
  await rooms.clock.advance(60);
  expect(line.frames).toEqual([]);
  confirmLease(line);
  expect(await moved).toBe('passed');
  expect(holder()).toBe('ann');
  expect(line.frames).toMatchObject([
    { request: { issuer: 'ann', token: 1, sequence: 1, ageMs: 80, action: { kind: 'motion', topic: '/cmd_vel' } } },
  ]);
});

test('while it is taken the newest frame of each topic waits, and gets older; nothing else waits', async () => {
  const { line, ann, rooms } = world();
  const all = [ann.drive(1), ann.drive(2), ann.drive(3, { topic: '/other' })];
  await rooms.clock.advance(100);
  all.push(ann.drive(4));
  await rooms.clock.advance(50);
  confirmLease(line);
  expect(await Promise.all(all)).toEqual(['passed', 'passed', 'passed', 'passed']);
  expect(kinds(line)).toEqual(['lease.take']);
  expect(line.frames.map(({ request, payload }) => [request.ageMs, text(payload)])).toEqual([
    [50, '{"linear":{"x":4}}'],
    [150, '{"linear":{"x":3}}'],
  ]);
});

test('orders that move renew it, seldom; without them it is over a second later, and the next takes it anew', async () => {
  const { line, ann, rooms, holder } = await driving();
  for (let i = 0; i < 40; i++) {
    await rooms.clock.advance(50);
    expect(await ann.drive(1)).toBe('passed');
  }
  expect(line.frames.length).toBe(41);
  const renewals = kinds(line).filter((kind) => kind === 'lease.renew').length;
  expect(renewals).toBeGreaterThanOrEqual(6);
  expect(renewals).toBeLessThanOrEqual(8);
  await rooms.clock.advance(740);
  expect(holder()).toBe('ann');
  await rooms.clock.advance(270);
  expect(holder()).toBeUndefined();
  // It was no secret that nobody drives any more.
  expect(ann.refusals).toEqual([]);
  const moved = ann.drive(1);
  expect(line.asked.at(-1)?.request).toMatchObject({ token: 2, action: { kind: 'lease.take' } });
  confirmLease(line);
  expect(await moved).toBe('passed');
});

test('one that ran out while the process was busy is taken anew', async () => {
  const { line, ann, rooms } = await driving();
  rooms.clock.stall(1_001);
  const moved = ann.drive(1);
  expect(line.asked.at(-1)?.request).toMatchObject({ token: 2, action: { kind: 'lease.take' } });
  confirmLease(line);
  expect(await moved).toBe('passed');
});

test('messages of zeros pass under it and neither take nor renew it', async () => {
  const { line, ann, rooms, holder } = world();
  expect(await ann.drive(0)).toBe('passed');
  expect(line.asked).toEqual([]);
  const moved = ann.drive(1);
  confirmLease(line);
  await moved;
  for (let i = 0; i < 30; i++) {
    await rooms.clock.advance(50);
    expect(await ann.drive(0)).toBe('passed');
  }
  expect(kinds(line)).toEqual(['lease.take']);
  expect(holder()).toBeUndefined();
  // Those after its end went nowhere: the robot stands.
  expect(line.frames.length).toBe(20);
});

test('zeros are known in bytes too, by the definition, which is asked for once', async () => {
  const { line, ann } = await driving();
  const bytes = (x: number): Promise<string> => ann.drive(x, { encoding: 'ros1', data: twistBytes(x) });
  const before = kinds(line).length;
  expect(await Promise.all([bytes(1), bytes(0)])).toEqual(['passed', 'passed']);
  expect(await bytes(0)).toBe('passed');
  expect(ann.asked).toEqual(['geometry_msgs/Twist']);
  expect(kinds(line).length).toBe(before);
  expect(line.frames.slice(1).map(({ payload }) => payload)).toEqual([twistBytes(0), twistBytes(0)]);
});

test('where the client says no type the robot is asked for it once', async () => {
  const { line, ann, rooms } = world();
  tellMotion(rooms, {
    implicitLease: true,
    outputs: [{ kind: 'topic', name: '/cmd_vel', state: 'still', timeoutMs: 500, others: [], refused: 0 }],
  });
  expect(await ann.drive(0, { type: undefined })).toBe('passed');
  expect(await ann.drive(0, { type: undefined })).toBe('passed');
  expect(ann.asked).toEqual(['graph']);
  expect(line.asked).toEqual([]);
});

test('bytes whose definition cannot be had count as moving', async () => {
  const { line, ann } = world();
  ann.schemaOf = () => Promise.reject(new Error('away'));
  const moved = ann.drive(0, { encoding: 'ros1', data: twistBytes(0) });
  await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(kinds(line)).toEqual(['lease.take']);
  confirmLease(line);
  expect(await moved).toBe('passed');
});

test('zeros of types that zeros do not stop move', async () => {
  const { line, ann, rooms } = world();
  tellMotion(rooms, {
    implicitLease: true,
    outputs: [{ kind: 'topic', name: '/gripper', state: 'still', timeoutMs: 500, others: [], refused: 0 }],
  });
  const moved = ann.drive(0, { topic: '/gripper', type: 'std_msgs/Float64' });
  expect(kinds(line)).toEqual(['lease.take']);
  confirmLease(line);
  expect(await moved).toBe('passed');
});

test('the lease of somebody else is not taken over, and a stop that does not stop is told', async () => {
  const { line, ann, rooms } = world();
  const bob = new Operator(rooms, 'bob');
  bob.take();
  expect(await ann.drive(1)).toBe('LEASE_HELD');
  confirmLease(line);
  expect(await ann.drive(1)).toBe('LEASE_HELD');
  expect(await ann.drive(0)).toBe('LEASE_HELD');
  await expect(
    ann.publish('/cmd_vel', { type: 'geometry_msgs/Twist', data: new TextEncoder().encode('{"linear":{"x":1}}') }),
  ).rejects.toMatchObject({ message: expect.stringContaining('bob holds the lease') as unknown });
  expect(kinds(line)).toEqual(['lease.take']);
  expect(line.frames).toEqual([]);
});

test('of two readers of one token the first holds it', async () => {
  const { ann, rooms, line } = await driving();
  const other = new DoorReader(rooms, { principal: ann.principal });
  expect(await other.drive(1)).toBe('LEASE_HELD');
  ann.outputs.close();
  // Until the robot has confirmed that it stands it counts as held.
  expect(await other.drive(1)).toBe('LEASE_HELD');
  line.answer({});
  await rooms.clock.advance(250);
  const moved = other.drive(1);
  confirmLease(line);
  expect(await moved).toBe('passed');
});

test('a reader that is gone gives it back, also one that goes while it is being taken', async () => {
  const { line, ann, rooms, holder } = await driving();
  ann.outputs.close();
  ann.outputs.close();
  expect(kinds(line)).toEqual(['lease.take', 'lease.release']);
  expect(holder()).toBeUndefined();
  expect(line.streams).toBe(0);
  expect(await ann.drive(1)).toBe('GRAPH_CLOSED');
  line.answer({});
  const bob = new DoorReader(rooms);
  const moved = bob.drive(1);
  bob.outputs.close();
  confirmLease(line);
  expect(await moved).toBe('GRAPH_CLOSED');
  expect(kinds(line)).toEqual(['lease.take', 'lease.release', 'lease.take', 'lease.release']);
  expect(line.frames.length).toBe(1);
});

test('it ends with the line; the next order finds the robot offline, and takes a new one when it is back', async () => {
  const { ann, rooms } = await driving();
  rooms.disconnect();
  expect(await ann.drive(1)).toBe('DEVICE_OFFLINE');
  const newer = rooms.connect('r1', 1);
  tellMotion(rooms, { implicitLease: true });
  const moved = ann.drive(1);
  expect(newer.asked).toMatchObject([{ request: { token: 2, action: { kind: 'lease.take' } } }]);
  confirmLease(newer);
  expect(await moved).toBe('passed');
});

test('a frame that waited when the line ended went nowhere', async () => {
  const { ann, rooms, line } = world();
  const moved = ann.drive(1);
  rooms.disconnect();
  line.answer({ state: 'unknown', code: 'LINE_CLOSED', message: 'gone' });
  expect(await moved).toBe('LINE_CLOSED');
});

test('who took it over moves the robot from then on', async () => {
  const { ann, rooms, line, holder } = await driving();
  new Operator(rooms, 'bob').take({ takeOver: true });
  confirmLease(line);
  expect(holder()).toBe('bob');
  expect(await ann.drive(1)).toBe('LEASE_HELD');
  expect(line.frames.length).toBe(1);
});

test('what the robot refuses a lease with is told, and it is not asked with every frame', async () => {
  const { ann, rooms, line } = world();
  const moved = ann.drive(1);
  line.answer({ state: 'failed', code: 'DEADMAN_ABSENT', message: 'it is starting' });
  expect(await moved).toBe('DEADMAN_ABSENT');
  for (let i = 0; i < 10; i++) expect(await ann.drive(1)).toBe('DEADMAN_ABSENT');
  expect(line.asked.length).toBe(1);
  await rooms.clock.advance(260);
  void ann.drive(1);
  expect(line.asked.length).toBe(2);
});

test('whose token is revoked loses it', async () => {
  const { ann, rooms, holder, line } = await driving();
  rooms.requests.revoke('ann', undefined);
  expect(holder()).toBeUndefined();
  expect(kinds(line)).toEqual(['lease.take', 'lease.release']);
  ann.outputs.close();
  expect(kinds(line)).toEqual(['lease.take', 'lease.release']);
});

test('an order that is too old to hold a lease takes none', async () => {
  const { ann, line } = world();
  expect(await ann.drive(1, { ageMs: 1_000 })).toBe('COMMAND_EXPIRED');
  expect(line.asked).toEqual([]);
});

test('services and parameters that move take it too', async () => {
  const { ann, rooms, line } = world();
  const still = { state: 'still' as const, timeoutMs: 500, others: [], refused: 0 };
  tellMotion(rooms, {
    implicitLease: true,
    outputs: [
      { kind: 'service', name: '/go', ...still },
      { kind: 'parameter', name: '/speed', ...still },
    ],
  });
  const called = ann.call('/go');
  confirmLease(line);
  await new Promise((resolve) => setImmediate(resolve));
  expect(line.asked.at(-1)?.request).toMatchObject({ token: 1, action: { kind: 'call', service: '/go' } });
  line.answer({ json: '{}' });
  expect(await called).toBe('passed');
  const set = ann.outputs.setParameter('/speed', 2, { ageMs: 0, mayBeFlushed: false });
  await new Promise((resolve) => setImmediate(resolve));
  expect(line.asked.at(-1)?.request).toMatchObject({ token: 1, action: { kind: 'parameter.set', name: '/speed' } });
  line.answer({ json: '{}' });
  await set;
  expect(await ann.call('/go', { mayBeFlushed: true })).toBe('COMMAND_STALE');
  expect(await ann.call('/go', { ageMs: 600 })).toBe('COMMAND_EXPIRED');
});

test('a definition that the fleet knows by a channel of the topic is not asked for', async () => {
  const { ann, rooms, line } = world();
  const device = rooms.fleet.device('r1')!;
  const channel = { id: 1, topic: '/cmd_vel', schema: twistSchema, encoding: 'ros1', latched: false } as const;
  rooms.fleet.advertise(device, { ...channel, lane: 'control', delivery: 'latest' });
  expect(await ann.drive(0, { type: undefined, encoding: 'ros1', data: twistBytes(0) })).toBe('passed');
  expect(ann.asked).toEqual([]);
  expect(line.asked).toEqual([]);
});
