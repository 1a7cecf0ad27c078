import { expect, test } from 'vitest';
import { ReplyMemory } from './ReplyMemory.ts';

test('the oldest IDs are forgotten beyond the bound, but none that still runs', () => {
  const memory = new ReplyMemory(3);
  memory.add('running', 'f');
  for (const id of ['a', 'b', 'c']) {
    memory.add(id, 'f');
    memory.settle({ id, state: 'done' }, new Uint8Array(0));
  }
  memory.add('d', 'f');
  expect(memory.size).toBe(3);
  expect(memory.get('a')).toBeUndefined();
  expect(memory.get('d')).toMatchObject({ reply: undefined });
  expect(memory.get('running')).toBeDefined();
});

test('beyond the bound in bytes the oldest payload goes, its final state stays', () => {
  const memory = new ReplyMemory(10, 1_000);
  for (const id of ['a', 'b', 'c']) {
    memory.add(id, 'f');
    memory.settle({ id, state: 'done' }, new Uint8Array(400));
  }
  expect(memory.bytes).toBe(800);
  expect(memory.get('a')?.reply).toMatchObject({ id: 'a', state: 'done', code: 'REPLY_FORGOTTEN' });
  expect(memory.get('b')?.payload.length).toBe(400);
});

test('a final state never changes', () => {
  const memory = new ReplyMemory();
  memory.add('a', 'f');
  memory.settle({ id: 'a', state: 'done' }, new Uint8Array(1));
  memory.settle({ id: 'a', state: 'failed' }, new Uint8Array(0));
  expect(memory.get('a')?.reply?.state).toBe('done');
});
