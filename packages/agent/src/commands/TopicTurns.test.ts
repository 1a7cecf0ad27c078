import { expect, test } from 'vitest';
import { TopicTurns } from './TopicTurns.ts';

test('messages of a topic have their turns in the order in which they came, whatever each is busy with before', async () => {
  const turns = new TopicTurns();
  const published: string[] = [];
  const publish = async (topic: string, name: string, before: Promise<unknown>): Promise<void> => {
    const turn = turns.take(topic);
    try {
      await before;
      await turn.come;
      published.push(name);
    } finally {
      turn.end();
    }
  };
  const slow = Promise.withResolvers<undefined>();
  const all = [
    publish('/a', 'a1', slow.promise),
    publish('/a', 'a2', Promise.resolve()),
    publish('/b', 'b1', Promise.resolve()),
    publish('/a', 'a3', Promise.reject(new Error('refused'))).catch(() => undefined),
    publish('/a', 'a4', Promise.resolve()),
  ];
  await all[2];
  expect(published).toEqual(['b1']);
  slow.resolve(undefined);
  await Promise.all(all);
  expect(published).toEqual(['b1', 'a1', 'a2', 'a4']);
  expect(turns.size).toBe(0);
});
