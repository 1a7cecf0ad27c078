import type { LinkConditions, PathOptions } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { quantile, SimulatedLine } from './SimulatedLine.fixture.ts';
import type { SimulatedChannel } from './SimulatedLine.fixture.ts';

const MBIT = 125_000;
const ONE_WAY_MS = 30;

const odometry: SimulatedChannel = { id: 1, lane: 'state', delivery: 'latest', bytes: 720, rateHz: 50 };
const tf: SimulatedChannel = { id: 2, lane: 'state', delivery: 'queue', bytes: 120, rateHz: 50 };
const scan: SimulatedChannel = { id: 3, lane: 'telemetry', delivery: 'latest', bytes: 3_000, rateHz: 10 };
/** More than 5 Mbit/s carry. */
const images: SimulatedChannel = { id: 4, lane: 'bulk', delivery: 'latest', bytes: 30_000, rateHz: 30 };
const all = [odometry, tf, scan, images];

/** A link with 300 ms of queue, four times as fast downwards. */
function link(
  mbits: number,
  options: { readonly loss?: number; readonly seed?: number; readonly oneWayMs?: number } = {},
): PathOptions {
  const { loss = 0, seed = 1, oneWayMs = ONE_WAY_MS } = options;
  const conditions = (bytesPerS: number): Partial<LinkConditions> => ({
    bytesPerS,
    delayMs: oneWayMs,
    queueBytes: Math.max(16_000, 0.3 * bytesPerS),
    loss,
  });
  return { up: conditions(mbits * MBIT), down: conditions(4 * mbits * MBIT), seed };
}

const byNumber = (a: number, b: number): number => a - b;

const rising = (sequences: readonly number[]): boolean =>
  sequences.every((sequence, at) => at === 0 || sequence > sequences[at - 1]!);

/** In order, none twice; gives what neither arrived nor was told as dropped. */
function missing(line: SimulatedLine, { id }: SimulatedChannel): number {
  expect(rising(line.arrivals(id).map(({ sequence }) => sequence))).toBe(true);
  return line.published(id) - line.arrivals(id).length - line.dropped(id);
}

/** A line that opened its further sockets because of loss. */
async function lossyLine(seed = 1, loss = 0.01): Promise<SimulatedLine> {
  const line = await new SimulatedLine(link(5, { loss, seed })).open(all);
  await line.run(8_000, all);
  // One of them may just be replaced.
  expect(line.sockets).toBeGreaterThanOrEqual(3);
  return line;
}

describe('a line on a path without loss', () => {
  test.each([1, 5, 20])(
    'of %d Mbit/s keeps one socket; every message arrives in order or is told as dropped',
    async (mbits) => {
      const line = await new SimulatedLine(link(mbits)).open(all);
      await line.run(20_000, all);
      await line.clock.advance(2_000);
      expect(line.wantedMs).toEqual([]);
      for (const channel of all) expect(missing(line, channel)).toBe(0);
      expect(line.arrivals(tf.id)).toHaveLength(line.published(tf.id));
    },
  );

  test('keeps state fresh beside images that the path cannot carry', async () => {
    const line = await new SimulatedLine(link(5)).open(all);
    await line.run(20_000, all);
    expect(quantile(line.ages(odometry.id, 1_000), 0.99)).toBeLessThan(2 * ONE_WAY_MS + 40);
    expect(line.arrivals(odometry.id).length).toBeGreaterThan(0.99 * line.published(odometry.id));
    expect(line.path.up.carriedBytes).toBeGreaterThan(0.85 * 20 * 5 * MBIT);
  });

  test.each([
    [0.064, 800],
    [0.25, 150],
  ])('of %d Mbit/s, too thin for state alone, carries what it can, and that fresh', async (mbits, boundMs) => {
    const line = await new SimulatedLine(link(mbits, { oneWayMs: 10 })).open([odometry]);
    await line.run(20_000, [odometry]);
    expect(line.agentClose).toBeUndefined();
    const transmissionMs = (780 / (mbits * MBIT)) * 1_000;
    expect(quantile(line.ages(odometry.id, 8_000), 0.99)).toBeLessThan(10 + transmissionMs + boundMs);
    expect(line.arrivals(odometry.id).length).toBeGreaterThan((0.7 * 20_000) / transmissionMs);
  });
});

