import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPacerLimits, Pacer } from './Pacer.ts';
import type { SentMark } from './Pacer.ts';

interface Sent {
  readonly bytes: number;
  readonly mark: SentMark;
  readonly ackedMs: number;
}

/** A pacer and a path that carries `bytesPerMs`, one frame after another; each frame is acknowledged a round trip later. */
class PacedPath {
  readonly pacer: Pacer;
  bytesPerMs: number;
  rttMs: number;
  nowMs = 0;
  mostInFlight = 0;
  #freeMs = 0;
  #sentBytes = 0;
  readonly #underWay: Sent[] = [];

  constructor(bytesPerMs: number, rttMs: number, pacer = new Pacer()) {
    this.bytesPerMs = bytesPerMs;
    this.rttMs = rttMs;
    this.pacer = pacer;
  }

  /** Lets time pass in steps of a quarter of a millisecond, sending `offeredPerMs` of what the window has room for. */
  run(durationMs: number, offeredPerMs = Number.POSITIVE_INFINITY): this {
    let credit = 0;
    for (const endMs = this.nowMs + durationMs; this.nowMs < endMs; this.nowMs += 0.25) {
      for (
        let first = this.#underWay[0];
        first !== undefined && first.ackedMs <= this.nowMs;
        first = this.#underWay[0]
      ) {
        this.#underWay.shift();
        this.pacer.handleAcknowledged(first.bytes, first.mark, this.nowMs);
      }
      credit = Math.min(credit + offeredPerMs / 4, 1_000_000);
      for (let bytes = this.pacer.chunkBytes; this.pacer.hasRoom && credit >= bytes; bytes = this.pacer.chunkBytes) {
        credit -= bytes;
        this.#send(bytes);
      }
    }
    return this;
  }

  #send(bytes: number): void {
    this.#sentBytes += bytes;
    const mark = this.pacer.handleSent(bytes, this.#sentBytes, this.nowMs);
    this.#freeMs = Math.max(this.#freeMs, this.nowMs) + bytes / this.bytesPerMs;
    this.#underWay.push({ bytes, mark, ackedMs: this.#freeMs + this.rttMs });
    this.mostInFlight = Math.max(this.mostInFlight, this.pacer.inFlightBytes);
  }
}

