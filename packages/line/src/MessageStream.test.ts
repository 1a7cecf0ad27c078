import { Message } from '@longline/ros';
import type { SubscriptionListener } from '@longline/ros';
import { expect, test } from 'vitest';
import { MessageStream } from './MessageStream.ts';

const schema = { name: 'std_msgs/Int64', encoding: 'ros1msg', text: 'int64 data' } as const;
const channel = { topic: '/a', schema, encoding: 'ros1', latched: false } as const;
const message = (sequence: number): Message =>
  new Message(channel, { sequence, logTime: 0n, publishTime: 0n, data: new Uint8Array(8) });

class Source {
  listener: SubscriptionListener | undefined;
  closed = 0;

  subscribe = (listener: SubscriptionListener): { close(): void } => {
    this.listener = listener;
    return {
      close: () => {
        this.closed++;
      },
    };
  };
}

test('a slow loop gets the newest messages and is told how many went', async () => {
  const source = new Source();
  const stream = new MessageStream(source.subscribe, [], 3);
  const loop = stream[Symbol.asyncIterator]();
  expect(source.listener).toBeUndefined();
  const first = loop.next();
  for (let sequence = 0; sequence < 10; sequence++) source.listener!.handleMessage(message(sequence));
  source.listener!.handleDropped?.(2);
  const seen = [await first, await loop.next(), await loop.next()].map(({ value }) => value?.sequence);
  expect(seen).toEqual([7, 8, 9]);
  expect(stream.dropped).toBe(9);
});

test('it ends with any of its signals, once, and its subscription with it', async () => {
  const source = new Source();
  const abort = new AbortController();
  const stream = new MessageStream(source.subscribe, [new AbortController().signal, abort.signal], 3);
  const loop = stream[Symbol.asyncIterator]();
  const next = loop.next();
  abort.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(source.closed).toBe(1);
  expect(await stream[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
});

test('a loop that is left ends its subscription', async () => {
  const source = new Source();
  const stream = new MessageStream(source.subscribe, [], 3);
  setImmediate(() => source.listener!.handleMessage(message(1)));
  for await (const { sequence } of stream) {
    expect(sequence).toBe(1);
    break;
  }
  expect(source.closed).toBe(1);
});
