import type { Refusal, StopReport } from '@longline/client';
import { LonglineError } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { Driver } from './Driver.ts';
import type { DriveLease } from './Driver.ts';

/** A lease that keeps what is published under it. */
class FakeLease implements DriveLease {
  readonly token = 3;
  readonly holdMs = 1_500;
  readonly replaced = 0;
  readonly #lost = new AbortController();
  readonly lost = this.#lost.signal;
  readonly sent: unknown[] = [];
  readonly calls: string[] = [];
  tell: (refusal: Refusal) => void = () => undefined;
  readonly refusals = {
    listen: (listener: (refusal: Refusal) => void) => {
      this.tell = listener;
      return () => undefined;
    },
  };

  publish(topic: string, message: unknown): void {
    this.lost.throwIfAborted();
    expect(topic).toBe('/cmd_vel');
    this.sent.push(message);
  }

  release(): Promise<void> {
    this.calls.push('release');
    return Promise.resolve();
  }

  releaseStop(): Promise<void> {
    this.calls.push('releaseStop');
    return Promise.resolve();
  }

  lose(): void {
    this.#lost.abort(new LonglineError('LEASE_LOST', 'eve has taken it over'));
  }
}

interface Rig {
  readonly clock: FakeClock;
  readonly driver: Driver;
  readonly leases: FakeLease[];
  readonly stops: number;
  report: StopReport;
}

async function rig(): Promise<Rig> {
  const clock = new FakeClock();
  const leases: FakeLease[] = [];
  const state = { stops: 0, report: { outputs: [], waits: false } as StopReport };
  const device = {
    takeLease: () => {
      const lease = new FakeLease();
      leases.push(lease);
      return Promise.resolve(lease);
    },
    stop: () => {
      state.stops++;
      return Promise.resolve(state.report);
    },
  };
  const target = { topic: '/cmd_vel', type: 'geometry_msgs/Twist' };
  const driver = new Driver({ device, target, clock, full: { linear: 0.5, angular: 1 } });
  await driver.take();
  return {
    clock,
    driver,
    leases,
    get stops() {
      return state.stops;
    },
    set report(report: StopReport) {
      state.report = report;
    },
  };
}

const twist = (x: number, z: number): object => ({ linear: { x }, angular: { z } });
const zeros = twist(0, 0);

test('nothing is sent before a key; while one is held frames go at 20 Hz, then zeros, then nothing', async () => {
  const { clock, driver, leases } = await rig();
  const { sent } = leases[0]!;
  await clock.advance(1_000);
  expect(sent).toEqual([]);
  driver.handleKey('forward');
  expect(sent).toEqual([twist(0.5, 0)]);
  await clock.advance(500);
  expect(sent.length).toBe(11);
  await clock.advance(2_000);
  const moving = sent.filter((message) => JSON.stringify(message) !== JSON.stringify(zeros));
  expect(moving.length).toBeLessThan(14);
  expect(sent.slice(moving.length)).toEqual(Array(5).fill(zeros));
  await driver.end();
});

test('space sends zeros at once, and then the stop that stands', async () => {
  const robot = await rig();
  robot.report = {
    outputs: [{ kind: 'topic', name: '/cmd_vel', delivered: true, others: ['/planner'] }],
    waits: false,
  };
  robot.driver.handleKey('forward');
  robot.driver.handleKey('stop');
  expect([robot.leases[0]!.sent.at(-1), robot.stops]).toEqual([zeros, 1]);
  await robot.clock.advance(10);
  expect(robot.driver.note).toBe('NOT_EXCLUSIVE: /planner may still move it.');
  robot.driver.handleKey('release');
  await robot.clock.advance(10);
  expect([robot.leases[0]!.calls, robot.driver.note]).toEqual([['releaseStop'], undefined]);
  await robot.driver.end();
});

test('speed changes while a direction is held, within bounds', async () => {
  const { driver, leases } = await rig();
  driver.handleKey('left');
  driver.handleKey('faster');
  expect(leases[0]!.sent.at(-1)).toEqual(twist(0, 1.25));
  for (let i = 0; i < 50; i++) driver.handleKey('slower');
  expect(driver.speed).toBe(0.05);
  for (let i = 0; i < 50; i++) driver.handleKey('faster');
  expect(driver.speed).toBe(2);
  await driver.end();
});

test('a lost lease moves nothing any more, says why, and can be taken again with a key', async () => {
  const { clock, driver, leases } = await rig();
  driver.handleKey('forward');
  leases[0]!.lose();
  expect([driver.lease, driver.note]).toEqual([undefined, 'LEASE_LOST: eve has taken it over']);
  driver.handleKey('forward');
  await clock.advance(200);
  expect(leases[0]!.sent).toHaveLength(1);
  driver.handleKey('take');
  await clock.advance(1);
  expect([driver.lease, driver.note]).toEqual([leases[1], undefined]);
  await clock.advance(1_000);
  // What was held when the lease was lost does not come back with it.
  expect(leases[1]!.sent).toEqual([]);
  await driver.end();
});

test('refusals are noted', async () => {
  const { driver, leases } = await rig();
  leases[0]!.tell({ code: 'LIMIT_BEYOND', message: 'linear.x is above 0.3' });
  expect(driver.note).toBe('LIMIT_BEYOND: linear.x is above 0.3');
  await driver.end();
});

test('it ends with zeros and gives the lease back', async () => {
  const { clock, driver, leases } = await rig();
  driver.handleKey('forward');
  expect(driver.handleKey('quit')).toBe(true);
  await driver.end();
  expect([leases[0]!.sent.at(-1), leases[0]!.calls]).toEqual([zeros, ['release']]);
  expect(clock.pendingTimers).toBe(0);
});
