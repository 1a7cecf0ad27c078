import { expect, test } from 'vitest';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { Operator, words } from './Operator.fixture.ts';

interface World {
  readonly rooms: ServerRooms;
  readonly line: FakeRobotLine;
  readonly ann: Operator;
  readonly bob: Operator;
  readonly holder: () => string;
}

function world({ highestToken = 0 }: { readonly highestToken?: number } = {}): World {
  const rooms = new ServerRooms();
  const line = rooms.connect('r1', highestToken);
  return {
    rooms,
    line,
    ann: new Operator(rooms, 'ann'),
    bob: new Operator(rooms, 'bob'),
    holder: () => {
      const lease = rooms.fleet.device('r1')!.record().lease;
      return lease === undefined ? 'nobody' : `${lease.holder} ${lease.token}`;
    },
  };
}

/** The robot confirms what it was asked last. */
const confirm = (line: FakeRobotLine, holdMs = 1_000): void =>
  line.answer({ json: JSON.stringify({ token: line.asked.at(-1)?.request.token, holdMs }) });

test('a lease is held when the robot has confirmed its token, not before', () => {
  const { line, ann, holder, rooms } = world();
  const replies = ann.take();
  expect(line.asked[0]?.request).toMatchObject({
    issuer: 'ann',
    token: 1,
    action: { kind: 'lease.take', holdMs: 1_000 },
  });
  expect(holder()).toBe('nobody');
  expect(() => rooms.motion.leases.check('r1', 1, ann.principal)).toThrow('is over');
  line.answer({ state: 'received' });
  confirm(line);
  expect(words(replies)).toEqual(['received', 'done {"token":1,"holdMs":1000}']);
  expect(holder()).toBe('ann 1');
  expect(rooms.fleet.device('r1')!.record().lease?.sinceMs).toBe(Date.parse('2026-01-01T00:00:00Z'));
});

test('tokens are above all that the robot has seen and all that were given, whether or not they were confirmed', () => {
  const { line, ann, rooms } = world({ highestToken: 41 });
  ann.take();
  expect(line.asked.at(-1)?.request.token).toBe(42);
  line.answer({ state: 'failed', code: 'STATE_UNWRITABLE', message: 'the disk is full' });
  ann.take();
  expect(line.asked.at(-1)?.request.token).toBe(43);
  rooms.disconnect();
  const newer = rooms.connect('r1', 7);
  ann.take();
  expect(newer.asked.at(-1)?.request.token).toBe(44);
});

test('a server that was restored from a backup goes on above the token that the robot names', () => {
  const before = world();
  before.ann.take();
  confirm(before.line);
  const after = world({ highestToken: 1 });
  after.bob.take();
  confirm(after.line);
  expect(after.holder()).toBe('bob 2');
  // The holder of before is told that it is over, by whatever door.
  expect(words(after.ann.ask({ kind: 'lease.renew', holdMs: 1_000 }, { token: 1 }))).toEqual(['rejected LEASE_LOST']);
});

test('while somebody holds it, or takes it, others are refused with the holder’s name', () => {
  const { line, ann, bob } = world();
  ann.take();
  expect(bob.take()[0]).toMatchObject({ code: 'LEASE_HELD', message: expect.stringContaining('ann') as string });
  // One take at a time, also for those who would take over.
  expect(words(bob.take({ takeOver: true }))).toEqual(['rejected LEASE_HELD']);
  confirm(line);
  expect(words(bob.take())).toEqual(['rejected LEASE_HELD']);
  // A second program of the same person is another operator.
  expect(ann.take()[0]).toMatchObject({
    code: 'LEASE_HELD',
    message: expect.stringContaining('Another program or window of ann') as string,
  });
  expect(line.asked.length).toBe(1);
});

test('a take-over is done when the robot has confirmed it; until then the holder holds', () => {
  const { line, ann, bob, holder, rooms } = world();
  ann.take();
  confirm(line);
  const lease = rooms.motion.leases.holding('r1')!;
  bob.take({ takeOver: true });
  expect(holder()).toBe('ann 1');
  expect(lease.lost.aborted).toBe(false);
  confirm(line);
  expect(holder()).toBe('bob 2');
  expect(lease.lost.reason).toMatchObject({ code: 'LEASE_LOST', details: { holder: 'bob' } });
  expect(words(ann.ask({ kind: 'lease.renew', holdMs: 1_000 }, { token: 1 }))).toEqual(['rejected LEASE_LOST']);
  expect(rooms.audit).toMatchObject([
    { what: 'lease.taken', principal: 'ann', token: 1 },
    { what: 'lease.lost', principal: 'ann', token: 1, code: 'LEASE_LOST' },
    { what: 'lease.takenOver', principal: 'bob', token: 2, details: { from: 'ann' } },
    { what: 'refused', principal: 'ann', target: 'lease.renew', token: 1, code: 'LEASE_LOST' },
  ]);
});

