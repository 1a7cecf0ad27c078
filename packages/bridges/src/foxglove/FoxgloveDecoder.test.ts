import { expect, test } from 'vitest';
import { messageFrame, serviceCallFrame } from './clientFrames.ts';
import { FoxgloveDecoder } from './FoxgloveDecoder.ts';
import type { FoxgloveListener } from './FoxgloveDecoder.ts';
import { MAX_CHANNELS, ServerChannels } from './ServerChannels.ts';

/** What a decoder told, by method. */
function decoding() {
  const told: [string, ...unknown[]][] = [];
  const tell =
    (name: string) =>
    (...args: unknown[]): void =>
      void told.push([name, ...args]);
  const listener: FoxgloveListener = {
    handleServerInfo: tell('serverInfo'),
    handleChannels: tell('channels'),
    handleChannelsGone: tell('channelsGone'),
    handleServices: tell('services'),
    handleServicesGone: tell('servicesGone'),
    handleGraphUpdate: tell('graph'),
    handleParameters: tell('parameters'),
    handleMessage: tell('message'),
    handleServiceAnswer: tell('answer'),
    handleServiceFailure: tell('failure'),
    handleStatus: tell('status'),
    handleProblem: tell('problem'),
  };
  return { told, decoder: new FoxgloveDecoder(listener) };
}

test('MessageData is a subscription, a time in nanoseconds and the payload', () => {
  const { told, decoder } = decoding();
  decoder.handleBinary(
    Uint8Array.from([
      0x01, // opcode
      0x2a,
      0,
      0,
      0, // subscription
      0x15,
      0xcd,
      0x5b,
      0x07,
      0,
      0,
      0,
      0x80, // time
      0,
      1,
      0,
      0,
      7, // payload
    ]),
  );
  expect(told).toEqual([['message', 42, 9223372036978232597n, new Uint8Array([0, 1, 0, 0, 7])]]);
});

test('a message that is most of its frame shares its memory, a small one in a large piece does not', () => {
  const { told, decoder } = decoding();
  const large = new Uint8Array(1_000).fill(1);
  decoder.handleBinary(large);
  const piece = new Uint8Array(65_536);
  piece.set([1, 1, 0, 0, 0], 100);
  decoder.handleBinary(piece.subarray(100, 130));
  const [shared, own] = told.map(([, , , data]) => data as Uint8Array);
  expect(shared?.buffer).toBe(large.buffer);
  expect(own?.buffer.byteLength).toBe(17);
});

test('ServiceCallResponse names its encoding before the payload', () => {
  const { told, decoder } = decoding();
  decoder.handleBinary(Uint8Array.from([3, 9, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 0x63, 0x64, 0x72, 1, 2]));
  expect(told).toEqual([['answer', 5, { encoding: 'cdr', data: new Uint8Array([1, 2]) }]]);
});

test('the frames of a client are opcode, little-endian numbers and payload', () => {
  expect([...messageFrame(0x01020304, Uint8Array.of(9))]).toEqual([1, 4, 3, 2, 1, 9]);
  expect([...serviceCallFrame(2, 3, 'cdr', Uint8Array.of(9))]).toEqual([
    ...[2, 2, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0],
    ...[0x63, 0x64, 0x72, 9],
  ]);
});

test.each<[string, string | Uint8Array]>([
  ['broken JSON', '{"op":"advertise"'],
  ['deep JSON', '['.repeat(100_000)],
  ['no object', '7'],
  ['an unknown op', '{"op":"explode"}'],
  ['an op without its fields', '{"op":"advertise"}'],
  ['an ID that is none', '{"op":"unadvertise","channelIds":[-1]}'],
  ['an object with a length of its own', '{"op":"status","message":{"length":{}},"level":[]}'],
  ['nothing', new Uint8Array()],
  ['an unknown opcode', Uint8Array.of(200, 1)],
  ['a header that ends early', Uint8Array.of(1, 2, 3)],
  ['an encoding longer than its frame', Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255)],
])('%s does not throw, and a good frame after it is read', (_, frame) => {
  const { told, decoder } = decoding();
  if (typeof frame === 'string') decoder.handleText(frame);
  else decoder.handleBinary(frame);
  expect(JSON.stringify(told[0]).length).toBeLessThan(1_000);
  decoder.handleText('{"op":"unadvertise","channelIds":[1]}');
  expect(told.at(-1)).toEqual(['channelsGone', [1]]);
});

test('a bad entry of a list is told and does not hide the good ones', () => {
  const { told, decoder } = decoding();
  const channel = { id: 1, topic: '/a', encoding: 'json', schemaName: '', schema: '' };
  decoder.handleText(JSON.stringify({ op: 'advertise', channels: [{ ...channel, id: 2 ** 32 }, channel, null] }));
  expect(told.map(([name]) => name)).toEqual(['problem', 'channels']);
  expect(told[1]?.[1]).toMatchObject([{ id: 1, topic: '/a' }]);
});

test('a server with more channels than are kept costs no more than those', () => {
  const problems: string[] = [];
  const channels = new ServerChannels((problem) => problems.push(problem));
  const advertised = Array.from({ length: MAX_CHANNELS + 10 }, (_, id) => ({
    id,
    topic: `/t${id}`,
    encoding: 'json',
    schemaName: '',
    schema: '',
    schemaEncoding: undefined,
  }));
  channels.handleAdvertised(advertised);
  expect([...channels.topics()]).toHaveLength(MAX_CHANNELS);
  expect(problems).toHaveLength(1);
  channels.handleGone(advertised.map(({ id }) => id));
  expect([...channels.topics()]).toEqual([]);
});

test('long definitions are kept up to a bound', () => {
  const problems: string[] = [];
  const channels = new ServerChannels((problem) => problems.push(problem));
  const schema = `# ${'x'.repeat(4_000_000)}\nint8 a`;
  for (let id = 0; id < 40; id++) {
    channels.handleAdvertised([
      { id, topic: `/t${id}`, encoding: 'ros1', schemaName: 'a/B', schema, schemaEncoding: 'ros1msg' },
    ]);
  }
  expect([...channels.topics()].length).toBeLessThan(20);
});
