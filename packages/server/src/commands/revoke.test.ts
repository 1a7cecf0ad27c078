import { expect, test } from 'vitest';
import { everything } from '../access/Principal.ts';
import { Rights } from '../access/Rights.ts';
import { Operator, words } from '../motion/Operator.fixture.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';

interface World {
  readonly rooms: ServerRooms;
  readonly line: FakeRobotLine;
  readonly ann: Operator;
  readonly bob: Operator;
}

function world(): World {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  return { rooms, line, ann: new Operator(rooms, 'ann'), bob: new Operator(rooms, 'bob') };
}

/** The robot confirms the lease it was asked last. */
const confirm = (line: FakeRobotLine): void =>
  line.answer({ json: JSON.stringify({ token: line.asked.at(-1)?.request.token, holdMs: 1_000 }) });
const setLight = { kind: 'standing.set', topic: '/light', encoding: 'json', rateHz: 1, holdMs: 60_000 } as const;
const asked = (line: FakeRobotLine): unknown[] => line.asked.map(({ request: { action } }) => action.kind);

test('the lease of whoever was revoked is given back, and the robot hears it', () => {
  const { rooms, line, ann, bob } = world();
  ann.take();
  confirm(line);
  rooms.requests.revoke('bob', undefined);
  expect(rooms.motion.leases.holding('r1')).toBeDefined();
  rooms.requests.revoke('ann', undefined);
  expect(rooms.motion.leases.holding('r1')).toBeUndefined();
  expect(line.asked.at(-1)?.request).toMatchObject({ token: 1, action: { kind: 'lease.release' } });
  expect(rooms.audit.at(-1)).toMatchObject({ what: 'lease.released', principal: 'ann', device: 'r1' });
  expect(() => rooms.motion.leases.check('r1', 1, ann.principal)).toThrow('may no longer move');
  expect(words(bob.take())).toEqual([expect.stringContaining('LEASE_HELD')]);
  line.answer({});
  bob.take();
  confirm(line);
  expect(rooms.motion.leases.holding('r1')?.identity.principal.name).toBe('bob');
});

test('a lease that is being taken is given back when the robot confirms it', () => {
  const { rooms, line, ann } = world();
  const replies = ann.take();
  rooms.requests.revoke('ann', undefined);
  expect(asked(line)).toEqual(['lease.take']);
  confirm(line);
  expect(words(replies)).toEqual([expect.stringContaining('LEASE_LOST')]);
  expect(rooms.motion.leases.holding('r1')).toBeUndefined();
  expect(asked(line)).toEqual(['lease.take', 'lease.release']);
});

test('standing commands end, those that are being set too; those of others go on', () => {
  const { rooms, line, ann, bob } = world();
  ann.ask(setLight);
  line.answer({ json: '{"motion":false}' });
  bob.ask({ ...setLight, topic: '/horn' });
  line.answer({ json: '{"motion":false}' });
  ann.ask({ ...setLight, topic: '/fan' });
  rooms.requests.revoke('ann', undefined);
  expect(line.asked.slice(3).map(({ request }) => request.action)).toEqual([
    { kind: 'standing.end', topic: '/light' },
    { kind: 'standing.end', topic: '/fan' },
  ]);
  line.answer({ json: '{"motion":false}' }, 2);
  line.answer({}, 3);
  line.answer({}, 4);
  expect(rooms.standing.list('r1').map(({ topic }) => topic)).toEqual(['/horn']);
});

test('a standing command of an absent robot is not set again when it returns', () => {
  const { rooms, line, ann } = world();
  ann.ask(setLight);
  line.answer({ json: '{"motion":false}' });
  rooms.disconnect();
  rooms.requests.revoke('ann', undefined);
  const back = rooms.connect();
  expect(asked(back)).toEqual(['standing.end']);
});

test('what waits for an absent robot is taken back, that of others is sent', () => {
  const { rooms, ann, bob } = world();
  rooms.disconnect();
  const publish = (by: Operator): (() => string) => {
    const command = rooms.requests.submit({
      device: 'r1',
      principal: by.principal,
      action: { kind: 'publish', topic: '/light', encoding: 'json' },
      payload: new TextEncoder().encode('{}'),
      whenOffline: 'wait',
      deadlineMs: 60_000,
    });
    return () => `${command.record.state} ${command.record.code ?? ''}`;
  };
  const ofAnn = publish(ann);
  const ofBob = publish(bob);
  rooms.requests.revoke('ann', undefined);
  expect([ofAnn(), ofBob()]).toEqual(['cancelled ACCESS_REVOKED', 'accepted ']);
  expect(asked(rooms.connect())).toEqual(['publish']);
});

test('when rights change, what they still allow goes on', () => {
  const { rooms, line, ann } = world();
  ann.take();
  confirm(line);
  ann.ask(setLight);
  line.answer({ json: '{"motion":false}' });
  ann.ask({ ...setLight, topic: '/horn' });
  line.answer({ json: '{"motion":false}' });
  const limited = { ...ann.principal, scope: { ...everything, write: ['/horn'] } };
  rooms.requests.revoke('ann', Rights.of({ ...limited, role: 'operator' }));
  expect(rooms.motion.leases.holding('r1')).toBeDefined();
  expect(line.asked.at(-1)?.request.action).toEqual({ kind: 'standing.end', topic: '/light' });
  expect(line.asked).toHaveLength(4);
  rooms.requests.revoke('ann', Rights.of({ ...limited, role: 'viewer' }));
  expect(rooms.motion.leases.holding('r1')).toBeUndefined();
  expect(asked(line).slice(4)).toEqual(['lease.release', 'standing.end']);
});
