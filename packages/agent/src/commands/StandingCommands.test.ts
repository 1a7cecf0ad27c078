import { silentLog } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { StandingCommands } from './StandingCommands.ts';
import type { StandingOrder } from './StandingCommands.ts';
import type { StandingWay } from './StandingWay.ts';
import { AgentError } from '../errors.ts';

/** Standing commands over ways that note when they sent what, and fail or hang when told to. */
class World {
  readonly clock = new FakeClock();
  readonly sentAtMs: number[] = [];
  readonly released: string[] = [];
  send: () => Promise<void> = () => Promise.resolve();
  readonly standing = new StandingCommands({
    clock: this.clock,
    log: silentLog,
    handleChange: () => undefined,
    maxStanding: 2,
  });
  readonly ends: string[] = [];

  /** `text` is what it repeats. */
  readonly way = (topic: string, text = 'a', token?: number): StandingWay & { readonly text: string } => ({
    token,
    text,
    send: async () => {
      this.sentAtMs.push(this.clock.monotonicMs());
      await this.send();
    },
    end: () => Promise.resolve(void this.ends.push(topic)),
    continues: (other) => 'text' in other && other.text === text && other.token === token,
    release: () => void this.released.push(topic),
  });

  readonly order = (overrides: Partial<StandingOrder> = {}): StandingOrder => {
    const topic = overrides.topic ?? '/a';
    return {
      topic,
      way: this.way(topic),
      rateHz: 100,
      heldUntilMs: this.clock.monotonicMs() + 1_000,
      ...overrides,
    };
  };
}

const refused = (code: 'LEASE_LOST' | 'ROS_SILENT' | 'LIMIT_BEYOND') => (): Promise<never> =>
  Promise.reject(new AgentError(code, 'The deadman refuses.'));

test('late timers cost no rate, and what was missed is not made up for in a burst', async () => {
  const { clock, standing, sentAtMs, order } = new World();
  void standing.set(order());
  await clock.advance(100);
  clock.stall(55);
  await clock.advance(45);
  expect(sentAtMs.slice(0, 12)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 155]);
  expect(sentAtMs.slice(12)).toEqual([160, 170, 180, 190, 200]);
});

test('while a message does not reach ROS the next ones are left out, not queued', async () => {
  const world = new World();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.send = () => promise;
  void world.standing.set(world.order());
  await world.clock.advance(100);
  expect(world.sentAtMs).toEqual([0]);
  resolve(undefined);
  await world.clock.advance(10);
  expect(world.sentAtMs.length).toBe(2);
});

test('a publisher that fails is tried again until the hold runs out', async () => {
  const world = new World();
  world.send = () => Promise.reject(new Error('ROS is away'));
  void world.standing.set(world.order());
  await world.clock.advance(500);
  expect(world.sentAtMs.length).toBe(51);
  await world.clock.advance(600);
  expect(world.standing.list).toMatchObject([{ topic: '/a', state: 'ended' }]);
  expect(world.clock.pendingTimers).toBe(0);
});

test('one above the bound is refused and leaves its way to the caller; a renewal is no new one', async () => {
  const { standing, order, released } = new World();
  await standing.set(order({ topic: '/a' }));
  await standing.set(order({ topic: '/b' }));
  await expect(standing.set(order({ topic: '/c' }))).rejects.toMatchObject({ code: 'STANDING_LIMIT' });
  expect(released).toEqual([]);
  await standing.set(order({ topic: '/a' }));
  expect(released).toEqual(['/a']);
  expect(standing.list.length).toBe(2);
});

test('every way is ended and released once, however it ends', async () => {
  const { clock, standing, order, way, released, ends } = new World();
  await standing.set(order({ topic: '/a' }));
  await standing.set(order({ topic: '/b', way: way('/b', 'b', 1) }));
  standing.handleLineClosed();
  await clock.advance(0);
  expect(ends).toEqual(['/b']);
  await clock.advance(2_000);
  expect(released.sort()).toEqual(['/a', '/b']);
  await standing.stop();
  await expect(standing.set(order())).rejects.toMatchObject({ code: 'AGENT_STOPPED' });
});

test('what moves the robot begins only when its first message was let through', async () => {
  const world = new World();
  world.send = refused('LIMIT_BEYOND');
  await expect(world.standing.set(world.order({ way: world.way('/a', 'a', 1) }))).rejects.toMatchObject({
    code: 'LIMIT_BEYOND',
  });
  expect(world.standing.list).toMatchObject([{ state: 'ended' }]);
  expect(world.ends).toEqual([]);
  expect(world.clock.pendingTimers).toBe(0);
});

test('while the first message is under way it can be ended already, and that counts', async () => {
  const world = new World();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.send = () => promise;
  const set = world.standing.set(world.order({ way: world.way('/a', 'a', 1) }));
  world.standing.end('/a', 'test');
  resolve(undefined);
  await set;
  await world.clock.advance(1_000);
  expect(world.sentAtMs).toEqual([0]);
  expect(world.ends).toEqual(['/a']);
});

test('a refusal that is final ends motion, another does not', async () => {
  const world = new World();
  await world.standing.set(world.order({ way: world.way('/a', 'a', 1) }));
  world.send = refused('ROS_SILENT');
  await world.clock.advance(100);
  expect(world.standing.list).toMatchObject([{ state: 'active' }]);
  world.send = refused('LEASE_LOST');
  await world.clock.advance(100);
  expect(world.standing.list).toMatchObject([{ state: 'ended', reason: 'it was refused on the robot: LEASE_LOST' }]);
  expect(world.clock.pendingTimers).toBe(0);
});

test('an older lease takes nothing from a newer one', async () => {
  const { standing, order, way, released } = new World();
  await standing.set(order({ way: way('/a', 'a', 2) }));
  await expect(standing.set(order({ way: way('/a', 'a', 1) }))).rejects.toMatchObject({ code: 'LEASE_STALE' });
  expect(standing.list).toMatchObject([{ state: 'active' }]);
  await standing.set(order({ way: way('/a', 'a', 3) }));
  expect(released).toEqual(['/a']);
});
