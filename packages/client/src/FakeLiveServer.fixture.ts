import { FrameBuilder, LiveEnd, readRecords } from '@longline/line';
import type {
  AdvertisedChannel,
  DeviceRecord,
  LineRecord,
  MessageRecord,
  RequestHeader,
  SubscribeRecord,
  Transport,
} from '@longline/line';
import type { Clock } from '@longline/ros';
import { DuplexPair, FakeClock } from '@longline/testing';
import { Fleet } from './Fleet.ts';
import type { FleetOptions } from './FleetOptions.ts';

export const poseChannel: AdvertisedChannel = {
  id: 7,
  device: 'r1',
  topic: '/pose',
  schema: { name: 'turtlesim/Pose', encoding: 'ros1msg', text: 'float32 x' },
  encoding: 'ros1',
  latched: false,
  lane: 'telemetry',
  delivery: 'latest',
};

export const r1: DeviceRecord = {
  device: 'r1',
  online: true,
  epoch: 1,
  sinceMs: 0,
  robot: 'turtlesim:',
  software: 'test',
  status: { ros: { state: 'connected' }, simulatedTime: false, standing: [] },
};

const quietLane = { receivedMs: null, underWayMs: null, waitingBytes: 0, dropped: 0 };
export const r1Line: LineRecord = {
  device: 'r1',
  online: true,
  epoch: 1,
  sinceMs: 0,
  nowMs: 1_000,
  sockets: 1,
  roundTripMs: 60,
  clockOffsetMs: 3,
  clockErrorMs: 30,
  reconnects: 0,
  up: {
    roundTripMs: 60,
    lastRoundTripMs: 61,
    bytesPerSecond: 100_000,
    windowBytes: 8_192,
    inFlightBytes: 0,
    receivedBytesPerSecond: 2_000,
    receivedBytes: 10_000,
    receivedFrames: 100,
    receivedMessages: 400,
    copies: false,
    lanes: { control: quietLane, state: quietLane, telemetry: quietLane, bulk: quietLane },
  },
  down: null,
  reportedMs: 500,
  agent: { lines: 1, dials: 1 },
};

/** A message as a line brings it, numbered, with that number as log time and first byte. */
export function messageRecord(sequence: number, { bytes = 4, logTime = BigInt(sequence) } = {}): MessageRecord {
  const builder = new FrameBuilder();
  const data = new Uint8Array(bytes);
  data[0] = sequence;
  builder.appendMessage(1, { sequence, logTime, publishTime: logTime, data });
  let found: MessageRecord | undefined;
  readRecords(builder.take(), { handleMessage: (record) => (found = record), handleRecord: () => undefined });
  if (found === undefined) throw new Error('the frame has a message');
  return found;
}

/** The server's end of readers' lines with what a test lets it say; it answers subscriptions like the real one. */
export class FakeLiveServer {
  readonly clock: Clock;
  readonly log: string[] = [];
  readonly requests: { header: RequestHeader; text: string; ageMs: number }[] = [];
  channels: AdvertisedChannel[] = [poseChannel];
  devices: DeviceRecord[] = [r1];
  lines: LineRecord[] = [r1Line];
  readonly last = new Map<number, MessageRecord>();
  /** Answers a request; by default nothing does. */
  answer: (live: LiveEnd, header: RequestHeader, text: string) => void = () => undefined;
  live: LiveEnd | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  attach = (transport: Transport): LiveEnd => {
    const live: LiveEnd = new LiveEnd({
      transport,
      clock: this.clock,
      handlers: {
        handleHello: () => {
          this.live = live;
          live.welcome({ server: 'fake', software: 'test', features: [] });
        },
        handleSubscribe: (subscription) => this.#handleSubscribe(live, subscription),
        handleUnsubscribe: (id) => this.log.push(`unsubscribe ${id}`),
        handleRequest: (header, payload, ageMs) => {
          const text = new TextDecoder().decode(payload);
          this.requests.push({ header, text, ageMs });
          this.answer(live, header, text);
        },
        handleClosed: (close) => this.log.push(`closed ${close.closeCode}`),
      },
    });
    return live;
  };

  publish(sequence: number, channel = poseChannel.id): void {
    const record = messageRecord(sequence);
    this.last.set(channel, record);
    this.live?.deliver(channel, record);
  }

  #handleSubscribe(live: LiveEnd, subscription: SubscribeRecord): void {
    const { id } = subscription;
    if (subscription.kind === 'devices') {
      this.log.push(`subscribe ${id} devices`);
      for (const device of this.devices) live.device(device);
    } else if (subscription.kind === 'line') {
      const { device, once } = subscription;
      this.log.push(`subscribe ${id} line of ${device}${once === true ? ' once' : ''}`);
      for (const line of this.lines) if (line.device === device) live.deviceLine(line);
    } else {
      const { channelsOnly, device, once, rateHz, topic } = subscription;
      this.log.push(
        `subscribe ${id} ${device} ${topic}${rateHz === undefined ? '' : ` ${rateHz} Hz`}${once === true ? ' once' : ''}`,
      );
      live.advertise(this.channels);
      if (channelsOnly !== true) for (const [channel, record] of this.last) live.deliver(channel, record);
    }
    live.mark(id);
  }
}

/** A fleet and a fake server in one process, on a fake clock. */
export function fakeFleet(options: Pick<FleetOptions, 'document'> = {}): {
  readonly clock: FakeClock;
  readonly server: FakeLiveServer;
  readonly fleet: Fleet;
  readonly pairs: DuplexPair[];
} {
  const clock = new FakeClock();
  const server = new FakeLiveServer(clock);
  const pairs: DuplexPair[] = [];
  const fleet = new Fleet(
    {
      target: 'memory',
      reopens: true,
      open: (attach) => {
        const pair = new DuplexPair(clock);
        pairs.push(pair);
        pair.left.attach(attach);
        pair.right.attach(server.attach);
        clock.after(0, () => pair.open());
      },
    },
    { clock, random: () => 0, software: 'tester', ...options },
  );
  return { clock, server, fleet, pairs };
}
