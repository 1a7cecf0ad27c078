import { codecFor } from '@longline/ros';
import { FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { FoxgloveReader, readerOfString, Ros2Graph, stringSchema } from './FoxgloveReader.fixture.ts';
import { GREET_WITHIN_MS } from './ServerGreeting.ts';

const hello = codecFor(stringSchema, 'ros1').encode({ data: 'hello' });
const away = { state: 'disconnected', code: 'ROS_UNREACHABLE', reason: 'Nobody answers.' } as const;

test('the server’s info comes first, and says what a ROS 1 robot takes', async () => {
  const reader = await readerOfString();
  expect(reader.ops()[0]).toEqual({
    op: 'serverInfo',
    name: 'fake:',
    capabilities: ['clientPublish', 'parameters', 'parametersSubscribe', 'services', 'connectionGraph'],
    supportedEncodings: ['ros1', 'json'],
    metadata: { ROS_DISTRO: 'noetic' },
    sessionId: 'session',
  });
  expect(reader.ops()[1]).toEqual({
    op: 'advertise',
    channels: [
      {
        id: 1,
        topic: '/s',
        encoding: 'ros1',
        schemaName: 'std_msgs/String',
        schema: 'string data\n',
        schemaEncoding: 'ros1msg',
      },
    ],
  });
});

test('of a ROS 2 robot viewers are told a distribution of ROS 2, and that it takes CDR', async () => {
  const reader = new FoxgloveReader({ graph: (clock) => new Ros2Graph(clock), name: 'robot 7' });
  reader.graph.setTopic('/s', { name: 'std_msgs/msg/String', encoding: 'ros2msg', text: 'string data' });
  await reader.settle();
  expect(reader.ops()[0]).toMatchObject({
    name: 'robot 7',
    supportedEncodings: ['cdr', 'json'],
    metadata: { ROS_DISTRO: 'humble' },
  });
  expect(reader.ops('advertise')[0]).toMatchObject({ channels: [{ encoding: 'cdr', schemaEncoding: 'ros2msg' }] });
});

test('what a reader has no right to is not offered to it', async () => {
  const reader = new FoxgloveReader({ withheld: ['clientPublish', 'services'] });
  await reader.settle();
  expect(reader.ops()[0]).toMatchObject({ capabilities: ['parameters', 'parametersSubscribe', 'connectionGraph'] });
});

test('a robot that is away is told, and what it is once it returns', async () => {
  const reader = new FoxgloveReader();
  reader.graph.setStatus(away);
  await reader.settle();
  expect(reader.ops()).toMatchObject([
    { op: 'serverInfo', metadata: {}, supportedEncodings: ['json'] },
    { op: 'status', level: 1, message: 'ROS_UNREACHABLE: Nobody answers.', id: 'robot' },
  ]);
  reader.clear();
  reader.graph.setStatus({ state: 'connected' });
  await reader.settle();
  expect(reader.ops().map(({ op }) => op)).toEqual(['removeStatus', 'status', 'serverInfo']);
  expect(reader.ops('serverInfo')[0]).toMatchObject({ metadata: { ROS_DISTRO: 'noetic' }, sessionId: 'session' });
});

test('a robot of which nothing is heard holds the greeting up for 2 s at most', async () => {
  const silent = new (class extends FakeGraph {
    override watch(): () => void {
      return () => undefined;
    }
  })({ monotonicMs: () => 0, wallNs: () => 0n, after: () => () => undefined });
  const reader = new FoxgloveReader({ graph: () => silent });
  reader.say({ op: 'nothing' });
  await reader.clock.advance(GREET_WITHIN_MS - 1);
  expect(reader.frames).toEqual([]);
  await reader.clock.advance(1);
  expect(reader.ops().map(({ op }) => op)).toEqual(['serverInfo', 'status']);
});

test('a message comes with its log time and as the robot serialized it', async () => {
  const reader = await readerOfString();
  reader.say({ op: 'subscribe', subscriptions: [{ id: 40, channelId: reader.channelId('/s') }] });
  await reader.settle();
  reader.graph.emit('/s', hello, 5n);
  const [frame] = reader.binaries();
  expect([...(frame ?? [])].slice(0, 5)).toEqual([1, 40, 0, 0, 0]);
  expect(Buffer.from(frame ?? []).readBigUInt64LE(5)).toBe(reader.clock.wallNs());
  expect(Buffer.from(frame ?? []).subarray(13)).toEqual(Buffer.from(hello));
  reader.say({ op: 'unsubscribe', subscriptionIds: [40] });
  expect(reader.graph.subscribed).toEqual([]);
  expect(reader.statuses()).toEqual([]);
});

test('a topic that comes back as another type has another number, and late frames about the old one are no mistake', async () => {
  const reader = await readerOfString();
  const old = reader.channelId('/s');
  reader.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId: old }] });
  await reader.settle();
  reader.clear();
  reader.graph.setTopic('/s', { ...stringSchema, name: 'p/Other', text: 'int32 x\n' });
  await reader.settle();
  expect(reader.ops().map(({ op }) => op)).toEqual(['unadvertise', 'advertise']);
  expect(reader.ops('unadvertise')[0]).toMatchObject({ channelIds: [old] });
  const next = reader.channelId('/s');
  expect(next).not.toBe(old);
  // Lichtblick ends what was ended, and may just have subscribed.
  reader.say({ op: 'unsubscribe', subscriptionIds: [1] });
  reader.say({ op: 'subscribe', subscriptions: [{ id: 2, channelId: old }] });
  reader.say({ op: 'unsubscribe', subscriptionIds: [2] });
  reader.say({ op: 'subscribe', subscriptions: [{ id: 3, channelId: next }] });
  await reader.settle();
  expect(reader.statuses()).toEqual([]);
  expect(reader.graph.subscribed).toEqual(['/s']);
});

