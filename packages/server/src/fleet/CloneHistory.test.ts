import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { CLONE_WINDOW_MS, CloneHistory } from './CloneHistory.ts';

/** Runs of the agent, one letter each, open the line one after the other. */
async function open(boots: string, everyMs = 30_000): Promise<{ clock: FakeClock; history: CloneHistory }> {
  const clock = new FakeClock();
  const history = new CloneHistory(clock);
  let from = '';
  for (const boot of boots) {
    await clock.advance(everyMs);
    if (from !== '' && from !== boot) history.handleTaken(boot, from);
    from = boot;
  }
  return { clock, history };
}

test.each([
  ['one run that connects again and again', 'aaaaaaaa', 1_000],
  ['an agent that is started anew, many times', 'abcdefgh', 1_000],
  ['an agent that is started anew on a bad link', 'aabbbbccc', 1_000],
  ['a hello of a dead run that comes late, after which the living one takes the line back', 'abab', 1_000],
  ['two runs that change places less than once in 10 minutes', 'abababab', CLONE_WINDOW_MS + 1],
])('%s is no clone', async (_name, boots, everyMs) => {
  const { history } = await open(boots, everyMs);
  expect(history.cloned).toBeUndefined();
});

test.each([
  ['two', 'ababa', 2],
  ['three', 'abcabca', 3],
  ['two on bad links', 'aabbbaabaa', 2],
  ['two, of which one is started anew,', 'abacada', 4],
])('%s runs at once that take the line from each other are a clone', async (_name, boots, count) => {
  const { history } = await open(boots);
  expect(history.cloned).toMatchObject({ boots: count });
});

test('it is told since the second return of one of them, and until 10 minutes after the last', async () => {
  const { clock, history } = await open('ababa');
  const sinceMs = Number(clock.wallNs() / 1_000_000n);
  await clock.advance(30_000);
  history.handleTaken('b', 'a');
  expect(history.cloned).toEqual({ sinceMs, boots: 2 });
  await clock.advance(CLONE_WINDOW_MS);
  expect(history.cloned).toMatchObject({ sinceMs });
  await clock.advance(1);
  expect(history.cloned).toBeUndefined();
});

test('however many runs there are, few are remembered', async () => {
  const clock = new FakeClock();
  const history = new CloneHistory(clock);
  for (let index = 1; index < 1_000; index++) history.handleTaken(`b${index}`, `b${index - 1}`);
  for (const boot of ['x', 'y', 'x', 'y', 'x']) history.handleTaken(boot, boot === 'x' ? 'y' : 'x');
  expect(history.cloned?.boots).toBeLessThanOrEqual(16);
  await clock.advance(0);
});
