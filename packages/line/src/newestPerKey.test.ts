import { expect, test } from 'vitest';
import { newestPerKey } from './newestPerKey.ts';

/** A source whose listeners can be counted. */
function source() {
  const state: { put: ((key: string, item: number) => void) | undefined; stopped: number } = {
    put: undefined,
    stopped: 0,
  };
  const follow = (put: (key: unknown, item: number) => void) => {
    state.put = put;
    put('a', 0);
    put('b', 0);
    return () => {
      state.stopped++;
    };
  };
  return { state, follow };
}

test('a slow loop gets the newest of each key, what was there at once first', async () => {
  const { state, follow } = source();
  const changes = newestPerKey(follow, undefined);
  expect(state.put).toBeUndefined();
  expect((await changes.next()).value).toBe(0);
  for (let item = 1; item < 10; item++) state.put!('b', item);
  state.put!('a', 10);
  expect([(await changes.next()).value, (await changes.next()).value]).toEqual([9, 10]);
  const next = changes.next();
  state.put!('c', 11);
  expect((await next).value).toBe(11);
  await changes.return(undefined);
  expect(state.stopped).toBe(1);
});

test('it ends with its signal, also while it waits, and stops what feeds it', async () => {
  const { state, follow } = source();
  const abort = new AbortController();
  const seen: number[] = [];
  const loop = (async () => {
    for await (const item of newestPerKey(follow, abort.signal)) {
      seen.push(item);
      if (seen.length === 2) setImmediate(() => abort.abort());
    }
  })();
  await loop;
  expect(seen).toEqual([0, 0]);
  expect(state.stopped).toBe(1);
});