test('a take-over goes through though the robot refuses the loser’s frames before its confirmation is here', () => {
  const { line, ann, bob, holder, rooms } = world();
  ann.take();
  confirm(line);
  const replies = bob.take({ takeOver: true });
  rooms.motion.leases.handleRefusal('r1', 1, 'LEASE_STALE');
  expect(holder()).toBe('nobody');
  expect(words(ann.ask({ kind: 'lease.renew', holdMs: 1_000 }, { token: 1 }))).toEqual(['rejected LEASE_LOST']);
  confirm(line);
  expect(words(replies)).toEqual(['done {"token":2,"holdMs":1000}']);
  expect(holder()).toBe('bob 2');
});

test('a take-over that the robot refuses leaves the lease with its holder', () => {
  const { line, ann, bob, holder } = world();
  ann.take();
  confirm(line);
  const replies = bob.take({ takeOver: true });
  line.answer({ state: 'failed', code: 'STATE_UNWRITABLE', message: 'no' });
  expect(words(replies)).toEqual(['failed STATE_UNWRITABLE']);
  expect(holder()).toBe('ann 1');
});

test('a lease ends its hold after its holder’s last word was made, whose age counts', async () => {
  const { rooms, line, ann, holder } = world();
  ann.take({ ageMs: 300 });
  confirm(line);
  await rooms.clock.advance(699);
  expect(holder()).toBe('ann 1');
  ann.ask({ kind: 'lease.renew', holdMs: 1_000 }, { token: 1, ageMs: 100 });
  // A word that was said earlier and comes later changes nothing.
  ann.ask({ kind: 'lease.renew', holdMs: 1_000 }, { token: 1, ageMs: 500 });
  await rooms.clock.advance(899);
  expect(holder()).toBe('ann 1');
  await rooms.clock.advance(1);
  expect(holder()).toBe('nobody');
  expect(rooms.audit.at(-1)).toMatchObject({ what: 'lease.lost', principal: 'ann' });
  expect(rooms.clock.pendingTimers).toBe(0);
});

test('a process that was busy beyond the hold takes the lease for over before its timer runs', () => {
  const { rooms, line, ann } = world();
  ann.take();
  confirm(line);
  rooms.clock.stall(1_000);
  expect(() => rooms.motion.leases.check('r1', 1, ann.principal)).toThrow('did not renew');
});

test('a word that is as old as the hold is refused', () => {
  const { line, ann } = world();
  expect(words(ann.take({ ageMs: 1_000 }))).toEqual(['rejected COMMAND_EXPIRED']);
  ann.take();
  confirm(line);
  expect(words(ann.ask({ kind: 'lease.renew', holdMs: 1_000 }, { token: 1, ageMs: 1_500 }))).toEqual([
    'rejected COMMAND_EXPIRED',
  ]);
  expect(line.asked.length).toBe(1);
});

test('a confirmation that comes when the hold has run out gives nothing', () => {
  const { rooms, line, ann, holder } = world();
  const replies = ann.take();
  rooms.clock.stall(1_200);
  confirm(line);
  expect(words(replies)).toEqual(['rejected LEASE_LOST']);
  expect(holder()).toBe('nobody');
});

test('a robot that holds it for a shorter time is believed', async () => {
  const { rooms, line, ann, holder } = world();
  const replies = ann.take({ holdMs: 5_000 });
  confirm(line, 800);
  expect(words(replies)).toEqual(['done {"token":1,"holdMs":800}']);
  await rooms.clock.advance(800);
  expect(holder()).toBe('nobody');
});

test('a released lease counts as held until the robot has stood still', () => {
  const { line, ann, bob, holder } = world();
  ann.take();
  confirm(line);
  const released = ann.ask({ kind: 'lease.release' }, { token: 1 });
  expect(holder()).toBe('nobody');
  expect(words(bob.take())).toEqual(['rejected LEASE_HELD']);
  line.answer({});
  expect(words(released)).toEqual(['done']);
  bob.take();
  confirm(line);
  expect(holder()).toBe('bob 2');
});

