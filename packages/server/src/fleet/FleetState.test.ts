import type { AdvertisedChannel } from '@longline/line';
import type { Schema } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { defaultServerLimits } from '../limits.ts';
import type { ServerLimits } from '../limits.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import { messageRecord } from '../testing/messageRecord.ts';
import { floatSchema, int64Schema } from '../testing/schemas.ts';
import { FleetState } from './FleetState.ts';

const fleetWith = (limits: Partial<ServerLimits> = {}): FleetState =>
  new FleetState(new FakeClock(), { ...defaultServerLimits, ...limits });

const advertised = (id: number, topic: string, schema: Schema = int64Schema): AdvertisedChannel => ({
  id,
  topic,
  schema,
  encoding: 'ros1',
  latched: false,
  lane: 'telemetry',
  delivery: 'latest',
});

test('the late word of an older line changes nothing', () => {
  const fleet = fleetWith();
  const told: string[] = [];
  fleet.watchDevices({ handleDevice: ({ id }, event) => void told.push(`${id} ${event}`) });
  const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!;
  const newer = new FakeRobotLine();
  fleet.openLine(newer, 2, helloOf('r1'));
  fleet.closeLine(device, 1);
  expect(device).toMatchObject({ online: true, epoch: 2, line: newer });
  expect(fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))).toBeUndefined();
  fleet.closeLine(device, 2);
  fleet.closeLine(device, 2);
  expect(told).toEqual(['r1 offline']);
});

test('a topic back with the same definition keeps its ID and last value, a changed one keeps its ID only', () => {
  const fleet = fleetWith();
  const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!;
  const channel = fleet.advertise(device, advertised(1, '/a'));
  channel.handleMessage(messageRecord(new Uint8Array(8)), 5n);
  fleet.unadvertise(device, channel);
  expect([...fleet.channelsOf({ matchesDevice: () => true, matchesTopic: () => true })]).toEqual([]);
  expect(fleet.advertise(device, advertised(9, '/a'))).toBe(channel);
  expect(channel.latest?.data.length).toBe(8);
  const before = channel.advertised;
  expect(fleet.advertise(device, advertised(9, '/a', floatSchema))).toBe(channel);
  expect(channel.latest).toBeUndefined();
  expect(channel.advertised).toMatchObject({ id: before.id, schema: floatSchema, device: 'r1' });
});

test('channels beyond the bound push out the ones gone longest, whose IDs are used again', () => {
  const fleet = fleetWith({ maxChannelsPerDevice: 3 });
  const gone: string[] = [];
  fleet.watchChannels({
    matchesDevice: () => true,
    matchesTopic: () => true,
    handleChannel: () => undefined,
    handleChannelGone: ({ topic }) => void gone.push(topic),
  });
  const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!;
  const [a] = ['/a', '/b', '/c'].map((topic, id) => fleet.advertise(device, advertised(id, topic)));
  fleet.openLine(new FakeRobotLine(), 2, helloOf('r1'));
  fleet.advertise(device, advertised(1, '/b'));
  const d = fleet.advertise(device, advertised(2, '/d'));
  expect(Array.from(device.channels.values(), ({ topic }) => topic).sort()).toEqual(['/b', '/c', '/d']);
  expect(d.id).toBe(a!.id);
  expect(gone).toEqual(['/a']);
});

test('definitions beyond their bound push out channels that are gone', () => {
  const fleet = fleetWith({ maxDefinitionBytesPerDevice: 100 });
  const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!;
  for (let i = 0; i < 10; i++) {
    const schema: Schema = { name: `p/T${i}`, encoding: 'ros1msg', text: '#'.repeat(60) };
    fleet.unadvertise(device, fleet.advertise(device, advertised(i, `/t${i}`, schema)));
  }
  expect(device.definitions.bytes).toBeLessThanOrEqual(160);
  expect(device.channels.size).toBeLessThanOrEqual(3);
});

