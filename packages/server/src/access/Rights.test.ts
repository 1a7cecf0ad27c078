import type { Action } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import { expect, test } from 'vitest';
import { everyAction, readingKinds } from './everyAction.fixture.ts';
import { localAdministrator } from './Principal.ts';
import type { Principal } from './Principal.ts';
import { somebody } from './principal.fixture.ts';
import { Rights } from './Rights.ts';

/** The code with which it is refused, or `allowed`. */
function judge(principal: Principal, action: Action, payload?: string, device = 'r1'): string {
  try {
    Rights.of(principal).check(device, action, payload === undefined ? undefined : new TextEncoder().encode(payload));
    return 'allowed';
  } catch (error) {
    if (!isLonglineError(error)) throw error;
    return error.code;
  }
}

test('a viewer may ask and nothing else; an operator and an administrator may do everything to a robot', () => {
  for (const action of everyAction) {
    expect(judge(somebody('viewer'), action), action.kind).toBe(
      readingKinds.includes(action.kind) ? 'allowed' : 'FORBIDDEN',
    );
    expect(judge(somebody('operator'), action), action.kind).toBe('allowed');
    expect(judge(localAdministrator, action), action.kind).toBe('allowed');
  }
});

test('a device out of scope is unknown, whatever is asked of it and by whichever role', () => {
  for (const action of everyAction) {
    for (const role of ['viewer', 'operator', 'admin'] as const) {
      expect(judge(somebody(role, { devices: ['r2', 'truck-*'] }), action), action.kind).toBe('DEVICE_UNKNOWN');
      expect(judge(somebody(role, { devices: [] }), action), action.kind).toBe('DEVICE_UNKNOWN');
    }
  }
});

test('stops and leases are a matter of the device alone; all else is one of its name too', () => {
  const limited = somebody('operator', { read: ['/camera/**'], write: ['/lights/*'] });
  expect(everyAction.filter((action) => judge(limited, action) === 'allowed').map(({ kind }) => kind)).toEqual([
    'parameter.list',
    'graph',
    'schema.message',
    'standing.end',
    'lease.take',
    'lease.renew',
    'lease.release',
    'stop',
    'stop.release',
  ]);
});

test('what may not be read is unknown, or forbidden where its name is known; writing elsewhere is forbidden', () => {
  const limited = somebody('operator', { read: ['/camera/**'], write: ['/lights/*', '/cmd_vel'] });
  const snapshot = (topic: string): string => judge(limited, { kind: 'snapshot', topic });
  expect([snapshot('/camera/left'), snapshot('/cmd_vel'), snapshot('/odom')]).toEqual([
    'allowed',
    'FORBIDDEN',
    'TOPIC_UNKNOWN',
  ]);
  expect(judge(limited, { kind: 'parameter.get', name: '/odom' })).toBe('PARAMETER_UNKNOWN');
  expect(judge(limited, { kind: 'schema.service', service: '/odom' })).toBe('SERVICE_UNKNOWN');
  expect(judge(limited, { kind: 'schema.service', service: '/lights/on' })).toBe('allowed');
  expect(judge(limited, { kind: 'call', service: '/lights/on', encoding: 'json' })).toBe('allowed');
  expect(judge(limited, { kind: 'call', service: '/camera/left', encoding: 'json' })).toBe('FORBIDDEN');
});

test('to write is not to read, and nothing is written without the role, whatever the scope says', () => {
  const writer = Rights.of(somebody('operator', { read: [], write: ['/**'] }));
  expect([writer.reads('/a'), writer.writes('/a'), writer.knows('/a')]).toEqual([false, true, true]);
  const viewer = Rights.of(somebody('viewer', { read: [], write: ['/**'] }));
  expect([viewer.reads('/a'), viewer.writes('/a'), viewer.knows('/a')]).toEqual([false, false, false]);
});

test('names that a robot may understand otherwise than a pattern are in no limited scope', () => {
  const limited = somebody('operator', { read: ['/*', '/*/cmd_vel'], write: ['/*', '/*/cmd_vel', '/x/**'] });
  for (const name of ['//cmd_vel', '/', '', '/x/', 'x//y', '/x//cmd_vel'])
    expect(judge(limited, { kind: 'motion', topic: name, encoding: 'json' }), name).toBe('FORBIDDEN');
  expect(judge(limited, { kind: 'parameter.get', name: '/' })).toBe('PARAMETER_UNKNOWN');
  // A parameter of ROS 2 has no slash in front.
  expect(judge(limited, { kind: 'parameter.get', name: 'speed' })).toBe('allowed');
});

test('a tree of parameters is set only by who may write all below its root', () => {
  const set = (name: string, json: string): string =>
    judge(somebody('operator', { write: ['/*', '/arm/**'] }), { kind: 'parameter.set', name }, json);
  expect([set('/arm', '{"a":1}'), set('/base', '1'), set('/base', '"{"')]).toEqual(['allowed', 'allowed', 'allowed']);
  for (const json of ['{"a":1}', '{}', ' \n\t{"a":1}', '\ufeff{"a":1}', `${' '.repeat(100_000)}{}`])
    expect(set('/base', json), JSON.stringify(json.slice(-9))).toBe('FORBIDDEN');
});

test('a refusal names the token, its role and what it lacks', () => {
  const check = (): void =>
    Rights.of(somebody('viewer', {}, 'ann')).check('r1', { kind: 'call', service: '/s', encoding: 'json' });
  expect(check).toThrow(
    'The token ann (viewer) does not allow this: call needs the role operator. Ask an administrator for one that does.',
  );
});
