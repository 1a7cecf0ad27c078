import { DuplexPair, FakeClock } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { FakeLiveServer } from './FakeLiveServer.fixture.ts';
import { Fleet } from './Fleet.ts';
import type { OnlineEvents } from './watchOnline.ts';

/** A network that a test takes away: connections stay, and nothing comes through. */
class World implements OnlineEvents {
  readonly clock = new FakeClock();
  readonly server = new FakeLiveServer(this.clock);
  readonly dialledMs: number[] = [];
  readonly listeners = new Set<() => void>();
  readonly #pairs: DuplexPair[] = [];
  isUp = true;
  readonly fleet = new Fleet(
    {
      target: 'memory',
      reopens: true,
      open: (attach) => {
        this.dialledMs.push(this.clock.monotonicMs());
        const pair = new DuplexPair(this.clock, { delayMs: 20 });
        this.#pairs.push(pair);
        pair.left.attach(attach);
        pair.right.attach(this.server.attach);
        this.clock.after(40, () => {
          if (this.isUp) pair.open();
        });
      },
    },
    { clock: this.clock, random: () => 0, network: this, limits: { silenceMs: 3_000 } },
  );

  addEventListener(_type: 'online', listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: 'online', listener: () => void): void {
    this.listeners.delete(listener);
  }

  takeAway(): void {
    this.isUp = false;
    for (const { left, right } of this.#pairs) left.stalled = right.stalled = true;
  }

  cut(): void {
    this.#pairs.at(-1)?.cut();
  }

  tellOnline(): void {
    for (const listener of this.listeners) listener();
  }

  get state(): string {
    return this.fleet.status.current.state;
  }
}

describe('a reader whose network is dead for a while', () => {
  test('drops the silent line, dials again at once and about every second, and is back soon after the network', async () => {
    const world = new World();
    await world.clock.advance(10_000);
    expect(world.state).toBe('connected');
    world.takeAway();
    await world.clock.advance(23_000);
    const [, second] = world.dialledMs;
    expect(second! - 10_000).toBeLessThanOrEqual(3_000);
    const gapsMs = world.dialledMs.slice(2).map((atMs, index) => Math.round(atMs - world.dialledMs[index + 1]!));
    expect(gapsMs.slice(0, 4)).toEqual([1_000, 1_100, 1_210, 1_331]);
    const { length } = world.dialledMs;
    world.isUp = true;
    await world.clock.advance(3_200);
    expect(world.state).toBe('connected');
    expect(world.dialledMs.length).toBe(length + 1);
    await world.fleet.close();
  });

  test('that has never been connected has the whole time for its first attempt', async () => {
    const world = new World();
    world.isUp = false;
    world.cut();
    await world.clock.advance(15_000);
    expect(world.dialledMs.length).toBe(3);
    await world.fleet.close();
  });
});

describe('when the machine has a network again', () => {
  test('an attempt that was made without one is made anew', async () => {
    const world = new World();
    world.takeAway();
    await world.clock.advance(5_000);
    world.isUp = true;
    world.tellOnline();
    await world.clock.advance(200);
    expect(world.dialledMs).toEqual([0, 5_000]);
    expect(world.state).toBe('connected');
    await world.fleet.close();
    expect(world.listeners.size).toBe(0);
  });

  test('a pause is cut short, and an open line is left alone', async () => {
    const world = new World();
    await world.clock.advance(1_000);
    world.cut();
    world.tellOnline();
    await world.clock.advance(200);
    expect(world.dialledMs).toEqual([0, 1_000]);
    world.tellOnline();
    await world.clock.advance(1_000);
    expect(world.dialledMs.length).toBe(2);
    await world.fleet.close();
  });
});
