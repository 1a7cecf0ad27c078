import type { AdvertisedChannel } from '@longline/line';
import { expect, test } from 'vitest';
import { FleetView } from '../access/FleetView.ts';
import { localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import { somebody } from '../access/principal.fixture.ts';
import { floatSchema, int64Schema } from '../testing/schemas.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { DeviceChannels } from './DeviceChannels.ts';

const channelOf = (id: number, topic: string, own: Partial<AdvertisedChannel> = {}): AdvertisedChannel => ({
  id,
  topic,
  schema: int64Schema,
  encoding: 'ros1',
  latched: false,
  lane: 'telemetry',
  delivery: 'latest',
  ...own,
});

function setUp(principal: Principal = localAdministrator) {
  const rooms = new ServerRooms();
  rooms.connect('r1');
  rooms.connect('r2');
  const advertise = (channel: AdvertisedChannel, device = 'r1') =>
    rooms.fleet.advertise(rooms.fleet.device(device)!, channel);
  const told: string[] = [];
  const channels = new DeviceChannels(new FleetView(rooms.fleet, rooms.clock, principal), 'r1');
  const watch = () =>
    channels.watch({
      handleChannel: ({ topic, schema, latched }) =>
        void told.push(`${topic} ${schema.name}${latched ? ' latched' : ''}`),
      handleChannelGone: (topic) => void told.push(`${topic} gone`),
    });
  return { rooms, advertise, channels, told, watch };
}

test('those that are there are told first, after the call, then every change that matters to readers', async () => {
  const { rooms, advertise, told, watch, channels } = setUp();
  const odom = advertise(channelOf(1, '/odom'));
  advertise(channelOf(1, '/other'), 'r2');
  const stop = watch();
  expect(told).toEqual([]);
  await Promise.resolve();
  advertise(channelOf(2, '/late'));
  advertise(channelOf(1, '/odom', { lane: 'control', delivery: 'queue' }));
  advertise(channelOf(1, '/odom', { schema: floatSchema }));
  advertise(channelOf(1, '/odom', { schema: floatSchema, latched: true }));
  rooms.fleet.unadvertise(rooms.fleet.device('r1')!, odom);
  expect(channels.find('/odom')).toBeUndefined();
  expect([...channels.list()].map(({ topic }) => topic)).toEqual(['/late']);
  advertise(channelOf(1, '/odom'));
  stop();
  advertise(channelOf(3, '/unheard'));
  expect(told).toEqual([
    '/odom std_msgs/Int64',
    '/late std_msgs/Int64',
    '/odom std_msgs/Float64',
    '/odom std_msgs/Float64 latched',
    '/odom gone',
    '/odom std_msgs/Int64',
  ]);
});

test('what came between the call and the first word is told once', async () => {
  const { advertise, told, watch } = setUp();
  watch();
  advertise(channelOf(1, '/odom'));
  await Promise.resolve();
  expect(told).toEqual(['/odom std_msgs/Int64']);
});

test('an offline device’s topics stay; what a reader may not read is not there', async () => {
  const { rooms, advertise, told, watch, channels } = setUp(somebody('viewer', { read: ['/odom'] }));
  advertise(channelOf(1, '/odom'));
  advertise(channelOf(2, '/secret'));
  rooms.disconnect('r1');
  watch();
  await Promise.resolve();
  advertise(channelOf(3, '/secret/too'));
  expect(told).toEqual(['/odom std_msgs/Int64']);
  expect(channels.find('/odom')?.schema).toEqual(int64Schema);
  expect(channels.find('/secret')).toBeUndefined();
  expect([...channels.list()].map(({ topic }) => topic)).toEqual(['/odom']);
});
