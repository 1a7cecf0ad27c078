import { RosError } from '@longline/ros';
import { expect, test } from 'vitest';
import { FoxgloveReader, readerOfString } from './FoxgloveReader.fixture.ts';

test('publishes in json, ros1 and cdr reach the outputs with their age, and nothing is kept of the frame', async () => {
  const reader = await readerOfString();
  await reader.settle(1_000);
  const channels = ['json', 'ros1', 'cdr'].map((encoding, id) => ({
    id,
    topic: `/${encoding}`,
    encoding,
    schemaName: 'std_msgs/String',
  }));
  reader.say({ op: 'advertise', channels });
  for (const { id } of channels) {
    const frame = Uint8Array.of(1, id, 0, 0, 0, 0xaa);
    reader.session.handleBinary(frame);
    frame.fill(0);
  }
  await reader.settle();
  expect(reader.outputs.done).toEqual([
    'advertise /json std_msgs/String',
    'advertise /ros1 std_msgs/String',
    'advertise /cdr std_msgs/String',
    'publish /json json',
    'publish /ros1 ros1',
    'publish /cdr cdr',
  ]);
  expect(reader.outputs.messages[0]).toMatchObject({ type: 'std_msgs/String', data: Uint8Array.of(0xaa) });
  expect(reader.outputs.ages[0]?.mayBeFlushed).toBe(false);
  expect(reader.outputs.ages[0]?.ageMs).toBeLessThanOrEqual(1_000);
  reader.say({ op: 'unadvertise', channelIds: [0, 1, 2] });
  expect(reader.outputs.done.slice(6)).toEqual(['release /json', 'release /ros1', 'release /cdr']);
});

test('what comes right after connecting is told to the outputs as what a client may have flushed', () => {
  const reader = new FoxgloveReader();
  reader.say({ op: 'advertise', channels: [{ id: 1, topic: '/a', encoding: 'json', schemaName: 'p/T' }] });
  reader.session.handleBinary(Uint8Array.of(1, 1, 0, 0, 0));
  expect(reader.outputs.ages).toEqual([{ ageMs: 0, mayBeFlushed: true }]);
});

test('publishing that is refused is told with its code twice a second at most, and so is what was never advertised', async () => {
  const reader = await readerOfString();
  reader.outputs.refusal = new RosError('TOPIC_UNKNOWN', 'No such topic.');
  reader.say({ op: 'advertise', channels: [{ id: 1, topic: '/a', encoding: 'json', schemaName: '' }] });
  for (let i = 0; i < 100; i++) {
    reader.session.handleBinary(Uint8Array.of(1, 1, 0, 0, 0));
    reader.session.handleBinary(Uint8Array.of(1, 2, 0, 0, 0));
    await reader.clock.advance(20);
  }
  const told = reader.statuses();
  expect(told.filter((text) => text === '2 TOPIC_UNKNOWN: No such topic.').length).toBeLessThanOrEqual(5);
  expect(told.filter((text) => text.startsWith('2 FRAME_UNEXPECTED: Advertise channel 2')).length).toBeLessThanOrEqual(
    5,
  );
  expect(told.length).toBeGreaterThanOrEqual(8);
});

test('what the robot refuses later is told too', async () => {
  const reader = await readerOfString();
  reader.outputs.handleRefusal?.('/cmd_vel', 'LEASE_HELD', 'Somebody else drives.');
  expect(reader.statuses()).toEqual(['2 LEASE_HELD: Somebody else drives.']);
});

test('an encoding that nobody reads, and a number advertised twice, are told', async () => {
  const reader = await readerOfString();
  const channel = { id: 1, topic: '/a', encoding: 'json', schemaName: 'p/T' };
  reader.say({ op: 'advertise', channels: [{ ...channel, encoding: 'protobuf' }] });
  reader.say({ op: 'advertise', channels: [channel, channel] });
  expect(reader.statuses()).toEqual([
    '2 NOT_SUPPORTED: /a: messages in protobuf are not taken; taken are ros1, cdr and json.',
  ]);
  reader.say({ op: 'advertise', channels: [{ ...channel, topic: '/b' }] });
  expect(reader.statuses()[1]).toBe('1 FRAME_UNEXPECTED: You advertise /a as channel 1 already.');
});
