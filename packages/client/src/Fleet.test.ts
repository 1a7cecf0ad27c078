import type { Message } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { fakeFleet, messageRecord, poseChannel, r1 } from './FakeLiveServer.fixture.ts';
import type { FleetStatus } from './StatusStream.ts';

describe('connection', () => {
  test('connects in the background, reconnects with growing jittered pauses, and tells each step', async () => {
    const { clock, fleet, pairs } = fakeFleet();
    const states: string[] = [];
    fleet.onStatus((status) => states.push(describeStatus(status)));
    await clock.advance(100);
    await fleet.ready();
    pairs[0]!.cut();
    await clock.advance(199);
    expect(pairs).toHaveLength(1);
    await clock.advance(100);
    expect(pairs).toHaveLength(2);
    expect(states).toEqual(['connected fake', 'disconnected SERVER_UNREACHABLE 200', 'connecting', 'connected fake']);
    pairs[1]!.cut();
    expect(states.at(-1)).toBe('disconnected SERVER_UNREACHABLE 400');
    await clock.advance(10_500);
    pairs[2]!.cut();
    expect(states.at(-1)).toBe('disconnected SERVER_UNREACHABLE 200');
    await fleet.close();
    expect(states.at(-1)).toBe('closed');
    expect(clock.pendingTimers).toBe(0);
  });

  test('a listener that closes the fleet when it connects again leaves no connection behind', async () => {
    const { clock, fleet, pairs } = fakeFleet();
    await clock.advance(100);
    fleet.onStatus(({ state }) => void (state === 'connecting' && fleet.close()));
    pairs[0]!.cut();
    await clock.advance(20_000);
    expect(pairs).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('what waits ends when the fleet is closed, and later calls are refused', async () => {
    const { clock, fleet } = fakeFleet();
    await clock.advance(10);
    const statuses = (async () => {
      const seen: string[] = [];
      for await (const { state } of fleet.status) seen.push(state);
      return seen;
    })();
    const request = fleet.device('r1').getParameter('/x');
    request.catch(() => undefined);
    const loop = (async () => {
      for await (const message of fleet.device('r1').messages('/**')) return message.channel.topic;
      return 'ended';
    })();
    await clock.advance(10);
    await Promise.all([fleet.close(), fleet.close()]);
    await expect(loop).resolves.toBe('ended');
    await expect(request).rejects.toMatchObject({ code: 'LINE_CLOSED' });
    await expect(statuses).resolves.toEqual(['connected', 'closed']);
    await expect(fleet.ready()).rejects.toMatchObject({ code: 'FLEET_CLOSED' });
    await clock.advance(1);
    expect(() => fleet.subscribe({ device: '*', topic: '/**' }, { handleMessage: () => undefined })).toThrow(
      /was closed here/,
    );
    expect(clock.pendingTimers).toBe(0);
  });

  test('a server that is never reached is named when the deadline passes', async () => {
    const { clock, fleet, pairs } = fakeFleet();
    await clock.advance(10);
    pairs[0]!.cut();
    const ready = fleet.ready({ deadlineMs: 100 });
    ready.catch(() => undefined);
    await clock.advance(100);
    await expect(ready).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('memory') as string,
    });
    await fleet.close();
  });
});

