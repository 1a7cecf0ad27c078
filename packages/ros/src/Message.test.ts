import { expect, test } from 'vitest';
import { codecFor } from './codecFor.ts';
import { ros1Schema } from './fixtures.ts';
import { Message } from './Message.ts';

const channel = { topic: '/t', schema: ros1Schema('std_msgs/Int64'), encoding: 'ros1', latched: false } as const;
const parts = { sequence: 0, logTime: 1n, publishTime: 1n };

test('value, JSON and other transcodings are made once', () => {
  const data = codecFor(channel.schema, 'ros1').encode({ data: 9007199254740993n });
  const message = new Message(channel, { ...parts, data });
  let calls = 0;
  const transcode = () => ++calls;
  expect(message.value).toEqual({ data: 9007199254740993n });
  expect(message.value).toBe(message.value);
  expect(message.json).toBe('{"data":9007199254740993}');
  expect([message.transcoded(transcode), message.transcoded(transcode)]).toEqual([1, 1]);
});

test('bytes that do not match the definition throw when they are read, not before', () => {
  const message = new Message(channel, { ...parts, data: new Uint8Array(7) });
  expect(() => message.value).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
});
