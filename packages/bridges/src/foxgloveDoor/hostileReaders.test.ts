import { codecFor } from '@longline/ros';
import { expect, test } from 'vitest';
import { FoxgloveReader, readerOfString, stringSchema } from './FoxgloveReader.fixture.ts';

test('definitions of thousands of topics wait for a slow reader, in frames of bounded size', async () => {
  const reader = new FoxgloveReader();
  const text = `string data\n# ${'x'.repeat(5_000)}\n`;
  for (let i = 0; i < 500; i++)
    reader.graph.setTopic(`/t${i}`, { ...stringSchema, name: `p/T${i}`, text: `${text}${i}` });
  reader.takes = false;
  await reader.settle();
  for (let turn = 0; turn < 200; turn++) await reader.settle();
  expect(reader.bufferedBytes).toBeLessThan(600_000);
  for (let turn = 0; turn < 200; turn++) reader.drain();
  const frames = reader.frames.filter((frame) => typeof frame === 'string' && frame.includes('"op":"advertise"'));
  expect(Math.max(...frames.map(({ length }) => length))).toBeLessThan(200_000);
  expect(reader.ops('advertise').flatMap(({ channels }) => channels)).toHaveLength(500);
});

test('bad JSON, deep nesting, unknown ops, wrong kinds and huge numbers are each answered with a code', async () => {
  const reader = await readerOfString();
  const texts = [
    '{"op":"subscribe","subscriptions":[',
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    '"op"',
    'null',
    '{"op":"__proto__"}',
    '{"op":"subscribe","subscriptions":[{"id":-1,"channelId":1}]}',
    '{"op":"subscribe","subscriptions":[{"id":18446744073709551616,"channelId":1e999}]}',
    '{"op":"getParameters"}',
    '',
  ];
  for (const text of texts) {
    reader.clear();
    reader.session.handleText(text);
    await reader.settle(1_000);
    expect(reader.statuses(), text.slice(0, 40)).toMatchObject([
      expect.stringMatching(/^2 (MESSAGE_INVALID|FRAME_\w+): /),
    ]);
  }
  expect(reader.closed).toBeUndefined();
  reader.clear();
  reader.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId: 1 }] });
  await reader.settle();
  expect(reader.graph.subscribed).toEqual(['/s']);
});

test('10,000 subscriptions to nothing cost a few statuses', async () => {
  const reader = await readerOfString();
  const subscriptions = Array.from({ length: 10_000 }, (_, id) => ({ id, channelId: 1_000 + id }));
  reader.say({ op: 'subscribe', subscriptions });
  reader.say({ op: 'subscribe', subscriptions: [...subscriptions, ...subscriptions] });
  for (let id = 0; id < 10_000; id++) reader.say({ op: 'unsubscribe', subscriptionIds: [id] });
  await reader.settle();
  expect(reader.statuses().length).toBeLessThan(10);
  expect(reader.closed).toBeUndefined();
});

test('a reader that takes nothing gets the newest of what waited, and is told once in 2.5 s how many it missed', async () => {
  const reader = await readerOfString();
  reader.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId: 1 }] });
  await reader.settle();
  reader.clear();
  reader.bufferedBytes = 1_000_000;
  const large = codecFor(stringSchema, 'ros1').encode({ data: 'x'.repeat(1_000_000) });
  for (let ms = 0; ms < 5_000; ms += 100) {
    reader.graph.emit('/s', large);
    await reader.clock.advance(100);
  }
  const drops = reader.ops('status').filter(({ message }) => message === 'Send buffer limit reached');
  expect(drops).toMatchObject([
    { level: 1, id: 'drops', dropped: [{ topic: '/s', count: 1 }] },
    { level: 1, id: 'drops', dropped: [{ topic: '/s', count: 24 }] },
  ]);
  expect(reader.statuses().filter((text) => text.includes('of /s it gets the newest messages only'))).toHaveLength(1);
  expect(reader.binaries()).toHaveLength(0);
  reader.drain();
  expect(reader.binaries()).toHaveLength(1);
});

test('a reader that answers no ping is closed', async () => {
  const reader = new FoxgloveReader();
  reader.answers = false;
  await reader.clock.advance(40_000);
  expect(reader.closed).toBe('4408 no ping was answered for 30 s');
});

test('when the reader is gone nothing of it is left', async () => {
  const reader = await readerOfString();
  reader.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId: 1 }] });
  reader.say({ op: 'subscribeParameterUpdates', parameterNames: ['/p'] });
  reader.say({ op: 'advertise', channels: [{ id: 1, topic: '/a', encoding: 'json', schemaName: 'p/T' }] });
  await reader.settle();
  reader.session.handleClosed();
  reader.session.handleClosed();
  await reader.settle();
  expect(reader.graph.subscribed).toEqual([]);
  expect(reader.clock.pendingTimers).toBe(0);
  expect(reader.outputs.done).toContain('release /a');
  expect(reader.outputs.done).toContain('close');
  reader.clear();
  reader.graph.setTopic('/b', stringSchema);
  await reader.settle();
  expect(reader.frames).toEqual([]);
});