test('a topic that went and came is never offered under its old number', async () => {
  const reader = await readerOfString();
  reader.graph.removeTopic('/s');
  reader.graph.setTopic('/s', stringSchema);
  await reader.settle();
  expect(reader.ops('advertise').map(({ channels }) => (channels as { id: number }[])[0]?.id)).toEqual([1, 2]);
});

test('unknown channels, numbers in use and doubled subscriptions are told, and the connection stays', async () => {
  const reader = await readerOfString();
  const channelId = reader.channelId('/s');
  reader.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId: 77 }] });
  await reader.settle(1_000);
  reader.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId }] });
  reader.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId }] });
  await reader.settle(1_000);
  reader.say({ op: 'subscribe', subscriptions: [{ id: 2, channelId }] });
  reader.say({ op: 'unsubscribe', subscriptionIds: [9] });
  expect(reader.statuses()).toEqual([
    '2 FRAME_UNEXPECTED: Channel 77 was not advertised here.',
    '1 FRAME_UNEXPECTED: The subscription 1 is in use: take another number.',
    '1 FRAME_UNEXPECTED: /s is subscribed to already, once is enough.',
    '1 FRAME_UNEXPECTED: There is no subscription 9 to end.',
  ]);
  expect(reader.closed).toBeUndefined();
  expect(reader.graph.subscribed).toEqual(['/s']);
});

test('files of the robot are refused by the answer that this protocol has for it', async () => {
  const reader = await readerOfString();
  reader.say({ op: 'fetchAsset', uri: 'package://a/b.stl', requestId: 3 });
  const [frame] = reader.binaries();
  expect([...(frame ?? [])].slice(0, 6)).toEqual([4, 3, 0, 0, 0, 1]);
  expect(Buffer.from(frame ?? []).toString('utf8', 10)).toContain('NOT_SUPPORTED');
});

test('the simulated time is offered once it is heard, and told', async () => {
  const reader = new FoxgloveReader();
  const clockSchema = { name: 'rosgraph_msgs/Clock', encoding: 'ros1msg', text: 'time clock\n' } as const;
  reader.graph.setTopic('/clock', clockSchema);
  await reader.settle();
  expect(reader.frames).toEqual([]);
  const tick = codecFor(clockSchema, 'ros1').encode({ clock: { sec: 5, nsec: 1 } });
  reader.graph.emit('/clock', tick);
  expect(reader.ops()[0]).toMatchObject({
    op: 'serverInfo',
    capabilities: expect.arrayContaining(['time']) as unknown,
  });
  await reader.settle();
  reader.graph.emit('/clock', tick);
  await reader.settle(100);
  expect([...(reader.binaries().at(-1) ?? [])]).toEqual([0x02, 0x01, 0xf2, 0x05, 0x2a, 0x01, 0, 0, 0]);
  expect(reader.ops('serverInfo')).toHaveLength(1);
});

test('a clock that nobody moves holds the greeting up for a moment, and is not promised', async () => {
  const reader = new FoxgloveReader();
  reader.graph.setTopic('/clock', { name: 'rosgraph_msgs/Clock', encoding: 'ros1msg', text: 'time clock\n' });
  await reader.settle(1_000);
  expect(reader.ops()[0]).toMatchObject({
    op: 'serverInfo',
    capabilities: expect.not.arrayContaining(['time']) as unknown,
  });
});

test('JSON topics have a JSON Schema, made from the definition where there is one', async () => {
  const reader = new FoxgloveReader();
  reader.graph.setTopic('/plain', { name: 'p/Plain', encoding: '', text: '' });
  await reader.settle();
  expect(reader.ops('advertise')[0]).toMatchObject({
    channels: [{ encoding: 'json', schemaName: 'p/Plain', schemaEncoding: 'jsonschema', schema: '{"type":"object"}' }],
  });
});
