import { DuplexPair, FakeClock } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import type { AdvertisedChannel } from './ChannelSender.ts';
import type { LineClose } from './errors.ts';
import { FrameBuilder } from './FrameBuilder.ts';
import type { LineLimits } from './limits.ts';
import { LiveEnd } from './LiveEnd.ts';
import type { MessageRecord } from './MessageRecord.ts';
import type { Reply } from './OpenRequests.ts';
import { ReaderEnd } from './ReaderEnd.ts';
import { readRecords } from './readRecords.ts';

const pose: AdvertisedChannel = {
  id: 70_000,
  device: 'r1',
  topic: '/pose',
  schema: { name: 'turtlesim/Pose', encoding: 'ros1msg', text: 'float32 x' },
  encoding: 'ros1',
  latched: false,
  lane: 'telemetry',
  delivery: 'latest',
};

function messageRecord(sequence: number, bytes = 4): MessageRecord {
  const builder = new FrameBuilder();
  builder.appendMessage(1, { sequence, logTime: 1n, publishTime: 2n, data: new Uint8Array(bytes) });
  let found: MessageRecord | undefined;
  readRecords(builder.take(), { handleMessage: (record) => (found = record), handleRecord: () => undefined });
  return found!;
}

/** A server and a reader joined by a pair of transports. */
class Live {
  readonly clock = new FakeClock();
  readonly pair = new DuplexPair(this.clock);
  readonly log: string[] = [];
  readonly reader: ReaderEnd;
  readonly live: LiveEnd;
  readerClose: LineClose | undefined;

  constructor(limits: Partial<LineLimits> = {}) {
    this.reader = this.pair.left.attach(
      (transport) =>
        new ReaderEnd({
          transport,
          clock: this.clock,
          hello: { role: 'reader', software: 'test', features: [] },
          handlers: {
            handleWelcome: ({ server }) => this.log.push(`welcome ${server}`),
            handleAdvertise: (channels) =>
              channels.forEach((channel) => this.log.push(`advertise ${channel.device} ${channel.topic}`)),
            handleUnadvertise: (channels) => channels.forEach((channel) => this.log.push(`gone ${channel.topic}`)),
            handleMessage: (channel, record) => this.log.push(`${channel.topic} ${record.sequence}`),
            handleDropped: (channel, count) => this.log.push(`dropped ${channel.topic} ${count}`),
            handleDevice: ({ device, online }) => this.log.push(`device ${device} ${online}`),
            handleMark: (id) => this.log.push(`mark ${id}`),
            handleClosed: (close) => (this.readerClose = close),
          },
        }),
    );
    this.live = this.pair.right.attach(
      (transport) =>
        new LiveEnd({
          transport,
          clock: this.clock,
          limits,
          handlers: {
            handleHello: () => this.live.welcome({ server: 's', software: 'x', features: [] }),
            handleSubscribe: (subscription) => this.log.push(`subscribe ${subscription.id} ${subscription.kind}`),
            handleUnsubscribe: (id) => this.log.push(`unsubscribe ${id}`),
            handleRequest: (request) =>
              this.live.reply({ id: request.id, state: 'rejected', code: 'DEVICE_UNKNOWN', message: 'no' }),
            handleClosed: () => undefined,
          },
        }),
    );
  }

  async opened(): Promise<this> {
    this.pair.open();
    await this.clock.advance(100);
    return this;
  }
}