describe('devices', () => {
  test('are told now and at every change; a record of an older epoch changes nothing', async () => {
    const { clock, fleet, server } = fakeFleet();
    await clock.advance(10);
    const devices = fleet.devices();
    await clock.advance(10);
    await expect(devices).resolves.toEqual([r1]);
    const stop = new AbortController();
    const seen: string[] = [];
    const loop = (async () => {
      for await (const { device, online, epoch } of fleet.watchDevices({ signal: stop.signal }))
        seen.push(`${device} ${online} ${epoch}`);
    })();
    server.live!.device({ ...r1, epoch: 3 });
    await clock.advance(10);
    server.live!.device({ ...r1, online: false, epoch: 2 });
    await clock.advance(10);
    server.live!.device({ ...r1, online: false, epoch: 3 });
    await clock.advance(10);
    stop.abort();
    await loop;
    expect(seen).toEqual(['r1 true 1', 'r1 true 3', 'r1 false 3']);
    await fleet.close();
  });

  test('a server that restarted with lower epochs is believed, and devices it does not know are gone', async () => {
    const { clock, fleet, pairs, server } = fakeFleet();
    server.devices = [
      { ...r1, epoch: 9 },
      { ...r1, device: 'r2' },
    ];
    const first = fleet.devices();
    await clock.advance(20);
    expect((await first).map(({ device }) => device)).toEqual(['r1', 'r2']);
    pairs[0]!.cut();
    server.devices = [{ ...r1, online: false, epoch: 1 }];
    await clock.advance(1_000);
    expect(await fleet.devices()).toEqual([{ ...r1, online: false, epoch: 1 }]);
    await expect(fleet.device('r2').record()).rejects.toMatchObject({ code: 'DEVICE_UNKNOWN' });
    await fleet.close();
  });

  test('a watched device handle tells lost servers, absent devices and absent ROS apart', async () => {
    const { clock, fleet, pairs, server } = fakeFleet();
    await clock.advance(10);
    const seen: string[] = [];
    fleet.device('r1').watch({
      handleStatus: (status) => seen.push(status.state === 'connected' ? status.state : status.code),
    });
    await clock.advance(10);
    server.live!.device({ ...r1, status: { ...r1.status, ros: { state: 'disconnected', code: 'ROS_UNREACHABLE' } } });
    await clock.advance(10);
    server.live!.device({ ...r1, online: false });
    await clock.advance(10);
    pairs[0]!.cut();
    expect(seen).toEqual(['DEVICE_UNKNOWN', 'connected', 'ROS_UNREACHABLE', 'DEVICE_OFFLINE', 'SERVER_UNREACHABLE']);
    await fleet.close();
  });
});

