import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import {
  ACTIVE_FOR_MS,
  ACTIVE_PING_MS,
  FrameAge,
  IDLE_PING_MS,
  MAX_OPEN_PINGS,
  SETTLE_MS,
  SILENT_MS,
} from './FrameAge.ts';

/** A client at the far end of a path: what it sends and what it is sent takes `delayMs` each way, in order. */
class FarClient {
  readonly clock = new FakeClock({ startMs: 1_000 });
  delayMs: number;
  pings = 0;
  silent = 0;
  /** While it is paused it reads nothing; its own timers run. */
  isPaused = false;
  readonly #held: Uint8Array[] = [];
  readonly age: FrameAge;
  /** The bound that each command had when it came, beside its true age. */
  readonly heard: { boundMs: number; trueMs: number; mayBeFlushed: boolean }[] = [];

  constructor(delayMs: number) {
    this.delayMs = delayMs;
    this.age = new FrameAge({
      clock: this.clock,
      ping: (payload) => {
        this.pings++;
        this.clock.after(this.delayMs, () => this.#take(payload));
      },
      handleSilent: () => this.silent++,
    });
  }

  /** The client makes a command now. */
  command(): void {
    const madeMs = this.clock.monotonicMs();
    this.clock.after(this.delayMs, () => {
      const { ageMs, mayBeFlushed } = this.age.get();
      this.heard.push({ boundMs: ageMs, trueMs: this.clock.monotonicMs() - madeMs, mayBeFlushed });
    });
  }

  /** Commands at 20 Hz for so long. */
  async drive(durationMs: number): Promise<void> {
    for (let ms = 0; ms < durationMs; ms += 50) {
      this.command();
      await this.clock.advance(50);
    }
  }

  resume(): void {
    this.isPaused = false;
    for (const payload of this.#held.splice(0)) this.#pong(payload);
  }

  #take(payload: Uint8Array): void {
    if (this.isPaused) this.#held.push(payload);
    else this.#pong(payload);
  }

  #pong(payload: Uint8Array): void {
    this.clock.after(this.delayMs, () => this.age.handlePong(payload));
  }
}

test.each([1, 50, 400])(
  'a command is never older than the bound, and the bound is about two ways at most: %i ms',
  async (delayMs) => {
    const client = new FarClient(delayMs);
    await client.clock.advance(SETTLE_MS + 3 * delayMs);
    await client.drive(5_000);
    expect(client.heard.length).toBeGreaterThan(80);
    for (const { boundMs, trueMs } of client.heard) expect(boundMs).toBeGreaterThanOrEqual(trueMs);
    for (const { boundMs } of client.heard.slice(-20))
      expect(boundMs).toBeLessThanOrEqual(2 * delayMs + ACTIVE_PING_MS);
  },
);

test('while a path stands still commands grow old, and those of before are bounded as old when it moves again', async () => {
  const client = new FarClient(20);
  await client.clock.advance(SETTLE_MS + 100);
  await client.drive(1_000);
  // What is made now comes three seconds later, and so do the answers to pings.
  client.delayMs = 3_000;
  client.command();
  await client.clock.advance(3_000);
  const late = client.heard.at(-1);
  expect(late?.trueMs).toBe(3_000);
  expect(late?.boundMs).toBeGreaterThanOrEqual(3_000);
});

test('a client that reads nothing for a while is bounded by when it read last', async () => {
  const client = new FarClient(10);
  await client.clock.advance(SETTLE_MS + 100);
  await client.drive(500);
  client.isPaused = true;
  await client.drive(2_000);
  expect(client.heard.at(-1)?.boundMs).toBeGreaterThan(1_900);
  client.resume();
  await client.drive(500);
  expect(client.heard.at(-1)?.boundMs).toBeLessThanOrEqual(2 * 10 + ACTIVE_PING_MS);
});

test('what comes before the first answer may be a queue that the client flushes on connecting', async () => {
  const client = new FarClient(30);
  client.command();
  await client.clock.advance(SETTLE_MS - 1);
  client.command();
  await client.clock.advance(60);
  expect(client.heard.map(({ mayBeFlushed }) => mayBeFlushed)).toEqual([true, true]);
  await client.clock.advance(100);
  client.command();
  await client.clock.advance(100);
  expect(client.heard.at(-1)?.mayBeFlushed).toBe(false);
});

test('no ping is sent while the connection settles, so a queue flushed slowly is told too', async () => {
  const client = new FarClient(1);
  for (let ms = 0; ms < SETTLE_MS; ms += 50) {
    client.command();
    await client.clock.advance(50);
  }
  expect(client.heard.every(({ mayBeFlushed }) => mayBeFlushed)).toBe(true);
});

test('an idle reader that begins to command has a small bound within a round trip', async () => {
  const client = new FarClient(40);
  await client.clock.advance(60_700);
  client.command();
  await client.clock.advance(40);
  expect(client.heard.at(-1)?.boundMs).toBeLessThanOrEqual(IDLE_PING_MS + 80);
  await client.clock.advance(41);
  client.command();
  await client.clock.advance(40);
  // The ping that the first command caused has been answered.
  expect(client.heard.at(-1)?.boundMs).toBeLessThanOrEqual(121);
});

test('an idle reader is pinged once a second, and one that commands often until some time after', async () => {
  const client = new FarClient(5);
  await client.clock.advance(10_000);
  expect(client.pings).toBe(10);
  client.command();
  await client.clock.advance(ACTIVE_FOR_MS);
  expect(client.pings).toBeGreaterThan(100);
  await client.clock.advance(1_000);
  const pings = client.pings;
  await client.clock.advance(10_000);
  expect(client.pings - pings).toBe(10);
});

test('a reader that answers nothing for 30 s is told once, and pinged no more', async () => {
  const client = new FarClient(5);
  await client.clock.advance(5_000);
  client.isPaused = true;
  await client.clock.advance(SILENT_MS - 2_000);
  expect(client.silent).toBe(0);
  await client.clock.advance(4_000);
  expect(client.silent).toBe(1);
  const pings = client.pings;
  await client.clock.advance(60_000);
  expect([client.silent, client.pings]).toEqual([1, pings]);
});

test('pongs that answer no ping change nothing', async () => {
  const client = new FarClient(5);
  client.isPaused = true;
  await client.clock.advance(2_000);
  for (const payload of [new Uint8Array(0), new Uint8Array(3), Uint8Array.of(0, 0, 1, 0), new Uint8Array(200)]) {
    client.age.handlePong(payload);
  }
  expect(client.age.get()).toEqual({ ageMs: 2_000, mayBeFlushed: true });
  // A ping that was answered is not answered again: its number is no proof of anything any more.
  client.age.handlePong(Uint8Array.of(0, 0, 0, 1));
  const { ageMs } = client.age.get();
  client.age.handlePong(Uint8Array.of(0, 0, 0, 0));
  expect(client.age.get().ageMs).toBe(ageMs);
});

test('pings under way are bounded, and no timer is left behind', async () => {
  const clock = new FakeClock();
  let pings = 0;
  const age = new FrameAge({ clock, ping: () => pings++, handleSilent: () => undefined });
  for (let i = 0; i < 100_000; i++) {
    age.get();
    if (i % 100 === 0) await clock.advance(ACTIVE_PING_MS);
  }
  expect(pings).toBeLessThanOrEqual(MAX_OPEN_PINGS);
  age.close();
  age.close();
  expect(clock.pendingTimers).toBe(0);
});