describe('a reader line', () => {
  test('carries subscriptions one way and channels, messages, devices and marks the other', async () => {
    const { live, reader, clock, log } = await new Live().opened();
    reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/**' });
    await clock.advance(10);
    live.advertise([pose]);
    live.deliver(pose.id, messageRecord(7));
    live.mark(1);
    reader.unsubscribe(1);
    await clock.advance(10);
    live.unadvertise([pose.id]);
    await clock.advance(10);
    expect(log).toEqual([
      'welcome s',
      'subscribe 1 topics',
      'unsubscribe 1',
      'advertise r1 /pose',
      '/pose 7',
      'mark 1',
      'gone /pose',
    ]);
  });

  test('messages that come in one long turn of the event loop leave meanwhile, though no timer runs', async () => {
    const { live, pair, clock } = await new Live().opened();
    live.advertise([pose]);
    await clock.advance(10);
    const before = pair.right.sent.length;
    const startMs = clock.monotonicMs();
    for (let sequence = 0; sequence < 1_000; sequence++) {
      live.deliver(pose.id, messageRecord(sequence));
      clock.stall(0.05);
    }
    expect(clock.monotonicMs() - startMs).toBeCloseTo(50, 5);
    const frames = pair.right.sent.length - before;
    // One every 2 ms, 1 ms late at most; the clock is read for every eighth message.
    expect(frames).toBeGreaterThanOrEqual(14);
    expect(frames).toBeLessThanOrEqual(26);
  });

  test('a slow reader gets the newest message of each channel and is told what it missed', async () => {
    const { live, pair, clock, log } = await new Live({ windowBytes: 1_000 }).opened();
    live.advertise([pose, { ...pose, id: 2, topic: '/other' }]);
    await clock.advance(10);
    pair.right.stalled = true;
    for (let sequence = 0; sequence < 100; sequence++) {
      live.deliver(pose.id, messageRecord(sequence, 500));
      live.deliver(2, messageRecord(sequence, 500));
      await clock.advance(6);
    }
    pair.right.stalled = false;
    await clock.advance(10);
    const poses = log.filter((entry) => entry.startsWith('/pose'));
    expect(poses.length).toBeLessThan(6);
    expect(poses.at(-1)).toBe('/pose 99');
    const missed = log.find((entry) => entry.startsWith('dropped /pose'))!;
    expect(Number(missed.split(' ')[2])).toBe(100 - poses.length);
    expect(live.droppedTotal).toBe(2 * (100 - poses.length));
  });

  test('what is kept for a slow reader is bounded in bytes: the channels kept longest lose theirs, and are told', async () => {
    const { live, pair, clock, log } = await new Live({ windowBytes: 100, maxKeptBytes: 3_000 }).opened();
    const channels = Array.from({ length: 11 }, (_, id) => ({ ...pose, id, topic: `/${id}` }));
    live.advertise(channels);
    await clock.advance(10);
    pair.right.stalled = true;
    live.deliver(0, messageRecord(0, 500));
    await clock.advance(10);
    for (const { id } of channels.slice(1)) live.deliver(id, messageRecord(1, 900));
    live.deliver(1, messageRecord(2, 900));
    await clock.advance(10);
    pair.right.stalled = false;
    await clock.advance(50);
    expect(log.filter((entry) => / [12]$/.test(entry) && !entry.startsWith('dropped'))).toEqual([
      '/9 1',
      '/10 1',
      '/1 2',
    ]);
    expect(log.filter((entry) => entry.startsWith('dropped'))).toHaveLength(8);
    expect(live.droppedTotal).toBe(8);
  });

  test('a refusal comes back as a final reply', async () => {
    const { reader, clock } = await new Live().opened();
    const replies: Reply[] = [];
    reader.request(
      {
        id: 'a',
        device: 'x',
        issuer: '',
        ageMs: 0,
        deadlineMs: 1_000,
        token: 0,
        sequence: 0,
        action: { kind: 'graph' },
      },
      new Uint8Array(0),
      (reply) => replies.push(reply),
    );
    await clock.advance(10);
    expect(replies).toMatchObject([{ state: 'rejected', code: 'DEVICE_UNKNOWN' }]);
  });

  test('the same subscription twice, and too many of them, end the line', async () => {
    const twice = await new Live().opened();
    twice.reader.subscribe({ id: 1, kind: 'devices' });
    twice.reader.subscribe({ id: 1, kind: 'devices' });
    await twice.clock.advance(10);
    expect(twice.readerClose).toMatchObject({ code: 'FRAME_UNEXPECTED' });

    const many = await new Live({ maxSubscriptions: 2 }).opened();
    for (const id of [1, 2, 3]) many.reader.subscribe({ id, kind: 'devices' });
    await many.clock.advance(10);
    expect(many.readerClose).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
});
