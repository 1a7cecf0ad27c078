import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { FleetState } from '../fleet/FleetState.ts';
import { defaultServerLimits } from '../limits.ts';
import { localAdministrator } from '../access/Principal.ts';
import { MemoryCommandStore } from '../store/MemoryCommandStore.ts';
import { commandRecord } from '../store/commandRecord.fixture.ts';
import type { CommandRecord } from '../store/CommandRecord.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import type { Command } from './Command.ts';
import { commandInfo } from './CommandInfo.ts';
import { Commands, fingerprintOf } from './Commands.ts';
import type { RobotRequest } from './Commands.ts';
import { CommandWatch } from './CommandWatch.ts';

/** A server's commands, and one device whose line opens and closes. */
class World {
  readonly clock = new FakeClock();
  readonly fleet = new FleetState(this.clock, defaultServerLimits);
  readonly store: MemoryCommandStore;
  readonly commands: Commands;
  line = new FakeRobotLine();
  #epoch = 0;

  constructor(store = new MemoryCommandStore(defaultServerLimits)) {
    this.store = store;
    this.commands = new Commands(this.fleet, this.clock, defaultServerLimits, this.store);
    this.fleet.watchDevices(this.commands);
  }

  open(boot = 'b'): this {
    this.line = new FakeRobotLine();
    const opened = this.fleet.openLine(this.line, ++this.#epoch, { ...helloOf('r1'), boot });
    if (opened !== undefined) this.fleet.announce(opened.device, 'online');
    return this;
  }

  /** The line ends; what was under way is then unknown. */
  close(...indices: number[]): this {
    for (const index of indices) this.line.answer({ state: 'unknown', code: 'LINE_CLOSED', message: 'ended' }, index);
    const device = this.fleet.device('r1');
    if (device !== undefined) this.fleet.closeLine(device, this.#epoch);
    return this;
  }

  submit(given: Partial<RobotRequest> = {}): Command {
    const action = { kind: 'call', service: '/s', encoding: 'json' } as const;
    return this.commands.submit({ device: 'r1', action, payload, principal: localAdministrator, ...given });
  }

  find(id: string): CommandRecord | undefined {
    return this.commands.find('r1', id);
  }
}

const payload = new TextEncoder().encode('{}');
const code = (code: string): Error => expect.objectContaining({ code }) as Error;

test('each transition is kept with both clocks', async () => {
  const world = new World().open();
  const command = world.submit({ id: 'c' });
  await world.clock.advance(5);
  world.line.answer({ state: 'received', robotMs: 111 });
  await world.clock.advance(5);
  world.line.answer({ state: 'failed', code: 'SERVICE_FAILED', message: 'no', robotMs: 222 });
  expect(world.find('c')).toEqual(command.record);
  expect(commandInfo(command.record)).toMatchObject({
    state: 'failed',
    code: 'SERVICE_FAILED',
    acceptedTime: '2026-01-01T00:00:00.000Z',
    sentTime: '2026-01-01T00:00:00.000Z',
    receivedTime: '2026-01-01T00:00:00.005Z',
    receivedRobotTime: '1970-01-01T00:00:00.111Z',
    finishedTime: '2026-01-01T00:00:00.010Z',
    finishedRobotTime: '1970-01-01T00:00:00.222Z',
  });
});

test('token and sequence of the lease go into the header', () => {
  const world = new World().open();
  world.submit({ token: 7, sequence: 3 });
  expect(world.line.asked[0]?.request).toMatchObject({ token: 7, sequence: 3 });
});

test('a caller waits for as much as it wants', async () => {
  const world = new World().open();
  const command = world.submit();
  expect(await command.reached('accepted')).toBeUndefined();
  const received = command.reached('received');
  const done = command.reached('done');
  world.line.answer({ state: 'received' });
  expect(await received).toBeUndefined();
  expect(await command.reached('received')).toBeUndefined();
  world.line.answer({ json: '1' });
  expect(await done).toEqual(Uint8Array.of(49));
  expect(await command.reached('received')).toEqual(Uint8Array.of(49));
});

test('a robot that says nothing before its verdict is waited for no longer', async () => {
  const world = new World().open();
  const command = world.submit();
  const received = command.reached('received');
  world.line.answer({ json: '1' });
  expect(await received).toEqual(Uint8Array.of(49));
});

test('a repeated ID gives the command that has it, long after it ended', () => {
  const world = new World().open();
  world.submit({ id: 'c' });
  world.line.answer({ json: '5' });
  const again = world.submit({ id: 'c' });
  expect(again.record).toMatchObject({ state: 'done', result: Uint8Array.of(53) });
  expect(world.line.asked).toHaveLength(1);
  expect(() => world.submit({ id: 'c', payload: Uint8Array.of(1) })).toThrow(code('COMMAND_ID_REUSED'));
});

test('the robot’s word that comes after the server gave up is the verdict', () => {
  const world = new World().open();
  const command = world.submit({ id: 'c' });
  const words: string[] = [];
  command.watch(({ state }) => words.push(state));
  world.line.answer({ state: 'unknown', code: 'REPLY_MISSING', message: 'none' });
  expect(world.find('c')?.state).toBe('unknown');
  expect(world.line.streams).toBe(1);
  world.line.answer({ json: '1' });
  expect(world.find('c')).toMatchObject({ state: 'done', times: { unknownMs: expect.any(Number) as number } });
  expect(world.find('c')?.code).toBeUndefined();
  expect(world.line.streams).toBe(0);
  world.line.answer({ state: 'failed', code: 'LATE' });
  expect(world.find('c')?.state).toBe('done');
  // Who waited was told once.
  expect(words).toEqual(['unknown']);
});

test('after a reconnect the robot is asked what became of a command, past its deadline', () => {
  const world = new World().open();
  world.submit({ id: 'c', token: 4, sequence: 9 });
  world.close(0).open();
  expect(world.line.asked.map(({ request }) => request)).toMatchObject([
    { id: 'c', ageMs: 5_000, deadlineMs: 5_000, token: 4, sequence: 9 },
  ]);
  expect(world.line.asked[0]?.payload).toEqual(payload);
  world.line.answer({ state: 'received' });
  expect(world.find('c')?.state).toBe('unknown');
  world.line.answer({ json: '1' });
  expect(world.find('c')).toMatchObject({ state: 'done', payload: undefined });
  world.close().open();
  expect(world.line.asked).toEqual([]);
});

test('a robot of the same run that never had the command says so; another run may have forgotten it', () => {
  const world = new World().open('first');
  world.submit({ id: 'c' });
  world.close(0).open('second');
  world.line.answer({ state: 'expired', code: 'COMMAND_EXPIRED' });
  expect(world.find('c')?.state).toBe('unknown');
  world.close().open('first');
  world.line.answer({ state: 'expired', code: 'COMMAND_EXPIRED' });
  expect(world.find('c')?.state).toBe('expired');
});

test('a robot may have forgotten a command that was sent long before its line was lost', async () => {
  const world = new World().open();
  world.submit({ id: 'long ago' });
  await world.clock.advance(5_001);
  world.submit({ id: 'lately' });
  world.close(0, 1);
  await world.clock.advance(60_000);
  world.open();
  for (const index of [0, 1]) world.line.answer({ state: 'expired', code: 'COMMAND_EXPIRED' }, index);
  expect([world.find('long ago')?.state, world.find('lately')?.state]).toEqual(['unknown', 'expired']);
  world.close().open();
  expect(world.line.asked.map(({ request }) => request.id)).toEqual(['long ago']);
  world.line.answer({ state: 'done' });
  expect(world.find('long ago')?.state).toBe('done');
});

test.each(['COMMAND_UNCERTAIN', 'COMMAND_ID_REUSED'])('%s is no verdict', (uncertain) => {
  const world = new World().open();
  world.submit({ id: 'c' });
  world.close(0).open();
  world.line.answer({ state: 'rejected', code: uncertain });
  expect(world.find('c')?.state).toBe('unknown');
});

test('no robot is asked about stops: one that forgot them would carry them out again', () => {
  const world = new World().open();
  world.submit({ action: { kind: 'standing.end', topic: '/t' } });
  world.submit({ action: { kind: 'stop' } });
  world.close(0, 1).open();
  expect(world.line.asked).toEqual([]);
});

test('at most 100 commands are asked about on one line, the newest', () => {
  const world = new World().open();
  for (let n = 0; n < 150; n++) world.submit({ id: `c${n}` });
  world.close(...Array(150).keys()).open();
  expect(world.line.asked).toHaveLength(100);
  expect(world.line.asked.at(-1)?.request.id).toBe('c149');
});

test('what an earlier run of the server left open is unknown, and settled by the robot', () => {
  const store = new MemoryCommandStore(defaultServerLimits);
  const action = { kind: 'call', service: '/s', encoding: 'json' } as const;
  const times = { acceptedMs: 1_767_225_600_000 };
  const fingerprint = fingerprintOf(action, payload);
  const left = commandRecord({
    order: store.nextOrder(),
    id: 'c',
    fingerprint,
    payload,
    state: 'sent',
    boot: 'b',
    times,
  });
  store.put(left);
  store.leftOpen = () => [left];
  const world = new World(store);
  expect(world.find('c')).toMatchObject({ state: 'unknown', code: 'SERVER_RESTARTED' });
  world.open();
  world.line.answer({ json: '1' });
  expect(world.find('c')?.state).toBe('done');
  expect(world.submit({ id: 'c' }).state).toBe('done');
});

test('an absent robot refuses at once, unless the command is to wait', () => {
  const world = new World().open().close();
  expect(world.submit().final).toMatchObject({ state: 'rejected', code: 'DEVICE_OFFLINE' });
  expect(world.submit({ whenOffline: 'wait' }).state).toBe('accepted');
});

test('commands that wait are sent in order, with their age, when the robot is back', async () => {
  const world = new World().open().close();
  const waiting = { whenOffline: 'wait', deadlineMs: 60_000 } as const;
  world.submit({ ...waiting, id: 'a', ageMs: 100 });
  world.submit({ ...waiting, id: 'b', payload: Uint8Array.of(1) });
  expect(world.commands.counts).toEqual({ open: 2, waiting: 2 });
  await world.clock.advance(10_000);
  world.open();
  expect(world.line.asked.map(({ request, payload }) => [request.id, request.ageMs, [...payload]])).toEqual([
    ['a', 10_100, [...payload]],
    ['b', 10_000, [1]],
  ]);
  expect(world.find('a')?.state).toBe('sent');
  world.line.answer({});
  expect(world.find('b')?.state).toBe('done');
  expect(world.commands.counts).toEqual({ open: 1, waiting: 0 });
});

test('a command that waits is never sent after its deadline, however the wall clock jumps', async () => {
  const world = new World().open().close();
  const command = world.submit({ whenOffline: 'wait', deadlineMs: 2_000, ageMs: 500 });
  world.clock.setWallNs(0n);
  await world.clock.advance(1_499);
  expect(command.state).toBe('accepted');
  await world.clock.advance(1);
  expect(command.final).toMatchObject({ state: 'expired', code: 'COMMAND_EXPIRED' });
  world.open();
  expect(world.line.asked).toEqual([]);
});

test.each([
  { token: 1 },
  { action: { kind: 'standing.set', topic: '/t', encoding: 'json', rateHz: 1, holdMs: 500 } },
  { action: { kind: 'stop' } },
] as const)('motion and what goes on do not wait: %j', (given) => {
  const world = new World().open().close();
  expect(() => world.submit({ ...given, whenOffline: 'wait' })).toThrow(code('COMMAND_CANNOT_WAIT'));
});

test('what the robot’s line would not take does not wait either', () => {
  const world = new World().open().close();
  expect(world.submit({ whenOffline: 'wait', deadlineMs: 1e9 }).final).toMatchObject({ code: 'REQUEST_INVALID' });
});

test('no more wait than the line takes at once', () => {
  const world = new World().open().close();
  for (let n = 0; n < 500; n++) world.submit({ whenOffline: 'wait' });
  expect(() => world.submit({ whenOffline: 'wait' })).toThrow(code('COMMAND_LIMIT'));
  expect(() => new World().submit({ whenOffline: 'wait' })).toThrow(code('DEVICE_UNKNOWN'));
});

test('a command that waits can be taken back, one that was sent cannot', () => {
  const world = new World().open().close();
  world.submit({ whenOffline: 'wait', id: 'a' });
  expect(world.commands.cancel('r1', 'a')).toMatchObject({ state: 'cancelled', code: 'COMMAND_CANCELLED' });
  expect(world.commands.cancel('r1', 'a')).toMatchObject({ state: 'cancelled' });
  world.open();
  expect(world.line.asked).toEqual([]);
  world.submit({ id: 'b' });
  expect(() => world.commands.cancel('r1', 'b')).toThrow(code('COMMAND_UNDER_WAY'));
  world.line.answer({});
  expect(() => world.commands.cancel('r1', 'b')).toThrow('is done');
  expect(() => world.commands.cancel('r1', 'c')).toThrow(code('COMMAND_UNKNOWN'));
});

test('a server that stops takes back what waits', () => {
  const world = new World().open().close();
  const command = world.submit({ whenOffline: 'wait' });
  world.commands.stop();
  expect(command.final).toMatchObject({ state: 'cancelled', code: 'SERVER_STOPPING' });
  expect(world.clock.pendingTimers).toBe(0);
});

test('a watch tells each transition, the settling one too', async () => {
  const world = new World().open();
  const abort = new AbortController();
  const watch = new CommandWatch(world.commands, ({ device }) => device === 'r1', abort.signal);
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { id, state } of watch) if (seen.push(`${id} ${state}`) === 4) abort.abort();
  })();
  world.submit({ id: 'c' });
  world.line.answer({ state: 'received' });
  world.line.answer({ state: 'unknown', code: 'REPLY_MISSING' });
  world.line.answer({ state: 'done' });
  await reading;
  expect(seen).toEqual(['c sent', 'c received', 'c unknown', 'c done']);
});

test('the audit says who wanted what and what became of it, refusals too', () => {
  const world = new World().open();
  world.submit({ id: 'a', token: 3 });
  world.line.answer({ state: 'failed', code: 'SERVICE_FAILED' });
  expect(() => world.submit({ id: 'a', payload: Uint8Array.of(1) })).toThrow();
  expect(world.store.listAudit({ limit: 9 })).toMatchObject([
    { what: 'refused', principal: 'local', device: 'r1', target: '/s', code: 'COMMAND_ID_REUSED' },
    {
      what: 'command',
      target: '/s',
      outcome: 'failed',
      code: 'SERVICE_FAILED',
      token: 3,
      details: { id: 'a', kind: 'call' },
    },
  ]);
});

test('a large payload is not kept, and the robot is not asked about it again', () => {
  const world = new World().open();
  world.submit({ id: 'c', payload: new Uint8Array(20_000) });
  expect(world.find('c')?.payload).toBeUndefined();
  world.close(0).open();
  expect(world.line.asked).toEqual([]);
});
