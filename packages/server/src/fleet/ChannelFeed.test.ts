import type { AdvertisedChannel } from '@longline/line';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { messageRecord } from '../testing/messageRecord.ts';
import { int64Schema } from '../testing/schemas.ts';
import { ByteBudget } from './ByteBudget.ts';
import { ChannelFeed } from './ChannelFeed.ts';
import { ChannelState } from './ChannelState.ts';
import type { ChannelOwner } from './ChannelState.ts';
import { RecordSlab } from './RecordSlab.ts';

const advertised: AdvertisedChannel = {
  id: 1,
  topic: '/a',
  schema: int64Schema,
  encoding: 'ros1',
  latched: false,
  lane: 'telemetry',
  delivery: 'latest',
};

const owner: ChannelOwner = {
  id: 'r1',
  latestBytes: new ByteBudget(10_000),
  records: new RecordSlab(),
  handleWanted: () => undefined,
};

function setUp(): {
  clock: FakeClock;
  channel: ChannelState;
  feed: ChannelFeed;
  seen: string[];
  dropped: number[];
  send: (sequence: number) => void;
} {
  const clock = new FakeClock();
  const channel = new ChannelState(owner, 1, advertised, 1);
  const seen: string[] = [];
  const dropped: number[] = [];
  const feed = new ChannelFeed(channel, clock, {
    deliver: (_channel, { sequence }) => void seen.push(`${sequence}@${clock.monotonicMs()}`),
    dropped: (_channel, count) => void dropped.push(count),
  });
  const send = (sequence: number): void => channel.handleMessage(messageRecord(new Uint8Array(8), sequence), 1n);
  return { clock, channel, feed, seen, dropped, send };
}

test('the first message passes at once, the newest at the end of each interval', async () => {
  const { clock, feed, seen, dropped, send } = setUp();
  feed.add('s', 10);
  for (let i = 0; i < 25; i++) {
    send(i);
    await clock.advance(10);
  }
  await clock.advance(1_000);
  expect(seen).toEqual(['0@0', '9@100', '19@200', '24@300']);
  expect(dropped).toEqual([8]);
  send(25);
  expect(seen.at(-1)).toBe('25@1250');
  expect(dropped).toEqual([8, 13]);
});

test('the highest rate of its subscriptions is its rate, and it changes with them', async () => {
  const { clock, feed, seen, send } = setUp();
  feed.add('slow', 1);
  feed.add('quick', undefined);
  send(0);
  send(1);
  expect(seen).toEqual(['0@0', '1@0']);
  feed.remove('quick');
  send(2);
  send(3);
  await clock.advance(999);
  expect(seen).toEqual(['0@0', '1@0', '2@0']);
  await clock.advance(1);
  expect(seen.at(-1)).toBe('3@1000');
  expect(feed.size).toBe(1);
});

test('a closed feed delivers nothing and leaves no timer', async () => {
  const { clock, feed, seen, send } = setUp();
  feed.add('s', 1);
  send(0);
  send(1);
  feed.close();
  send(2);
  await clock.advance(5_000);
  expect(seen).toEqual(['0@0']);
  expect(clock.pendingTimers).toBe(0);
});

test('a feed that another reader closes while it handles a message delivers nothing more and leaves no timer', async () => {
  const { clock, channel, feed, seen, send } = setUp();
  let closesFirst = (): void => undefined;
  const closing = new ChannelFeed(channel, clock, { deliver: () => closesFirst(), dropped: () => undefined });
  closing.add('s', undefined);
  const limited = new ChannelFeed(channel, clock, {
    deliver: (_channel, { sequence }) => void seen.push(`limited ${sequence}`),
    dropped: () => undefined,
  });
  limited.add('s', 1);
  send(1);
  closesFirst = () => limited.close();
  send(2);
  channel.handleDropped(1);
  await clock.advance(5_000);
  expect(seen).toEqual(['1@0', 'limited 1', '2@0']);
  expect(clock.pendingTimers).toBe(0);
  feed.close();
});