test('a robot that does not answer a release keeps the lease until its time ran out', async () => {
  const { rooms, line, ann, bob } = world();
  ann.take();
  confirm(line);
  ann.ask({ kind: 'lease.release' }, { token: 1 });
  await rooms.clock.advance(999);
  expect(words(bob.take())).toEqual(['rejected LEASE_HELD']);
  await rooms.clock.advance(1);
  expect(words(bob.take())).toEqual([]);
});

test('a take-over that the robot does not answer ends both leases, and a further take-over gets through', () => {
  const { line, ann, bob, holder, rooms } = world();
  ann.take();
  confirm(line);
  const before = rooms.motion.leases.holding('r1')!;
  const replies = bob.take({ takeOver: true });
  line.answer({ state: 'unknown', code: 'REPLY_MISSING', message: 'no answer' });
  expect(words(replies)).toEqual(['unknown REPLY_MISSING']);
  expect(before.lost.aborted).toBe(true);
  expect(holder()).toBe('nobody');
  // The robot is asked to end what it may have.
  expect(line.asked.at(-1)?.request).toMatchObject({ token: 2, action: { kind: 'lease.release' } });
  expect(words(ann.take())).toEqual(['rejected LEASE_HELD']);
  ann.take({ takeOver: true });
  expect(line.asked.at(-1)?.request.token).toBe(3);
  confirm(line);
  expect(holder()).toBe('ann 3');
});

test('a lease ends with the robot’s line, cut or replaced', () => {
  for (const end of ['cut', 'replaced'] as const) {
    const { rooms, line, ann, holder } = world();
    ann.take();
    confirm(line);
    const lease = rooms.motion.leases.holding('r1')!;
    if (end === 'cut') rooms.disconnect();
    else rooms.connect();
    expect(lease.lost.reason).toMatchObject({ code: 'LEASE_LOST' });
    expect(holder()).toBe('nobody');
    expect(words(ann.ask({ kind: 'lease.renew', holdMs: 1_000 }, { token: 1 }))).toEqual(['rejected LEASE_LOST']);
  }
});

test('the late confirmation of an older line gives nothing', () => {
  const { rooms, line, ann, bob, holder } = world();
  const replies = ann.take();
  const newer = rooms.connect('r1', 1);
  bob.take();
  confirm(newer);
  confirm(line);
  expect(words(replies)).toEqual(['rejected LEASE_LOST']);
  expect(holder()).toBe('bob 2');
});

test('a robot that refuses under the token has ended the lease, and the server believes it', () => {
  for (const code of ['LEASE_LOST', 'LEASE_STALE']) {
    const { line, ann, holder } = world();
    ann.take();
    confirm(line);
    ann.ask({ kind: 'call', service: '/arm', encoding: 'json' }, { token: 1 });
    line.answer({ state: 'rejected', code, message: code });
    expect(holder()).toBe('nobody');
  }
});

test('the refusal of an older token ends nothing', () => {
  const { line, ann, bob, holder } = world();
  ann.take();
  confirm(line);
  ann.ask({ kind: 'call', service: '/arm', encoding: 'json' }, { token: 1 });
  bob.take({ takeOver: true });
  confirm(line);
  line.answer({ state: 'rejected', code: 'LEASE_STALE', message: '' }, 1);
  expect(holder()).toBe('bob 2');
});

test('an absent robot, or one that is not known, has no lease to take', () => {
  const { rooms, ann } = world();
  rooms.disconnect();
  expect(words(ann.take())).toEqual(['rejected DEVICE_OFFLINE']);
  expect(words(ann.ask({ kind: 'lease.take', holdMs: 1_000 }, { device: 'r2' }))).toEqual(['rejected DEVICE_UNKNOWN']);
});

test('what is made under a lease is let through only for its holder, and gets rising numbers', () => {
  const { line, ann, bob } = world();
  ann.take();
  confirm(line);
  const publish = { kind: 'publish', topic: '/cmd_vel', encoding: 'json' } as const;
  expect(words(bob.ask(publish, { token: 1 }))).toEqual(['rejected LEASE_HELD']);
  expect(words(ann.ask(publish, { token: 9 }))).toEqual(['rejected LEASE_LOST']);
  expect(words(ann.ask({ kind: 'stop.release' }))).toEqual(['rejected LEASE_NEEDED']);
  expect(line.asked.length).toBe(1);
  ann.ask(publish, { token: 1 });
  ann.ask({ kind: 'stop.release' }, { token: 1 });
  ann.ask({ kind: 'parameter.set', name: '/p' }, { token: 1 });
  expect(line.asked.slice(1).map(({ request }) => [request.action.kind, request.token, request.sequence])).toEqual([
    ['publish', 1, 1],
    ['stop.release', 1, 2],
    ['parameter.set', 1, 3],
  ]);
  // Whether a topic moves the robot only the robot knows.
  ann.ask(publish);
  expect(line.asked.at(-1)?.request.token).toBe(0);
});

