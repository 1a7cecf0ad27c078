import { describe, expect, test } from 'vitest';
import { fakeFleet, messageRecord, poseChannel } from './FakeLiveServer.fixture.ts';

const otherPose = { ...poseChannel, id: 8, device: 'r2' };

describe('the latest of many', () => {
  test('one question brings the last message of every device and topic that match, sorted', async () => {
    const { clock, fleet, server } = fakeFleet();
    server.channels = [otherPose, poseChannel];
    server.last.set(otherPose.id, messageRecord(2)).set(poseChannel.id, messageRecord(1));
    const latest = fleet.latest('*', '/pose');
    await clock.advance(20);
    const found = (await latest).map(({ device, message }) => `${device} ${message.channel.topic} ${message.sequence}`);
    expect(found).toEqual(['r1 /pose 1', 'r2 /pose 2']);
    expect(server.log).toEqual(['subscribe 1 * /pose once']);
    await fleet.close();
  });

  test('it rejects at the deadline and when its signal aborts, and leaves no subscription behind', async () => {
    const { clock, fleet, pairs, server } = fakeFleet();
    await clock.advance(10);
    pairs[0]!.cut();
    const stop = new AbortController();
    const answers = Promise.allSettled([
      fleet.latest('*', '/**', { deadlineMs: 50 }),
      fleet.latest('*', '/**', { signal: stop.signal }),
    ]);
    stop.abort(new Error('no longer wanted'));
    await clock.advance(50);
    expect(await answers).toMatchObject([
      { status: 'rejected', reason: { code: 'SERVER_UNREACHABLE' } },
      { status: 'rejected', reason: { message: 'no longer wanted' } },
    ]);
    await clock.advance(1_000);
    expect(server.log.filter((line) => line.startsWith('subscribe'))).toEqual([]);
    await fleet.close();
  });
});

describe('the messages of many', () => {
  test('a loop gets those of every device, each with its device, and ends with its signal', async () => {
    const { clock, fleet, server } = fakeFleet();
    server.channels = [poseChannel, otherPose];
    const stop = new AbortController();
    const seen: string[] = [];
    const loop = (async () => {
      const stream = fleet.messages('*', '/pose', { rateHz: 10, signal: stop.signal });
      for await (const { device, message } of stream) seen.push(`${device} ${message.sequence}`);
    })();
    await clock.advance(20);
    server.publish(1);
    server.publish(2, otherPose.id);
    await clock.advance(20);
    stop.abort();
    await loop;
    await clock.advance(20);
    expect(seen).toEqual(['r1 1', 'r2 2']);
    expect(server.log).toEqual(['subscribe 1 * /pose 10 Hz', 'unsubscribe 1']);
    await fleet.close();
  });

  test('drops of any of them are counted', async () => {
    const { clock, fleet, server } = fakeFleet();
    const stream = fleet.messages('*', '/pose', { bufferMessages: 1 });
    const loop = stream[Symbol.asyncIterator]();
    const first = loop.next();
    await clock.advance(20);
    for (const sequence of [1, 2, 3]) server.publish(sequence);
    server.live!.dropped(poseChannel.id, 4);
    await clock.advance(20);
    expect((await first).value).toMatchObject({ device: 'r1', message: { sequence: 3 } });
    expect(stream.dropped).toBe(6);
    await fleet.close();
  });
});

describe('the mark', () => {
  test('stands between what existed and what is new, and again after each reconnect', async () => {
    const { clock, fleet, pairs, server } = fakeFleet();
    server.last.set(poseChannel.id, messageRecord(1));
    const told: string[] = [];
    fleet.subscribe(
      { device: '*', topic: '/**' },
      { handleMessage: ({ sequence }) => told.push(String(sequence)), handleMark: () => told.push('mark') },
    );
    await clock.advance(20);
    server.publish(2);
    await clock.advance(20);
    pairs[0]!.cut();
    server.last.set(poseChannel.id, messageRecord(3));
    await clock.advance(1_000);
    server.publish(4);
    await clock.advance(20);
    expect(told).toEqual(['1', 'mark', '2', '3', 'mark', '4']);
    await fleet.close();
  });

  test('a subscription that shares another one’s place on the line has its own, after its last values', async () => {
    const { clock, fleet, server } = fakeFleet();
    server.last.set(poseChannel.id, messageRecord(1));
    const query = { device: 'r1', topic: '/pose' };
    fleet.subscribe(query, { handleMessage: () => undefined });
    await clock.advance(20);
    const told: string[] = [];
    fleet.subscribe(query, {
      handleMessage: ({ sequence }) => told.push(String(sequence)),
      handleMark: () => told.push('mark'),
    });
    await clock.advance(20);
    expect(told).toEqual(['1', 'mark']);
    await fleet.close();
  });

  test('one that is closed by its first message hears of none', async () => {
    const { clock, fleet, server } = fakeFleet();
    server.last.set(poseChannel.id, messageRecord(1));
    const query = { device: 'r1', topic: '/pose' };
    fleet.subscribe(query, { handleMessage: () => undefined });
    await clock.advance(20);
    const told: string[] = [];
    const closing = fleet.subscribe(query, {
      handleMessage: () => {
        told.push('message');
        closing.close();
      },
      handleMark: () => told.push('mark'),
    });
    await clock.advance(20);
    expect(told).toEqual(['message']);
    await fleet.close();
  });
});

test('`using` ends subscriptions, device handles and fleets', async () => {
  const { clock, fleet, server } = fakeFleet();
  await clock.advance(10);
  {
    await using scope = fleet;
    {
      using subscription = scope.subscribe({ device: 'r1', topic: '/pose' }, { handleMessage: () => undefined });
      await using device = scope.device('r1');
      void device.channels().catch(() => undefined);
      await Promise.all([subscription.marked, clock.advance(20)]);
    }
    await clock.advance(20);
    expect(server.log.slice(2)).toEqual(['unsubscribe 2', 'unsubscribe 1']);
  }
  expect(fleet.status.current).toEqual({ state: 'closed' });
  await clock.advance(20);
  expect(clock.pendingTimers).toBe(0);
});
