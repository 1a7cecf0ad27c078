import { silentLog } from '@longline/ros';
import type { Publisher } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { StandingCommands } from './StandingCommands.ts';
import type { StandingOrder } from './StandingCommands.ts';

/** Standing commands over a publisher that notes when it published what, and fails or hangs when told to. */
class World {
  readonly clock = new FakeClock();
  readonly publishedAtMs: number[] = [];
  readonly released: string[] = [];
  publish: () => Promise<void> = () => Promise.resolve();
  readonly standing = new StandingCommands({
    clock: this.clock,
    log: silentLog,
    handleChange: () => undefined,
    maxStanding: 2,
  });
  readonly publisher: Publisher = {
    schema: { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data' },
    encoding: 'ros1',
    publish: async () => {
      this.publishedAtMs.push(this.clock.monotonicMs());
      await this.publish();
      return { subscribers: 1 };
    },
    close: () => undefined,
  };

  readonly order = (overrides: Partial<StandingOrder> = {}): StandingOrder => {
    const topic = overrides.topic ?? '/a';
    return {
      topic,
      use: { publisher: this.publisher, release: () => void this.released.push(topic) },
      data: new Uint8Array(4),
      rateHz: 100,
      heldUntilMs: this.clock.monotonicMs() + 1_000,
      isMotion: false,
      ...overrides,
    };
  };
}

test('late timers cost no rate, and what was missed is not made up for in a burst', async () => {
  const { clock, standing, publishedAtMs, order } = new World();
  standing.set(order());
  await clock.advance(100);
  clock.stall(55);
  await clock.advance(45);
  expect(publishedAtMs.slice(0, 12)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 155]);
  expect(publishedAtMs.slice(12)).toEqual([160, 170, 180, 190, 200]);
});

test('while a message does not reach ROS the next ones are left out, not queued', async () => {
  const world = new World();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.publish = () => promise;
  world.standing.set(world.order());
  await world.clock.advance(100);
  expect(world.publishedAtMs).toEqual([0]);
  resolve(undefined);
  await world.clock.advance(10);
  expect(world.publishedAtMs.length).toBe(2);
});

test('a publisher that fails is tried again until the hold runs out', async () => {
  const world = new World();
  world.publish = () => Promise.reject(new Error('ROS is away'));
  world.standing.set(world.order());
  await world.clock.advance(500);
  expect(world.publishedAtMs.length).toBe(51);
  await world.clock.advance(600);
  expect(world.standing.list).toMatchObject([{ topic: '/a', state: 'ended' }]);
  expect(world.clock.pendingTimers).toBe(0);
});

test('one above the bound is refused and leaves its publisher to the caller; a renewal is no new one', () => {
  const { standing, order, released } = new World();
  standing.set(order({ topic: '/a' }));
  standing.set(order({ topic: '/b' }));
  expect(() => standing.set(order({ topic: '/c' }))).toThrow(
    expect.objectContaining({ code: 'STANDING_LIMIT' }) as Error,
  );
  expect(released).toEqual([]);
  standing.set(order({ topic: '/a' }));
  expect(released).toEqual(['/a']);
  expect(standing.list.length).toBe(2);
});

test('every publisher is released once, however it ends', async () => {
  const { clock, standing, order, released } = new World();
  standing.set(order({ topic: '/a' }));
  standing.set(order({ topic: '/b', isMotion: true }));
  standing.handleLineClosed();
  await clock.advance(2_000);
  expect(released.sort()).toEqual(['/a', '/b']);
  await standing.stop();
  expect(() => standing.set(order())).toThrow(expect.objectContaining({ code: 'AGENT_STOPPED' }) as Error);
});

test('a stop that does not reach ROS is tried again, but not once another command has the topic', async () => {
  const world = new World();
  const schema = { name: 'test/Twist', encoding: 'ros1msg', text: 'float64 x' } as const;
  const motion = (): StandingOrder => ({
    ...world.order({ isMotion: true, rateHz: 0.1 }),
    use: { publisher: { ...world.publisher, schema }, release: () => undefined },
  });
  world.standing.set(motion());
  await world.clock.advance(1);
  world.publish = () => Promise.reject(new Error('ROS is away'));
  world.standing.handleLineClosed();
  await world.clock.advance(249);
  expect(world.publishedAtMs).toEqual([0, 1, 101, 201]);
  world.publish = () => Promise.resolve();
  await world.clock.advance(5_000);
  expect(world.publishedAtMs).toEqual([0, 1, 101, 201, 301]);

  world.standing.set(motion());
  world.publish = () => Promise.reject(new Error('ROS is away'));
  world.standing.end('/a', 'test');
  await world.clock.advance(10);
  world.publish = () => Promise.resolve();
  world.standing.set(motion());
  const count = world.publishedAtMs.length;
  await world.clock.advance(500);
  expect(world.publishedAtMs.length).toBe(count);

  world.publish = () => Promise.reject(new Error('ROS is away'));
  const stopped = world.standing.stop();
  await world.clock.advance(2_100);
  await stopped;
  expect(world.clock.pendingTimers).toBe(0);
});
