import { Message } from '@longline/ros';
import type { Channel } from '@longline/ros';
import { expect, test } from 'vitest';
import { encodeHeaded } from './jsonRecord.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshotPayload.ts';

const channel: Channel = {
  topic: '/map',
  schema: { name: 'std_msgs/Int32', encoding: 'ros1msg', text: 'int32 data\n' },
  encoding: 'ros1',
  latched: true,
};

test('a snapshot carries the message, its times and its definition', () => {
  const data = Uint8Array.of(7, 0, 0, 0);
  const message = new Message(channel, { sequence: 9, logTime: 2n ** 63n + 1n, publishTime: 3n, data });
  const payload = encodeSnapshot(message);
  const decoded = decodeSnapshot(payload);
  payload.fill(0);
  expect(decoded).toMatchObject({ channel, logTime: 2n ** 63n + 1n, publishTime: 3n, sequence: 0, data });
  expect(decoded.value).toEqual({ data: 7 });
});

test('a message without bytes is one too', () => {
  const empty = new Message(channel, { sequence: 0, logTime: 1n, publishTime: 1n, data: new Uint8Array(0) });
  expect(decodeSnapshot(encodeSnapshot(empty)).data.length).toBe(0);
});

test.each([
  ['too short', new Uint8Array(3)],
  ['a header beyond the end', Uint8Array.of(255, 0, 0, 0, 1)],
  ['a header that lacks fields', encodeHeaded({ topic: '/a' })],
  ['a time that is none', encodeHeaded({ ...channel, logTime: '-1', publishTime: '0' })],
  ['a time beyond 64 bits', encodeHeaded({ ...channel, logTime: '99999999999999999999', publishTime: '0' })],
])('a payload that is none is refused: %s', (_what, payload) => {
  expect(() => decodeSnapshot(payload)).toThrow(expect.objectContaining({ code: 'FRAME_MALFORMED' }));
});
