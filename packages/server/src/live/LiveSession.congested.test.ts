import { ReaderEnd } from '@longline/line';
import type { AdvertisedChannel } from '@longline/line';
import type { Schema } from '@longline/ros';
import { DuplexPair, FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { ServerLimits } from '../limits.ts';
import { localAdministrator } from '../access/Principal.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import { messageRecord } from '../testing/messageRecord.ts';
import { bytesSchema, int64Schema } from '../testing/schemas.ts';
import { sessionHost } from '../testing/sessionHost.fixture.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { LiveSession } from './LiveSession.ts';

/** A reader in memory whose socket can be made to take nothing. */
class Setup {
  readonly clock = new FakeClock();
  readonly fleet: FleetState;
  readonly pair = new DuplexPair(this.clock);
  readonly told: string[] = [];
  readonly session: LiveSession;
  readonly reader: ReaderEnd;
  readonly device: DeviceState;

  constructor(limits: Partial<ServerLimits> = {}) {
    const rooms = new ServerRooms({ clock: this.clock, limits });
    this.fleet = rooms.fleet;
    this.session = this.pair.left.attach(
      (transport) =>
        new LiveSession(sessionHost(rooms, { lineLimits: { windowBytes: 1_000 } }), localAdministrator, transport),
    );
    this.reader = this.pair.right.attach(
      (transport) =>
        new ReaderEnd({
          transport,
          clock: this.clock,
          hello: { role: 'reader', software: 'test', features: [] },
          handlers: {
            handleWelcome: () => undefined,
            handleAdvertise: (channels) =>
              channels.forEach(({ topic, schema }) => this.told.push(`${topic} is ${schema.name}`)),
            handleUnadvertise: (channels) => channels.forEach(({ topic }) => this.told.push(`${topic} is gone`)),
            handleMessage: ({ topic, schema }, { sequence, data }) =>
              void this.told.push(`${topic} ${sequence} ${schema.name} ${data.length}`),
            handleDropped: () => undefined,
            handleDevice: ({ device, status }) => void this.told.push(`${device} ${status.standing.length}`),
            handleMark: (id) => void this.told.push(`mark ${id}`),
            handleClosed: ({ code }) => void this.told.push(`closed ${code ?? ''}`),
          },
        }),
    );
    this.device = this.fleet.openLine(new FakeRobotLine(), 1, helloOf('r1'))!.device;
  }

  async open(): Promise<void> {
    this.pair.open();
    await this.clock.advance(20);
  }
}

const advertised = (schema: Schema): AdvertisedChannel => ({
  id: 1,
  topic: '/a',
  schema,
  encoding: 'ros1',
  latched: false,
  lane: 'telemetry',
  delivery: 'latest',
});

test('a message that waits for a slow reader is never read by a definition that came later', async () => {
  const setup = new Setup();
  await setup.open();
  const channel = setup.fleet.advertise(setup.device, advertised(bytesSchema));
  setup.reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/a' });
  await setup.clock.advance(20);
  setup.pair.left.stalled = true;
  for (let sequence = 0; sequence < 10; sequence++) {
    channel.handleMessage(messageRecord(new Uint8Array(2_000), sequence), 1n);
    await setup.clock.advance(20);
  }
  setup.fleet.advertise(setup.device, advertised(int64Schema));
  channel.handleMessage(messageRecord(new Uint8Array(8), 10), 1n);
  await setup.clock.advance(20);
  setup.pair.left.stalled = false;
  await setup.clock.advance(100);
  const values = setup.told.filter((line) => line.startsWith('/a'));
  expect(values.at(-2)).toBe('/a is std_msgs/Int64');
  expect(values.at(-1)).toBe('/a 10 std_msgs/Int64 8');
  expect(values.slice(1, -2).every((line) => line.endsWith('test_msgs/Bytes 2000'))).toBe(true);
});

test('changes of a device while the reader is slow become one', async () => {
  const setup = new Setup();
  await setup.open();
  const channel = setup.fleet.advertise(setup.device, advertised(bytesSchema));
  setup.reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/a' });
  setup.reader.subscribe({ id: 2, kind: 'devices' });
  await setup.clock.advance(20);
  setup.pair.left.stalled = true;
  channel.handleMessage(messageRecord(new Uint8Array(5_000)), 1n);
  await setup.clock.advance(20);
  channel.handleMessage(messageRecord(new Uint8Array(5_000)), 1n);
  await setup.clock.advance(20);
  const before = setup.told.length;
  for (let changes = 1; changes <= 100; changes++) {
    const standing = Array.from({ length: changes }, (_, i) => ({ topic: `/t${i}`, state: 'active' as const }));
    setup.device.status = { ...setup.device.status, standing };
    setup.fleet.announce(setup.device, 'status');
    await setup.clock.advance(1);
  }
  setup.pair.left.stalled = false;
  await setup.clock.advance(100);
  const records = setup.told.slice(before).filter((line) => line.startsWith('r1'));
  expect(records).toEqual(['r1 100']);
});

test('a number that was given back and names another channel is withdrawn before it is told again', async () => {
  const setup = new Setup({ maxChannelsPerDevice: 1 });
  await setup.open();
  const gone = setup.fleet.advertise(setup.device, advertised(bytesSchema));
  setup.reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/a', once: true });
  await setup.clock.advance(20);
  // The subscription has ended: the reader is not told that the channel goes.
  setup.fleet.unadvertise(setup.device, gone);
  const next = setup.fleet.advertise(setup.device, { ...advertised(bytesSchema), topic: '/b' });
  expect(next.id).toBe(gone.id);
  setup.reader.subscribe({ id: 2, kind: 'topics', device: 'r1', topic: '/**', channelsOnly: true });
  await setup.clock.advance(20);
  expect(setup.told).toEqual(['/a is test_msgs/Bytes', 'mark 1', '/a is gone', '/b is test_msgs/Bytes', 'mark 2']);
});