describe('a path whose rate changes', () => {
  test('from 1 to 20 Mbit/s is used a second later', async () => {
    const line = await new SimulatedLine(link(1)).open(all);
    await line.run(10_000, all);
    const changedMs = line.clock.monotonicMs();
    line.path.setUp({ bytesPerS: 20 * MBIT });
    await line.run(3_000, all);
    const sinceMs = changedMs + 1_000;
    const share = line.arrivals(images.id).filter(({ atMs }) => atMs >= sinceMs).length / (2 * images.rateHz);
    expect(share).toBeGreaterThan(0.95);
    expect(quantile(line.ages(images.id, sinceMs), 0.99)).toBeLessThan(ONE_WAY_MS + 50);
  });

  test.each([0, 0.005])(
    'from 20 to 1 Mbit/s carries fresh state again after 2 s, and images (loss %d)',
    async (loss) => {
      const ages: number[] = [];
      for (let phase = 0; phase < 7; phase++) {
        const line = await new SimulatedLine(link(20, { loss, seed: 5_001 + phase })).open(all);
        await line.run(7_000 + phase * 37, all);
        const changedMs = line.clock.monotonicMs();
        line.path.setUp({ bytesPerS: MBIT, queueBytes: 0.3 * MBIT });
        await line.run(8_000, all);
        ages.push(quantile(line.ages(odometry.id, changedMs + 2_000, changedMs + 5_000), 0.99));
        expect(line.arrivals(images.id).filter(({ atMs }) => atMs > changedMs + 2_000).length).toBeGreaterThan(2);
      }
      // The 140 KB that were under way take 1.2 s alone; packets lost of them, now and then, twice as long.
      expect(quantile(ages.sort(byNumber), 0.5)).toBeLessThan(ONE_WAY_MS + 3 * 2 * ONE_WAY_MS);
      if (loss === 0) expect(Math.max(...ages)).toBeLessThan(ONE_WAY_MS + 4 * 2 * ONE_WAY_MS);
    },
  );

  test.each([1, 2, 3])('carries state whose messages are alike, and so packed, complete (seed %d)', async (seed) => {
    const channels = [{ ...odometry, alike: true }, { ...tf, alike: true }, images];
    const line = await new SimulatedLine(link(5, { loss: 0.01, seed })).open(channels);
    await line.run(20_000, channels);
    await line.clock.advance(2_000);
    for (const channel of [odometry, tf]) expect(missing(line, channel)).toBe(0);
    expect(line.arrivals(tf.id)).toHaveLength(line.published(tf.id));
  });

  test('carries a queue of bulk messages as fast as the newest ones', async () => {
    const clouds: SimulatedChannel = { ...images, delivery: 'queue', rateHz: 12 };
    const line = await new SimulatedLine(link(5, { loss: 0.005 })).open([odometry, clouds]);
    await line.run(20_000, [odometry, clouds]);
    await line.clock.advance(5_000);
    expect(line.sockets).toBe(4);
    expect(line.arrivals(clouds.id).length).toBeGreaterThan(0.95 * line.published(clouds.id));
  });

  test('copies nothing 10 s after the last loss and closes its further sockets after 60 s', async () => {
    const line = await lossyLine();
    line.path.setUp({ loss: 0 });
    line.path.setDown({ loss: 0 });
    // No images: their queue can look like loss, and each such look keeps the sockets for longer.
    await line.run(14_000, [odometry, tf]);
    expect(line.agent.lineState).toMatchObject({ sockets: 4, copies: false });
    await line.run(40_000, [odometry, tf]);
    expect(line.sockets).toBe(4);
    await line.run(16_000, [odometry, tf]);
    expect(line.sockets).toBe(1);
    expect(line.robot.sockets).toBe(1);
    expect(line.furtherConnections).toEqual([]);
  });

  test('closes them when nothing is sent any more as well', async () => {
    const line = await lossyLine();
    await line.clock.advance(80_000);
    expect(line.sockets).toBe(1);
    expect(line.agentClose).toBeUndefined();
  });

  test('is refused further sockets: it asks again after 30 s, then after twice as long each time', async () => {
    const line = await new SimulatedLine(link(5, { loss: 0.01 })).open(all);
    line.refuses = true;
    await line.run(120_000, all);
    expect(line.sockets).toBe(1);
    const [first = 0, ...later] = line.wantedMs;
    expect(later.map((atMs) => Math.round((atMs - first) / 1_000))).toEqual([30, 90]);
    line.refuses = false;
    await line.run(130_000, all);
    expect(line.sockets).toBe(4);
  });
});

