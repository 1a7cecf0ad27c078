import { encodeHello, FrameBuilder, recordKinds } from '@longline/line';
import { FakeClock, sampleChallenge } from '@longline/testing';
import { expect, test } from 'vitest';
import { helloOf } from '../testing/FakeRobotLine.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { sessionHost } from '../testing/sessionHost.fixture.ts';
import { AgentSession } from './AgentSession.ts';

function helloFrame(device: string): Uint8Array {
  const builder = new FrameBuilder();
  builder.append(recordKinds.hello, ...encodeHello(helloOf(device), sampleChallenge));
  return builder.take();
}

test('devices that join at once, while the store is slow, do not exceed the bound together', async () => {
  const clock = new FakeClock();
  const rooms = new ServerRooms({ clock, limits: { maxDevices: 2 } });
  const store = Promise.withResolvers<number>();
  const closes: string[] = [];
  const ended: string[] = [];
  const host = sessionHost(rooms, {
    openEpoch: () => store.promise,
    handleLineEnded: (_close, device) => void ended.push(device),
  });
  for (const device of ['a', 'b', 'c']) {
    const close = (_code: number, reason: string): void => void closes.push(`${device} ${reason.split(':')[0]}`);
    new AgentSession(host, { bufferedBytes: 0, send: () => undefined, close }, '127.0.0.1').handleFrame(
      helloFrame(device),
    );
  }
  store.resolve(1);
  await clock.advance(0);
  expect(rooms.fleet.deviceCount).toBe(2);
  expect(closes).toEqual(['c DEVICE_LIMIT']);
  expect(ended).toEqual(['c']);
});