test('a repeated command is answered as before, whatever became of its lease', () => {
  const { line, ann } = world();
  ann.take();
  confirm(line);
  const call = { kind: 'call', service: '/arm', encoding: 'json' } as const;
  ann.ask(call, { token: 1, id: 'c1' });
  line.answer({ json: '{}' });
  ann.ask({ kind: 'lease.release' }, { token: 1 });
  expect(words(ann.ask(call, { token: 1, id: 'c1' }))).toEqual(['done {}']);
});

test('what is repeated on an output ends with its lease', () => {
  const { rooms, line, ann, bob } = world();
  ann.take();
  confirm(line);
  ann.ask({ kind: 'standing.set', topic: '/cmd_vel', encoding: 'json', rateHz: 10, holdMs: 10_000 }, { token: 1 });
  expect(line.asked.at(-1)?.request).toMatchObject({ token: 1, sequence: 1 });
  line.answer({ json: '{"motion":true,"holdMs":500}' });
  ann.ask({ kind: 'standing.set', topic: '/light', encoding: 'json', rateHz: 10, holdMs: 10_000 }, { token: 1 });
  line.answer({ json: '{"motion":false}' });
  expect(rooms.standing.list('r1')).toMatchObject([
    { topic: '/cmd_vel', holdMs: 500, remainingMs: 500 },
    { topic: '/light', remainingMs: 10_000 },
  ]);
  bob.take({ takeOver: true });
  confirm(line);
  expect(rooms.standing.list('r1')).toMatchObject([{ topic: '/light' }]);
});

test('a standing command is ended by anybody, also by who has lost the lease', () => {
  const { line, bob } = world();
  bob.ask({ kind: 'standing.end', topic: '/cmd_vel' }, { token: 7 });
  expect(line.asked.at(-1)?.request).toMatchObject({ token: 0, action: { kind: 'standing.end' } });
});

test('every change of the holder is told once', () => {
  const { rooms, line, ann, bob } = world();
  const told: string[] = [];
  rooms.fleet.watchDevices({
    handleDevice: (device, event) => {
      if (event === 'motion') told.push(device.lease?.holder ?? 'nobody');
    },
  });
  ann.take();
  confirm(line);
  ann.ask({ kind: 'lease.renew', holdMs: 1_000 }, { token: 1 });
  confirm(line);
  bob.take({ takeOver: true });
  confirm(line);
  bob.ask({ kind: 'lease.release' }, { token: 2 });
  line.answer({});
  expect(told).toEqual(['ann', 'bob', 'nobody']);
});

test('a server that stops ends every lease, and leaves no timer', () => {
  const { rooms, line, ann } = world();
  ann.take();
  confirm(line);
  const lease = rooms.motion.leases.holding('r1')!;
  rooms.motion.close();
  expect(lease.lost.aborted).toBe(true);
  expect(rooms.clock.pendingTimers).toBe(0);
});

test('what is refused for want of the lease is in the audit, the same once in ten seconds', async () => {
  const { rooms, line, ann, bob } = world();
  ann.take();
  confirm(line);
  const call = { kind: 'call', service: '/arm', encoding: 'json' } as const;
  for (let i = 0; i < 50; i++) {
    bob.take();
    bob.ask(call, { token: 1 });
    expect(() => bob.open(1)).toThrow('ann holds');
  }
  const refused = rooms.audit.filter(({ what }) => what === 'refused');
  expect(refused.map(({ principal, target, code, token }) => [principal, target, code, token])).toEqual([
    ['bob', 'lease.take', 'LEASE_HELD', 0],
    ['bob', '/arm', 'LEASE_HELD', 1],
    ['bob', 'motion', 'LEASE_HELD', 1],
  ]);
  await rooms.clock.advance(10_000);
  bob.ask(call, { token: 1 });
  expect(rooms.audit.at(-1)).toMatchObject({ what: 'refused', code: 'LEASE_LOST' });
});
