import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import type { Command } from '../commands/Command.ts';
import { Commands } from '../commands/Commands.ts';
import { FleetState } from '../fleet/FleetState.ts';
import { defaultServerLimits } from '../limits.ts';
import { localAdministrator } from '../access/Principal.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import { StandingCommands } from './StandingCommands.ts';

class Setup {
  readonly clock = new FakeClock();
  readonly fleet = new FleetState(this.clock, defaultServerLimits);
  readonly commands = new Commands(this.fleet, this.clock, defaultServerLimits);
  readonly standing = new StandingCommands(this.commands, this.clock, 3);
  line = new FakeRobotLine();
  #epoch = 0;

  constructor() {
    this.fleet.watchDevices(this.standing);
    this.connect();
  }

  connect(): void {
    this.line = new FakeRobotLine();
    const { device } = this.fleet.openLine(this.line, ++this.#epoch, helloOf('r1'))!;
    this.fleet.announce(device, 'online');
  }

  disconnect(): void {
    this.fleet.closeLine(this.fleet.device('r1')!, this.#epoch);
  }

  set(options: { topic?: string; text?: string; holdMs?: number; ageMs?: number; motion?: boolean } = {}): Command {
    const { topic = '/light', text = '{}', holdMs = 10_000, ageMs, motion = false } = options;
    const command = this.standing.set({
      device: 'r1',
      principal: localAdministrator,
      payload: new TextEncoder().encode(text),
      action: { kind: 'standing.set', topic, encoding: 'json', rateHz: 10, holdMs },
      ageMs,
    });
    if (command.state === 'sent') this.line.answer({ json: `{"motion":${motion}}` });
    return command;
  }

  end(topic = '/light'): Command {
    return this.standing.end({
      device: 'r1',
      principal: localAdministrator,
      payload: new Uint8Array(0),
      action: { kind: 'standing.end', topic },
    });
  }

  get held(): string[] {
    return this.standing.list('r1').map(({ topic, state, remainingMs }) => `${topic} ${state} ${remainingMs}`);
  }

  get asked(): string[] {
    return this.line.asked.map(({ request: { action } }) =>
      action.kind === 'standing.set' ? `set ${action.topic} ${action.holdMs}` : action.kind,
    );
  }
}

test('the hold runs from the holder’s last word, whose age counts', async () => {
  const setup = new Setup();
  setup.set({ holdMs: 1_000, ageMs: 300 });
  expect(setup.held).toEqual(['/light active 700']);
  await setup.clock.advance(500);
  setup.set({ holdMs: 1_000 });
  await setup.clock.advance(999);
  expect(setup.held).toEqual(['/light active 1']);
  await setup.clock.advance(1);
  expect(setup.held).toEqual([]);
  expect(setup.clock.pendingTimers).toBe(0);
});

test('one that moves nothing is told again after a reconnect, for the rest of its hold', async () => {
  const setup = new Setup();
  setup.set({ text: '{"on":true}' });
  setup.disconnect();
  await setup.clock.advance(4_000);
  expect(setup.held).toEqual(['/light active 6000']);
  setup.connect();
  expect(setup.asked).toEqual(['set /light 6000']);
  expect(new TextDecoder().decode(setup.line.asked[0]!.payload)).toBe('{"on":true}');
  setup.line.answer({ json: '{"motion":false}' });
  await setup.clock.advance(6_000);
  expect(setup.held).toEqual([]);
});

test('one that moves the robot ends with the line and is never told again', () => {
  const setup = new Setup();
  setup.set({ topic: '/cmd_vel', motion: true });
  expect(setup.standing.list('r1')).toMatchObject([{ topic: '/cmd_vel', motion: true, holder: 'local' }]);
  setup.disconnect();
  expect(setup.held).toEqual([]);
  setup.connect();
  expect(setup.asked).toEqual([]);
});

test('a newer line in place of an older one ends motion too', () => {
  const setup = new Setup();
  setup.set({ topic: '/cmd_vel', motion: true });
  setup.set({ topic: '/light' });
  setup.connect();
  expect(setup.held).toEqual(['/light active 10000']);
  expect(setup.asked).toEqual(['set /light 10000']);
});

test('one whose answer was not heard counts as motion and is not told again', () => {
  const setup = new Setup();
  const command = setup.standing.set({
    device: 'r1',
    principal: localAdministrator,
    payload: new Uint8Array(0),
    action: { kind: 'standing.set', topic: '/x', encoding: 'json', rateHz: 1, holdMs: 60_000 },
  });
  setup.line.answer({ state: 'unknown', code: 'LINE_CLOSED' });
  setup.disconnect();
  setup.connect();
  expect(command.state).toBe('unknown');
  expect(setup.asked).toEqual([]);
});

test('when the topic became motion while the robot was away, the reconnect does not arm it', () => {
  const setup = new Setup();
  setup.set();
  setup.disconnect();
  setup.connect();
  expect(setup.line.asked[0]!.request.action).toMatchObject({ kind: 'standing.set', resumed: true });
  setup.line.answer({ state: 'rejected', code: 'MOTION_NOT_RESUMED' });
  expect(setup.asked).toEqual(['set /light 10000']);
  expect(setup.held).toEqual([]);
});

test('what is ended while the robot is away is ended when it returns', async () => {
  const setup = new Setup();
  setup.set();
  setup.disconnect();
  expect(setup.end()).toMatchObject({ state: 'rejected', final: { code: 'DEVICE_OFFLINE' } });
  expect(setup.held).toEqual(['/light ending 10000']);
  await setup.clock.advance(1_000);
  setup.connect();
  expect(setup.asked).toEqual(['standing.end']);
  setup.line.answer({});
  expect(setup.held).toEqual([]);
});

test('an end that the robot did not confirm before its line ended is told again, until it does', () => {
  const setup = new Setup();
  setup.set();
  setup.end();
  setup.line.answer({ state: 'unknown', code: 'LINE_CLOSED' });
  setup.disconnect();
  expect(setup.held).toEqual(['/light ending 10000']);
  setup.connect();
  expect(setup.asked).toEqual(['standing.end']);
  setup.line.answer({ state: 'unknown', code: 'LINE_CLOSED' });
  setup.disconnect();
  setup.connect();
  expect(setup.asked).toEqual(['standing.end']);
  setup.line.answer({});
  expect(setup.held).toEqual([]);
});

test('a set after an end is not forgotten when the end is confirmed late', () => {
  const setup = new Setup();
  setup.set();
  setup.end();
  const ends = setup.line.asked.length - 1;
  setup.set();
  setup.line.answer({}, ends);
  expect(setup.held).toEqual(['/light active 10000']);
});

test('an end is not undone by a set that was still under way', () => {
  const setup = new Setup();
  setup.standing.set({
    device: 'r1',
    principal: localAdministrator,
    payload: new Uint8Array(0),
    action: { kind: 'standing.set', topic: '/light', encoding: 'json', rateHz: 1, holdMs: 60_000 },
  });
  setup.end();
  setup.line.answer({ json: '{"motion":false}' }, 0);
  expect(setup.held).toEqual([]);
});

test('an absent robot is not promised anything', () => {
  const setup = new Setup();
  setup.disconnect();
  expect(setup.set()).toMatchObject({ state: 'rejected', final: { code: 'DEVICE_OFFLINE' } });
  setup.connect();
  expect(setup.asked).toEqual([]);
});

test('renewals do not fill the list of commands, a changed message is listed', () => {
  const setup = new Setup();
  for (let i = 0; i < 5; i++) setup.set();
  expect(setup.commands.size).toBe(1);
  setup.set({ text: '{"other":1}' });
  expect(setup.commands.size).toBe(2);
  expect(setup.standing.size).toBe(1);
});

test('standing commands of one device are bounded', () => {
  const setup = new Setup();
  for (const topic of ['/a', '/b', '/c', '/a']) setup.set({ topic });
  expect(() => setup.set({ topic: '/d' })).toThrow(expect.objectContaining({ code: 'STANDING_LIMIT' }) as Error);
});

test('an unreadable answer counts as motion', () => {
  const setup = new Setup();
  setup.standing.set({
    device: 'r1',
    principal: localAdministrator,
    payload: new Uint8Array(0),
    action: { kind: 'standing.set', topic: '/x', encoding: 'json', rateHz: 1, holdMs: 60_000 },
  });
  setup.line.answer({ json: 'nonsense' });
  expect(setup.standing.list('r1')).toMatchObject([{ motion: true }]);
});
