import type { AdvertisedChannel } from '@longline/line';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { FleetView } from '../access/FleetView.ts';
import { localAdministrator } from '../access/Principal.ts';
import { defaultServerLimits } from '../limits.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import { int64Schema } from '../testing/schemas.ts';
import { DEMAND_GATHER_MS, DEMAND_LINGER_MS } from './DeviceDemand.ts';
import type { DeviceState } from './DeviceState.ts';
import { FleetState } from './FleetState.ts';
import { LocalSubscription } from './LocalSubscription.ts';

const watched = (id: number, topic: string): AdvertisedChannel => ({
  id,
  topic,
  schema: int64Schema,
  encoding: 'ros1',
  latched: false,
  lane: 'bulk',
  delivery: 'latest',
  demand: 'watched',
});

function setUp(): {
  clock: FakeClock;
  fleet: FleetState;
  open: (epoch: number) => { device: DeviceState; line: FakeRobotLine };
  read: (topic: string, rateHz?: number) => LocalSubscription;
} {
  const clock = new FakeClock();
  const fleet = new FleetState(clock, defaultServerLimits);
  const view = new FleetView(fleet, clock, localAdministrator);
  const listener = { handleMessage: (): void => undefined };
  const handleFault = (): void => undefined;
  return {
    clock,
    fleet,
    open: (epoch) => {
      const line = new FakeRobotLine();
      return { line, device: fleet.openLine(line, epoch, helloOf('r1'))!.device };
    },
    read: (topic, rateHz) => new LocalSubscription({ view, clock, device: 'r1', topic, rateHz, listener, handleFault }),
  };
}

test('a robot is told the highest rate at which anybody reads a channel, and that nobody does', async () => {
  const { clock, fleet, open, read } = setUp();
  const { device, line } = open(1);
  fleet.advertise(device, watched(7, '/camera'));
  await clock.advance(DEMAND_LINGER_MS);
  expect(line.demanded).toEqual([]);
  const slow = read('/camera', 2);
  const quick = read('/**', 10);
  await clock.advance(DEMAND_GATHER_MS);
  expect(line.demanded.splice(0)).toEqual([{ id: 7, rateHz: 10 }]);
  const free = read('/camera');
  await clock.advance(DEMAND_GATHER_MS);
  expect(line.demanded.splice(0)).toEqual([{ id: 7, rateHz: null }]);
  free.close();
  quick.close();
  await clock.advance(DEMAND_LINGER_MS - 1);
  expect(line.demanded).toEqual([]);
  await clock.advance(1);
  expect(line.demanded.splice(0)).toEqual([{ id: 7, rateHz: 2 }]);
  slow.close();
  await clock.advance(DEMAND_LINGER_MS);
  expect(line.demanded).toEqual([{ id: 7, rateHz: 0 }]);
  await clock.advance(DEMAND_LINGER_MS * 2);
  expect(line.demanded.length).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test('a reader that comes back within two seconds is no news to the robot', async () => {
  const { clock, fleet, open, read } = setUp();
  const { device, line } = open(1);
  fleet.advertise(device, watched(7, '/camera'));
  const before = read('/camera', 5);
  await clock.advance(DEMAND_GATHER_MS);
  before.close();
  await clock.advance(DEMAND_LINGER_MS - 10);
  const after = read('/camera', 5);
  await clock.advance(DEMAND_LINGER_MS * 2);
  expect(line.demanded).toEqual([{ id: 7, rateHz: 5 }]);
  after.close();
});

test('channels that flow by themselves, and readers of channels alone, cause no demand', async () => {
  const { clock, fleet, open, read } = setUp();
  const { device, line } = open(1);
  fleet.advertise(device, { ...watched(1, '/odom'), demand: undefined });
  fleet.advertise(device, watched(2, '/camera'));
  read('/odom');
  await clock.advance(DEMAND_LINGER_MS * 2);
  expect(line.demanded).toEqual([]);
});

test('a new line hears all demand again, by its own numbers and as its channels come', async () => {
  const { clock, fleet, open, read } = setUp();
  const first = open(1);
  fleet.advertise(first.device, watched(1, '/left'));
  fleet.advertise(first.device, watched(2, '/right'));
  read('/left', 4);
  read('/right', 4);
  await clock.advance(DEMAND_GATHER_MS);
  fleet.closeLine(first.device, 1);
  const late = read('/left', 9);
  await clock.advance(DEMAND_LINGER_MS * 2);
  expect(first.line.demanded.length).toBe(2);
  const second = open(2);
  await clock.advance(1_000);
  expect(second.line.demanded).toEqual([]);
  fleet.advertise(second.device, watched(12, '/right'));
  fleet.advertise(second.device, watched(11, '/left'));
  await clock.advance(DEMAND_GATHER_MS);
  expect(second.line.demanded).toEqual([
    { id: 12, rateHz: 4 },
    { id: 11, rateHz: 9 },
  ]);
  late.close();
  fleet.closeLine(second.device, 2);
  await clock.advance(DEMAND_LINGER_MS);
  expect(second.line.demanded.length).toBe(2);
  expect(first.line.demanded.length).toBe(2);
});

test('a channel withdrawn and advertised again is demanded again', async () => {
  const { clock, fleet, open, read } = setUp();
  const { device, line } = open(1);
  const channel = fleet.advertise(device, watched(1, '/left'));
  read('/left');
  await clock.advance(DEMAND_GATHER_MS);
  fleet.unadvertise(device, channel);
  await clock.advance(DEMAND_LINGER_MS * 2);
  fleet.advertise(device, watched(1, '/left'));
  await clock.advance(DEMAND_GATHER_MS);
  expect(line.demanded).toEqual([
    { id: 1, rateHz: null },
    { id: 1, rateHz: null },
  ]);
});

test('a great many channels are told in records of a bounded size', async () => {
  const { clock, fleet, open, read } = setUp();
  const { device, line } = open(1);
  const sizes: number[] = [];
  line.demand = (channels) => void sizes.push(channels.length);
  for (let id = 0; id < 2_500; id++) fleet.advertise(device, watched(id, `/t${id}`));
  read('/**');
  await clock.advance(DEMAND_GATHER_MS);
  expect(sizes).toEqual([1_000, 1_000, 500]);
});
