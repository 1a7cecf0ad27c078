import { describe, expect, it } from 'vitest';
import { shapeCommands } from '../bench/netem/LinkShape.ts';
import { limitsOf } from '../bench/links/LinkCell.ts';
import { executedOf, freshAfterMs, topicFigures } from '../bench/thinLink/figures.ts';
import { loadTopics, makeCommand, readCommand, readHeader } from '../bench/thinLink/loadTopics.ts';
import { median } from '../bench/thinLink/medianFigures.ts';
import type { Arrival } from '../bench/thinLink/reports.ts';

const arrival = (sentMs: number, receivedMs: number): Arrival => ({ sequence: sentMs, sentMs, receivedMs });
const span = { fromMs: 10_000, toMs: 12_000 };
/** Every 100 ms one message, 50 ms old when it comes. */
const steady = (fromMs: number, toMs: number): Arrival[] =>
  Array.from({ length: (toMs - fromMs) / 100 }, (_, i) => arrival(fromMs + i * 100 - 50, fromMs + i * 100));

describe('the figures of the link benches', () => {
  it('data that stays fresh is fresh after 0 ms', () => {
    expect(freshAfterMs(steady(9_000, 12_000), span)).toBe(0);
  });

  it('data is fresh from its first young message on that no gap and no old message follows', () => {
    expect(freshAfterMs(steady(10_700, 12_000), span)).toBe(700);
    const gap = [...steady(10_000, 10_500), ...steady(11_200, 12_000)];
    expect(freshAfterMs(gap, span)).toBe(1_200);
    const backlog = [arrival(3_000, 10_300), arrival(9_000, 10_600), ...steady(10_900, 12_000)];
    expect(freshAfterMs(backlog, span)).toBe(900);
  });

  it('data that is old at the end was never fresh', () => {
    expect(freshAfterMs(steady(10_000, 11_000), span)).toBeNull();
    expect(freshAfterMs([], span)).toBeNull();
  });

  it('a second copy of a message is not counted, and one that comes too late neither', () => {
    const publishedMs = [[], [10_000, 10_500, 11_000, 13_000], [], []];
    const received = [
      { sequence: 0, sentMs: 10_000, receivedMs: 10_040 },
      { sequence: 0, sentMs: 10_000, receivedMs: 10_020 },
      { sequence: 1, sentMs: 10_500, receivedMs: 10_560 },
      { sequence: 2, sentMs: 11_000, receivedMs: 12_700 },
      { sequence: 3, sentMs: 13_000, receivedMs: 13_010 },
    ];
    const figures = topicFigures(
      { publishedMs, executed: [], timersLateMs: [] },
      { received: [[], received, [], []], issuedMs: [], timersLateMs: [] },
      span,
      12_500,
    );
    expect(figures.odometry).toEqual({ p50Ms: 60, p99Ms: 60, share: 0.6667, perSecond: 1 });
    expect(figures.images).toEqual({ p50Ms: null, p99Ms: null, share: 0, perSecond: 0 });
  });

  it('a command counts for the span in which it was issued, once', () => {
    const executed = [
      { sequence: 1, issuedMs: 9_990, executedMs: 15_000 },
      { sequence: 2, issuedMs: 10_040, executedMs: 15_040 },
      { sequence: 2, issuedMs: 10_040, executedMs: 15_050 },
    ];
    expect(executedOf({ publishedMs: [], executed, timersLateMs: [] }, span)).toEqual({ count: 1, oldestMs: 5_010 });
  });

  it('"never" is the largest value of a median', () => {
    expect(median([null, 5, 3])).toBe(5);
    expect(median([null, 5, null])).toBeNull();
  });

  it('messages and commands carry their number and their time to a microsecond', () => {
    for (const topic of loadTopics) {
      const { sequence, sentMs } = readHeader(topic, topic.make(7, 123_456.789));
      expect(sequence).toBe(7);
      expect(sentMs).toBeCloseTo(123_456.789, 3);
    }
    expect(readCommand(makeCommand(9, 1234.5))).toEqual({ sequence: 9, issuedMs: 1234.5 });
  });

  it('a queue is so many milliseconds of its rate, and four packets at least', () => {
    const shape = { upBitsPerSecond: 64_000, downBitsPerSecond: 20_000_000, delayMs: 30, loss: 0.005, queueMs: 300 };
    expect(shapeCommands(shape)).toEqual(['set 0 64000 30000 5000 6000', 'set 1 20000000 30000 5000 750000']);
  });

  it('the least age is one way and the transmission of one compressed message', () => {
    const { minimumMs, roundTripMs, carriesState } = limitsOf({ bitsPerSecond: 64_000, roundTripMs: 30, loss: 0 });
    expect(minimumMs).toBeGreaterThan(30);
    expect(minimumMs).toBeLessThan(60);
    expect(roundTripMs).toBeCloseTo(minimumMs + 15, 6);
    expect(carriesState).toBe(false);
    expect(limitsOf({ bitsPerSecond: 5_000_000, roundTripMs: 30, loss: 0.01 }).carriesState).toBe(true);
    expect(limitsOf({ bitsPerSecond: 5_000_000, roundTripMs: 600, loss: 0.01 }).carriesState).toBe(false);
  });
});