describe('Pacer', () => {
  test('begins with the first window, and lets a small frame leave whatever it finds out', () => {
    const pacer = new Pacer();
    expect(pacer.windowBytes).toBe(defaultPacerLimits.firstWindowBytes);
    expect(pacer.estimate).toMatchObject({ rttMs: undefined, bytesPerSecond: undefined, inFlightBytes: 0 });
    const thin = new PacedPath(0.5, 400).run(60_000);
    expect(thin.pacer.windowBytes).toBeGreaterThanOrEqual(defaultPacerLimits.leastWindowBytes);
  });

  test('finds the rate and the round trip of any path, and keeps what is under way near their product', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 2_500 }), fc.integer({ min: 5, max: 200 }), (bytesPerMs, rttMs) => {
        const { pacer } = new PacedPath(bytesPerMs, rttMs).run(3_000 + 40 * rttMs);
        expect(pacer.bytesPerMs / bytesPerMs).toBeGreaterThan(0.9);
        expect(pacer.bytesPerMs / bytesPerMs).toBeLessThan(1.1);
        // A frame takes its own time on the path besides.
        const chunkMs = pacer.chunkBytes / bytesPerMs;
        expect(pacer.rttMs).toBeGreaterThanOrEqual(rttMs);
        expect(pacer.rttMs).toBeLessThan(rttMs + 2 * chunkMs + 5);
        const pathBytes = bytesPerMs * rttMs;
        expect(pacer.windowBytes).toBeGreaterThan(0.45 * pathBytes);
        expect(pacer.windowBytes).toBeLessThan(1.5 * (pathBytes + bytesPerMs * (chunkMs + 15)));
      }),
      { numRuns: 12 },
    );
  });

  test('a path is used in full once it is known', () => {
    const path = new PacedPath(625, 60).run(3_000);
    const before = path.pacer.estimate.inFlightBytes;
    expect(before).toBeGreaterThan(0.8 * 625 * 60);
    path.mostInFlight = 0;
    path.run(10_000);
    expect(path.mostInFlight).toBeLessThan(1.75 * 625 * 60);
  });

  test('a path that carries twenty times more is used a second later', () => {
    const path = new PacedPath(125, 60).run(10_000);
    path.bytesPerMs = 2_500;
    path.run(1_000);
    expect(path.pacer.bytesPerMs).toBeGreaterThan(0.9 * 2_500);
  });

  test('a path that carries twenty times less is no longer overfilled two seconds after its queue is empty', () => {
    const path = new PacedPath(2_500, 60).run(10_000);
    const queuedMs = path.pacer.inFlightBytes / 125;
    path.bytesPerMs = 125;
    path.run(queuedMs + 2_000);
    expect(path.pacer.bytesPerMs).toBeLessThan(1.15 * 125);
    path.mostInFlight = 0;
    path.run(1_000);
    expect(path.mostInFlight).toBeLessThan(3 * 125 * 60);
  });

  test('what is offered when there is little to send does not pass for what the path carries', () => {
    const path = new PacedPath(625, 60).run(5_000);
    path.run(10_000, 20);
    expect(path.pacer.bytesPerMs).toBeGreaterThan(0.9 * 625);
  });

  test('a shorter path is believed at once, a longer one when it was seen drained, within seconds', () => {
    const path = new PacedPath(625, 60).run(5_000);
    path.rttMs = 20;
    path.run(1_000);
    expect(path.pacer.rttMs).toBeLessThan(40);
    path.rttMs = 100;
    path.run(5_000);
    expect(path.pacer.rttMs).toBeGreaterThanOrEqual(100);
    path.run(5_000);
    expect(path.pacer.bytesPerMs).toBeGreaterThan(0.8 * 625);
  });

  test('what was under way on a socket that closed leaves room', () => {
    const pacer = new Pacer();
    pacer.handleSent(8_192, 8_192, 0);
    expect([pacer.hasRoom, pacer.hasUrgentRoom]).toEqual([false, false]);
    pacer.handleLost(8_000);
    expect([pacer.hasRoom, pacer.hasUrgentRoom, pacer.inFlightBytes]).toEqual([true, true, 192]);
    pacer.handleLost(8_000);
    expect(pacer.inFlightBytes).toBe(0);
  });

  test('urgent messages may exceed the window by what leaves in 25 ms', () => {
    const { pacer } = new PacedPath(625, 60).run(5_000);
    expect(pacer.reserveBytes / pacer.bytesPerMs).toBeCloseTo(25);
  });

  test('the window keeps within its bounds', () => {
    const limits = { firstWindowBytes: 4_000, leastWindowBytes: 2_000, mostWindowBytes: 20_000 };
    const wide = new PacedPath(10_000, 100, new Pacer(limits)).run(10_000);
    expect(wide.pacer.windowBytes).toBe(20_000);
    const thin = new PacedPath(1, 5, new Pacer(limits)).run(60_000);
    expect(thin.pacer.windowBytes).toBeGreaterThanOrEqual(2_000);
    expect(thin.pacer.windowBytes).toBeLessThan(3_000);
  });

  test('a part takes a few milliseconds of the path, within bounds', () => {
    for (const bytesPerMs of [30, 125, 625, 12_500]) {
      const { pacer } = new PacedPath(bytesPerMs, 40).run(6_000);
      expect(pacer.growing).toBe(false);
      expect(pacer.chunkBytes).toBeLessThanOrEqual(Math.max(defaultPacerLimits.leastChunkBytes, 12 * bytesPerMs));
      expect(pacer.chunkBytes).toBeGreaterThanOrEqual(Math.min(defaultPacerLimits.leastChunkBytes, 5 * bytesPerMs));
    }
  });

  test('a near path begins with a wide window', () => {
    const pacer = new Pacer();
    pacer.handleRoundTrip(0.3, 0);
    expect(pacer.isNear).toBe(true);
    expect(pacer.windowBytes).toBe(4 * 1024 * 1024);
    expect(new Pacer({ mostWindowBytes: 1_000 }).windowBytes).toBe(1_000);
  });
});