describe('a further socket that dies', () => {
  const deaths = (['cut', 'hang'] as const).flatMap((how) => [0, 1, 2].map((which) => [how, which] as const));
  test.each(deaths)(
    '(%s, number %d) loses nothing of small state, ends nothing, and is replaced',
    async (how, which) => {
      const line = await lossyLine(which + 1, 0.005);
      const diedMs = line.clock.monotonicMs();
      line.furtherConnections[which]![how]();
      await line.run(8_000, all);
      await line.clock.advance(2_000);
      expect(line.agentClose).toBeUndefined();
      expect(line.sockets).toBe(4);
      for (const channel of [odometry, tf]) expect(missing(line, channel)).toBeLessThanOrEqual(how === 'cut' ? 0 : 1);
      expect(line.arrivals(tf.id).length).toBeGreaterThanOrEqual(line.published(tf.id) - (how === 'cut' ? 0 : 1));
      expect(quantile(line.ages(odometry.id, diedMs), 0.99)).toBeLessThan(ONE_WAY_MS + 150);
      // What died with it were messages under way in parts.
      expect(missing(line, images)).toBeLessThan(10);
    },
  );

  test('takes all others along only when it was the first', async () => {
    const line = await lossyLine();
    line.path.connections[0]!.cut();
    await line.clock.advance(1_000);
    expect(line.agentClose).toBeDefined();
    expect(line.furtherConnections).toEqual([]);
  });
});

describe('requests on a line of several sockets', () => {
  test.each([1, 2, 3])('come once each though two copies of small ones are sent (seed %d)', async (seed) => {
    const line = await lossyLine(seed, 0.02);
    for (let count = 0; count < 60; count++) {
      line.request(`r${count}`, 100);
      await line.run(50, all);
    }
    await line.run(3_000, all);
    const ids = line.requests.map(({ header }) => header.id);
    expect(ids.toSorted()).toEqual(Array.from({ length: 60 }, (_, count) => `r${count}`).toSorted());
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'come once though the socket that brought the first copy is gone before the second comes (seed %d)',
    async (seed) => {
      const line = await lossyLine(seed);
      line.path.setDown({ loss: 0.5 });
      for (let count = 0; count < 5; count++) line.request(`r${count}`, 100);
      await line.clock.advance(40);
      for (const connection of line.furtherConnections) connection.cut();
      line.path.setDown({ loss: 0 });
      await line.clock.advance(3_000);
      expect(line.requests.map(({ header }) => header.id).toSorted()).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    },
  );

  test('small ones overtake large ones, which leave in parts', async () => {
    const line = await new SimulatedLine(link(0.25)).open();
    line.request('large', 200_000);
    await line.clock.advance(300);
    for (const id of ['a', 'b', 'c']) line.request(id, 100);
    await line.clock.advance(200);
    expect(line.requests.map(({ header }) => header.id)).toEqual(['a', 'b', 'c']);
    await line.clock.advance(4_000);
    expect(line.requests.at(-1)).toMatchObject({ header: { id: 'large' }, bytes: 200_000 });
  });

  test('a large reply uses the path and lets a small one overtake it', async () => {
    const line = await new SimulatedLine(link(1)).open();
    line.request('large', 1);
    line.request('small', 1);
    await line.clock.advance(100);
    const answeredMs = line.clock.monotonicMs();
    line.agent.reply({ id: 'large', state: 'done', encoding: 'ros1' }, new Uint8Array(200_000));
    await line.clock.advance(200);
    line.agent.reply({ id: 'small', state: 'done', encoding: 'ros1' });
    await line.clock.advance(200);
    expect(line.replies.map(({ id }) => id)).toEqual(['small']);
    while (line.replies.length < 2) await line.clock.advance(100);
    expect(line.replies[1]!.payload).toHaveLength(200_000);
    expect(line.clock.monotonicMs() - answeredMs).toBeLessThan(2_600);
  });
});
