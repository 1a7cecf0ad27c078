import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { FleetState } from '../fleet/FleetState.ts';
import { defaultServerLimits } from '../limits.ts';
import type { ServerLimits } from '../limits.ts';
import { localAdministrator } from '../access/Principal.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import { commandInfo } from './CommandInfo.ts';
import { Commands } from './Commands.ts';
import type { RobotRequest } from './Commands.ts';

function setUp(limits: Partial<ServerLimits> = {}): {
  commands: Commands;
  line: FakeRobotLine;
  clock: FakeClock;
  fleet: FleetState;
} {
  const clock = new FakeClock();
  const all = { ...defaultServerLimits, ...limits };
  const fleet = new FleetState(clock, all);
  const line = new FakeRobotLine();
  fleet.openLine(line, 1, helloOf('r1'));
  return { commands: new Commands(fleet, clock, all), line, clock, fleet };
}

const call = (id?: string): RobotRequest => ({
  device: 'r1',
  action: { kind: 'call', service: '/s', encoding: 'json' },
  payload: new TextEncoder().encode('{}'),
  principal: localAdministrator,
  id,
});

test('a command goes accepted, sent, received, done, each with its time', async () => {
  const { commands, line, clock } = setUp();
  const command = commands.submit(call('c1'));
  expect(command.state).toBe('sent');
  await clock.advance(10);
  line.answer({ state: 'received' });
  expect(command.state).toBe('received');
  await clock.advance(10);
  line.answer({ encoding: 'json', json: '{"big":9007199254740993}' });
  expect(commandInfo(command.record)).toMatchObject({
    id: 'c1',
    kind: 'call',
    target: '/s',
    state: 'done',
    acceptedTime: '2026-01-01T00:00:00.000Z',
    receivedTime: '2026-01-01T00:00:00.010Z',
    finishedTime: '2026-01-01T00:00:00.020Z',
    result: { big: 9007199254740993n },
  });
});

test('a final state never changes', () => {
  const { commands, line } = setUp();
  const command = commands.submit(call());
  line.answer({ state: 'expired', code: 'COMMAND_EXPIRED', message: 'late' });
  line.answer({ state: 'done' });
  line.answer({ state: 'received' });
  expect(command.state).toBe('expired');
  expect(commands.ended.get('expired')).toBe(1);
});

test.each([{ deadlineMs: Number.NaN }, { deadlineMs: 1e9 }, { ageMs: -1 }, { id: 'x'.repeat(129) }])(
  'what would end the robot’s line is refused before it: %j',
  (wrong) => {
    const { commands, line } = setUp();
    const command = commands.submit({ ...call(), ...wrong });
    expect(command.final).toMatchObject({ state: 'rejected', code: 'REQUEST_INVALID' });
    expect(line.asked).toEqual([]);
  },
);

test('the sequence counts the requests of one line', () => {
  const { commands, line, fleet } = setUp();
  commands.submit(call());
  commands.ask({ ...call(), action: { kind: 'graph' } }, () => undefined);
  expect(line.asked.map(({ request }) => request.sequence)).toEqual([0, 1]);
  const newer = new FakeRobotLine();
  fleet.openLine(newer, 2, helloOf('r1'));
  commands.submit(call());
  expect(newer.asked[0]?.request.sequence).toBe(0);
});

test('the oldest finished command is forgotten first; with none finished, no more are taken', () => {
  const { commands, line } = setUp({ maxCommandsPerDevice: 3 });
  for (const id of ['a', 'b', 'c']) commands.submit(call(id));
  expect(() => commands.submit(call('d'))).toThrow(expect.objectContaining({ code: 'COMMAND_LIMIT' }) as Error);
  line.answer({}, 1);
  commands.submit(call('d'));
  expect(commands.list({ device: 'r1', limit: 10 }).map(({ id }) => id)).toEqual(['d', 'c', 'a']);
  expect(commands.size).toBe(3);
});

test('a stop is taken where no other command is', () => {
  const { commands } = setUp({ maxCommandsPerDevice: 1, maxCommands: 1 });
  commands.submit(call('a'));
  expect(() => commands.submit(call('b'))).toThrow(expect.objectContaining({ code: 'COMMAND_LIMIT' }) as Error);
  expect(commands.submit({ ...call('c'), action: { kind: 'standing.end', topic: '/cmd_vel' } }).state).toBe('sent');
});

test('commands of all devices together are bounded too', () => {
  const { commands, line, fleet } = setUp({ maxCommands: 2 });
  fleet.openLine(line, 1, helloOf('r2'));
  commands.submit(call('a'));
  commands.submit({ ...call('b'), device: 'r2' });
  expect(() => commands.submit(call('c'))).toThrow('of all devices');
  line.answer({}, 0);
  commands.submit(call('c'));
  expect(commands.find('r1', 'a')).toBeUndefined();
  expect(commands.size).toBe(2);
});

test('a large result reaches who waits for it and is not remembered', async () => {
  const { commands, line } = setUp({ maxKeptResultBytes: 10 });
  const command = commands.submit(call('a'));
  const finished = command.finished();
  line.answer({ encoding: 'json', json: '"a long result"' });
  expect((await finished).payload.length).toBe(15);
  expect(commandInfo(command.record)).not.toHaveProperty('result');
  expect(commandInfo(command.record, (await finished).payload).result).toBe('a long result');
});

test('a wait ends with its signal, the command goes on', async () => {
  const { commands, line } = setUp();
  const command = commands.submit(call());
  const abort = new AbortController();
  const finished = command.finished(abort.signal);
  abort.abort(new Error('enough'));
  await expect(finished).rejects.toThrow('enough');
  line.answer({});
  expect(command.state).toBe('done');
});

test('a robot’s unreadable result is left out', () => {
  const { commands, line } = setUp();
  const command = commands.submit(call());
  line.answer({ json: '{not json' });
  expect(commandInfo(command.record)).not.toHaveProperty('result');
});