test('the last message told again on a new line is no news', () => {
  const fleet = fleetWith();
  const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!;
  const channel = fleet.advertise(device, advertised(1, '/map'));
  const seen: number[] = [];
  channel.attach({
    handleMessage: (_channel, { sequence }) => void seen.push(sequence),
    handleDropped: () => undefined,
    wantedHz: Infinity,
  });
  for (const sequence of [0, 0, 1]) channel.handleMessage(messageRecord(new Uint8Array(8), sequence), 5n);
  expect(seen).toEqual([0, 1]);
  expect(channel.messages).toBe(2);
});

test('last messages beyond the memory for them are passed on and not kept', () => {
  const fleet = fleetWith({ maxLatestBytesPerDevice: 15_000, maxLatestBytes: 20_000 });
  const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!;
  const seen: string[] = [];
  const channels = ['/a', '/b', '/c'].map((topic, id) => fleet.advertise(device, advertised(id, topic)));
  for (const channel of channels) {
    channel.attach({
      handleMessage: ({ topic }) => void seen.push(topic),
      handleDropped: () => undefined,
      wantedHz: Infinity,
    });
    channel.handleMessage(messageRecord(new Uint8Array(5_000)), 1n);
  }
  expect(seen).toEqual(['/a', '/b', '/c']);
  expect(channels.map(({ latest }) => latest !== undefined)).toEqual([true, true, false]);
  expect(fleet.latestBytes.usedBytes).toBeLessThanOrEqual(15_000);
  channels[0]!.handleMessage(messageRecord(new Uint8Array(8), 1), 1n);
  channels[2]!.handleMessage(messageRecord(new Uint8Array(5_000)), 1n);
  expect(channels[2]!.latest?.data.length).toBe(5_000);
});

test('equal definitions of many robots are one object', () => {
  const fleet = fleetWith();
  const channels = ['r1', 'r2'].map((id) => {
    const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf(id))!;
    return fleet.advertise(device, advertised(1, '/a', { ...int64Schema }));
  });
  expect(channels[0]!.advertised.schema).toBe(channels[1]!.advertised.schema);
  expect(channels[0]!.id).not.toBe(channels[1]!.id);
  expect(fleet.schemas.size).toBe(1);
});

test('a received frame is not kept for the sake of one record, and the buffer is used again', () => {
  const fleet = fleetWith();
  const { device } = fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!;
  const channel = fleet.advertise(device, advertised(1, '/a'));
  const record = messageRecord(new Uint8Array(8).fill(1));
  channel.handleMessage(record, 1n);
  const kept = channel.latestRecord!.bytes.buffer;
  expect(kept).not.toBe(record.bytes.buffer);
  const message = channel.latest;
  channel.handleMessage(messageRecord(new Uint8Array(8).fill(2)), 2n);
  expect(channel.latestRecord!.bytes.buffer).toBe(kept);
  expect(message?.data).toEqual(new Uint8Array(8).fill(1));
});

test("a device's clock is told when first compared and from a change of 1 ms on, once a second at most", async () => {
  const clock = new FakeClock();
  const fleet = new FleetState(clock, defaultServerLimits);
  const told: string[] = [];
  fleet.watchDevices({ handleDevice: (device, event) => void told.push(`${event} ${device.toldOffsetMs}`) });
  const line = new FakeRobotLine();
  const { device } = fleet.openLine(line, 1, helloOf('r1'))!;
  const compare = async (offsetMs: number): Promise<void> => {
    line.clock = { offsetMs: 0, errorMs: 1, roundTripMs: 2, wallOffsetNs: BigInt(offsetMs * 1e6) };
    fleet.handleClock(device);
    await clock.advance(600);
  };
  await compare(5);
  await compare(50);
  await compare(50);
  await compare(50.5);
  await compare(52);
  expect(told).toEqual(['clock 5', 'clock 50', 'clock 52']);
  const next = new FakeRobotLine();
  next.clock = line.clock;
  fleet.openLine(next, 2, helloOf('r1'));
  fleet.handleClock(device);
  expect(told).toHaveLength(4);
});
