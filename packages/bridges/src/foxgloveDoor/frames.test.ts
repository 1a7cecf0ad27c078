import { Message } from '@longline/ros';
import type { Channel } from '@longline/ros';
import { expect, test } from 'vitest';
import { parseClientFrame } from './clientFrame.ts';
import { assetErrorFrame, messageFrame, serviceResponseFrame, timeFrame } from './serverFrame.ts';

const channel: Channel = {
  topic: '/t',
  schema: { name: 'p/T', encoding: 'ros1msg', text: 'uint8 x' },
  encoding: 'ros1',
  latched: false,
};
const message = (data: number[], logTime = 0x1122334455667788n): Message =>
  new Message(channel, { sequence: 0, logTime, publishTime: 1n, data: Uint8Array.from(data) });

test('a message: opcode 1, subscription, log time in nanoseconds, the bytes as they are', () => {
  expect([...messageFrame(0x01020304, message([0xaa, 0xbb]))]).toEqual(
    [
      [0x01],
      [0x04, 0x03, 0x02, 0x01], // subscription, little endian
      [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11], // log time
      [0xaa, 0xbb],
    ].flat(),
  );
});

test('a message is made into bytes once for all readers with the same number', () => {
  const one = message([1]);
  expect(messageFrame(7, one)).toBe(messageFrame(7, one));
  expect([...messageFrame(8, one)].slice(1, 5)).toEqual([8, 0, 0, 0]);
  expect([...messageFrame(8, message([2]))].at(-1)).toBe(2);
});

test('the simulated time: opcode 2 and nanoseconds', () => {
  expect([...timeFrame(5_000_000_001n)]).toEqual([0x02, 0x01, 0xf2, 0x05, 0x2a, 0x01, 0, 0, 0]);
});

test('the answer to a call: opcode 3, service, call, encoding with its length, the bytes', () => {
  expect([...serviceResponseFrame(1, 2, 'ros1', Uint8Array.of(9))]).toEqual(
    [[0x03], [1, 0, 0, 0], [2, 0, 0, 0], [4, 0, 0, 0], [0x72, 0x6f, 0x73, 0x31], [9]].flat(),
  );
});

test('an asset that is not fetched: opcode 4, request, status 1, the reason with its length', () => {
  expect([...assetErrorFrame(258, 'no')]).toEqual([[0x04], [2, 1, 0, 0], [1], [2, 0, 0, 0], [0x6e, 0x6f]].flat());
});

test('a client’s message: opcode 1, its channel, the bytes; also none', () => {
  expect(parseClientFrame(Uint8Array.of(0x01, 5, 1, 0, 0, 0xaa))).toEqual({
    kind: 'message',
    channelId: 261,
    data: Uint8Array.of(0xaa),
  });
  expect(parseClientFrame(Uint8Array.of(0x01, 5, 0, 0, 0))).toMatchObject({ data: new Uint8Array(0) });
});

test('a call: opcode 2, service, call, encoding with its length, the bytes', () => {
  const frame = [[0x02], [1, 0, 0, 0], [2, 0, 0, 0], [3, 0, 0, 0], [0x63, 0x64, 0x72], [7, 8]].flat();
  expect(parseClientFrame(Uint8Array.from(frame))).toEqual({
    kind: 'call',
    serviceId: 1,
    callId: 2,
    encoding: 'cdr',
    data: Uint8Array.of(7, 8),
  });
});

test('frames that end early, name too long an encoding, or have another opcode are malformed', () => {
  const malformed = expect.objectContaining({ code: 'FRAME_MALFORMED' }) as unknown;
  const call = [[0x02], [1, 0, 0, 0], [2, 0, 0, 0], [3, 0, 0, 0], [0x63, 0x64, 0x72]].flat();
  const bad = [
    ...Array.from({ length: call.length - 1 }, (_, length) => call.slice(0, length + 1)).filter(([op]) => op === 2),
    [],
    [0x01, 0, 0, 0],
    [0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
    [0x02, 0, 0, 0, 0, 0, 0, 0, 0, 65, 0, 0, 0, ...new Array<number>(65).fill(0x61)],
    [0x03, 0, 0, 0, 0],
    [0x00],
    [0xff],
  ];
  for (const bytes of bad) {
    expect(() => parseClientFrame(Uint8Array.from(bytes)), bytes.join(' ')).toThrow(malformed);
  }
});