describe('messages', () => {
  test('identical subscriptions share one on the line, and a late one gets the last value', async () => {
    const { clock, fleet, server } = fakeFleet();
    await clock.advance(10);
    const [first, second]: [number[], number[]] = [[], []];
    const query = { device: 'r1', topic: '/pose' };
    const one = fleet.subscribe(query, { handleMessage: ({ sequence }) => first.push(sequence) });
    await clock.advance(10);
    server.publish(1);
    await clock.advance(10);
    const two = fleet.subscribe(query, { handleMessage: ({ sequence }) => second.push(sequence) });
    await clock.advance(10);
    server.publish(2);
    await clock.advance(10);
    expect([first, second]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    one.close();
    one.close();
    await clock.advance(10);
    expect(server.log).toEqual(['subscribe 1 r1 /pose']);
    two.close();
    await clock.advance(10);
    expect(server.log).toEqual(['subscribe 1 r1 /pose', 'unsubscribe 1']);
    await fleet.close();
  });

  test('subscriptions are made again after a reconnect, and a repeated last value is delivered once', async () => {
    const { clock, fleet, pairs, server } = fakeFleet();
    await clock.advance(10);
    const seen: string[] = [];
    fleet.subscribe(
      { device: '*', topic: '/**' },
      {
        handleMessage: ({ sequence }, device) => seen.push(`${device} ${sequence}`),
        handleChannel: ({ topic }) => seen.push(`channel ${topic}`),
        handleProblem: () => seen.push('problem'),
      },
    );
    await clock.advance(10);
    server.publish(1);
    await clock.advance(10);
    pairs[0]!.cut();
    await clock.advance(500);
    server.publish(2);
    await clock.advance(10);
    expect(seen).toEqual(['channel /pose', 'r1 1', 'problem', 'r1 2']);
    await fleet.close();
  });

  test('a changed definition is told before the first message that has it', async () => {
    const { clock, fleet, server } = fakeFleet();
    await clock.advance(10);
    const seen: string[] = [];
    fleet.subscribe(
      { device: 'r1', topic: '/pose' },
      {
        handleMessage: ({ channel }) => seen.push(`message ${channel.schema.text}`),
        handleChannel: ({ schema }) => seen.push(`channel ${schema.text}`),
        handleDropped: (count, device, topic) => seen.push(`dropped ${device} ${topic} ${count}`),
      },
    );
    await clock.advance(10);
    server.live!.advertise([poseChannel]);
    server.live!.advertise([{ ...poseChannel, schema: { ...poseChannel.schema, text: 'float32 y' } }]);
    server.publish(1);
    server.live!.dropped(poseChannel.id, 4);
    await clock.advance(10);
    expect(seen).toEqual(['channel float32 x', 'channel float32 y', 'message float32 y', 'dropped r1 /pose 4']);
    await fleet.close();
  });

  test('a slower subscription beside a faster one is thinned here, the newest kept', async () => {
    const { clock, fleet, server } = fakeFleet();
    await clock.advance(10);
    const [fast, slow]: [number[], number[]] = [[], []];
    fleet.subscribe({ device: 'r1', topic: '/pose' }, { handleMessage: ({ sequence }) => fast.push(sequence) });
    fleet.subscribe(
      { device: 'r1', topic: '/pose', rateHz: 1 },
      { handleMessage: ({ sequence }) => slow.push(sequence) },
    );
    await clock.advance(10);
    for (let sequence = 0; sequence < 10; sequence++) {
      server.publish(sequence);
      await clock.advance(10);
    }
    await clock.advance(1_000);
    expect(fast).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(slow).toEqual([0, 9]);
    await fleet.close();
  });

  test('a slow loop gets the newest and the count of the others', async () => {
    const { clock, fleet, server } = fakeFleet();
    await clock.advance(10);
    const stream = fleet.device('r1').messages('/pose', { bufferMessages: 3 });
    const loop = stream[Symbol.asyncIterator]();
    const first = loop.next();
    await clock.advance(10);
    for (let sequence = 0; sequence < 10; sequence++) server.publish(sequence);
    server.live!.dropped(poseChannel.id, 5);
    await clock.advance(10);
    const got: (Message | undefined)[] = [(await first).value];
    for (let i = 0; i < 2; i++) got.push((await loop.next()).value);
    expect(got.map((message) => message?.sequence)).toEqual([7, 8, 9]);
    expect(stream.dropped).toBe(12);
    await loop.return(undefined);
    await clock.advance(10);
    expect(server.log.at(-1)).toBe('unsubscribe 1');
    await fleet.close();
  });

  test('latest and channels answer from the server, topics of many devices too', async () => {
    const { clock, fleet, server } = fakeFleet();
    server.last.set(poseChannel.id, messageRecord(5));
    const device = fleet.device('r1');
    const answers = Promise.all([device.latest('/pose'), device.latest('/none'), device.channels(), fleet.topics()]);
    await clock.advance(20);
    const [pose, none, channels, topics] = await answers;
    expect(pose?.sequence).toBe(5);
    expect(pose?.value).toEqual({ x: expect.any(Number) as number });
    expect(none).toBeUndefined();
    expect(channels.map(({ topic }) => topic)).toEqual(['/pose']);
    expect(topics).toEqual([{ device: 'r1', channel: expect.objectContaining({ topic: '/pose' }) as unknown }]);
    server.last.set(poseChannel.id, messageRecord(6));
    const again = device.latest('/pose');
    await clock.advance(20);
    expect((await again)?.sequence).toBe(6);
    await fleet.close();
  });

  test.each([0, -1, Number.NaN, 20_000])('a rate of %d is refused before it could end the line', async (rateHz) => {
    const { fleet } = fakeFleet();
    expect(() => fleet.subscribe({ device: '*', topic: '/x', rateHz }, { handleMessage: () => undefined })).toThrow(
      expect.objectContaining({ code: 'PARAMETER_INVALID' }),
    );
    await fleet.close();
  });

  test('more different subscriptions than a line can have are refused; the same ones again are not', async () => {
    const { fleet } = fakeFleet();
    const listener = { handleMessage: () => undefined };
    for (let i = 0; i < 1_000; i++) fleet.subscribe({ device: 'r1', topic: `/t${i}` }, listener);
    expect(() => fleet.subscribe({ device: 'r1', topic: '/more' }, listener)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    fleet.subscribe({ device: 'r1', topic: '/t1' }, listener);
    await fleet.close();
  });

  test("ages follow the robot's clock as server and line measured it", async () => {
    const { clock, fleet, server } = fakeFleet();
    server.devices = [{ ...r1, clock: { offsetMs: 60_000, errorMs: 1, roundTripMs: 2 } }];
    const device = fleet.device('r1');
    const record = device.record();
    await clock.advance(100);
    await record;
    const robotNowNs = clock.wallNs() + 60_000_000_000n;
    server.last.set(poseChannel.id, messageRecord(1, { logTime: robotNowNs - 250_000_000n }));
    const latest = device.latest('/pose');
    await clock.advance(50);
    const message = await latest;
    expect(device.ageMs(message!)).toBeCloseTo(300, 0);
    await fleet.close();
  });
});

function describeStatus(status: FleetStatus): string {
  if (status.state === 'connected') return `connected ${status.server}`;
  return status.state === 'disconnected' ? `disconnected ${status.code} ${status.retryInMs}` : status.state;
}
