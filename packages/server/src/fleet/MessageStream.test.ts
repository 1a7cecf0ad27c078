import { Message } from '@longline/ros';
import { expect, test } from 'vitest';
import { int64Schema } from '../testing/schemas.ts';
import { MessageStream } from './MessageStream.ts';

const channel = { topic: '/a', schema: int64Schema, encoding: 'ros1', latched: false } as const;
const message = (sequence: number): Message =>
  new Message(channel, { sequence, logTime: 0n, publishTime: 0n, data: new Uint8Array(8) });

test('a slow consumer keeps the newest messages and is told how many went', async () => {
  const stream = new MessageStream({ bufferMessages: 3 });
  for (let i = 0; i < 10; i++) stream.handleMessage(message(i));
  const seen = [await stream.next(), await stream.next(), await stream.next()].map(({ value }) => value?.sequence);
  expect(seen).toEqual([7, 8, 9]);
  stream.handleDropped(2);
  expect(stream.dropped).toBe(9);
});

test('it ends with its signal or with the loop, once, and frees what feeds it', async () => {
  const abort = new AbortController();
  const stream = new MessageStream({ signal: abort.signal });
  let stopped = 0;
  stream.onEnd(() => {
    stopped++;
  });
  const next = stream.next();
  abort.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  stream.handleMessage(message(1));
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  await stream.return();
  expect(stopped).toBe(1);

  const looped = new MessageStream();
  looped.onEnd(() => {
    stopped++;
  });
  looped.handleMessage(message(1));
  for await (const { sequence } of looped) {
    expect(sequence).toBe(1);
    break;
  }
  expect(stopped).toBe(2);
  expect(new MessageStream({ signal: AbortSignal.abort() }).ended).toBe(true);
});
