import { expect, test } from 'vitest';
import type { Dice } from './Dice.ts';
import { parseFuzzFlags } from './FuzzFlags.ts';
import { HeapTrend } from './HeapTrend.ts';
import { playCase } from './play.ts';
import { runFuzz } from './runFuzz.ts';
import { targets } from './targets/index.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

test(`every decoder and door takes five seconds of bent input (FUZZ_SEED=${seed})`, { timeout: 60_000 }, async () => {
  const flags = { forMs: 5_000, seed, only: undefined, case: undefined, workers: 2 };
  const { failures, perTarget, frames } = await runFuzz(flags, () => undefined);
  expect(failures).toEqual([]);
  expect(Object.keys(perTarget).sort()).toEqual(targets.map(({ name }) => name).sort());
  expect(frames).toBeGreaterThan(1_000);
});

test('a case that breaks its claim, throws, or takes the event loop for long is a failure with its input', async () => {
  const bad = {
    name: 'bad',
    open: () => ({ play: () => undefined }),
  };
  const play = (act: () => void) =>
    playCase(bad, { play: (_dice, feed) => feed('in', act) }, 1, 1).then(({ failure }) => failure);
  expect(await play(() => undefined)).toBeUndefined();
  expect(await play(() => expect.fail('no'))).toMatchObject({
    input: 'in',
    what: expect.stringContaining('no') as string,
  });
  const busy = (): void => {
    for (const { user } = process.threadCpuUsage(); process.threadCpuUsage().user - user < 120_000;);
  };
  expect(await play(busy)).toMatchObject({ input: 'in', what: expect.stringContaining('ms') as string });
});

test('the same seed and number play the same case', async () => {
  const heard: string[] = [];
  const play = (dice: Dice): void => void heard.push(`${dice.below(1e9)} ${dice.text(5)}`);
  const target = { name: 'x', open: () => ({ play }) };
  for (const index of [3, 3, 4]) await playCase(target, { play }, 7, index);
  expect(heard[0]).toBe(heard[1]);
  expect(heard[0]).not.toBe(heard[2]);
});

test('a heap that grows to the end is told from one that fills its caches and breathes', () => {
  const steady = new HeapTrend();
  const leaking = new HeapTrend();
  for (let at = 0; at < 60; at++) {
    steady.add(at * 1_000, 1e6 * Math.min(at, 15) + (at % 2) * 1e6);
    leaking.add(at * 1_000, 1e6 * at);
  }
  expect(Math.abs(steady.growthBytes)).toBeLessThan(2e6);
  expect(leaking.growthBytes).toBeGreaterThan(35e6);
});

test('flags that make no sense say what to write', () => {
  expect(parseFuzzFlags(['--for', '10m', '--seed', '5'], 2)).toMatchObject({ forMs: 600_000, seed: 5, workers: 2 });
  expect(() => parseFuzzFlags(['--for', 'soon'], 2)).toThrow('write 30s');
  expect(() => parseFuzzFlags(['--seed', '-1'], 2)).toThrow();
});
