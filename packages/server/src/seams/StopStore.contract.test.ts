import { expect, test } from 'vitest';
import { MemoryStopStore } from './MemoryStopStore.ts';
import type { StopStore, WaitingStop } from './StopStore.ts';

const stores: readonly (readonly [string, () => StopStore])[] = [['memory', () => new MemoryStopStore()]];
const stop = (id: string, outputs?: string): WaitingStop => ({ id, device: 'r1', outputs, by: 'ann', sinceMs: 5 });

test.each(stores)('%s: a stop is kept until it is deleted', async (_name, open) => {
  const store = open();
  await store.put(stop('a'));
  await store.put(stop('b', '/cmd_vel'));
  expect((await store.all()).toSorted((one, other) => one.id.localeCompare(other.id))).toEqual([
    stop('a'),
    stop('b', '/cmd_vel'),
  ]);
  await store.delete('a');
  await store.delete('a');
  expect(await store.all()).toEqual([stop('b', '/cmd_vel')]);
  await store.close();
  await store.close();
});

test.each(stores)('%s: one of the same ID takes the place of the older', async (_name, open) => {
  const store = open();
  await store.put(stop('a', '/x'));
  await store.put(stop('a', '/y'));
  expect(await store.all()).toEqual([stop('a', '/y')]);
  await store.close();
});
