import { CoarseTimers, encodeHello, FrameBuilder, recordKinds } from '@longline/line';
import { FakeClock, sampleChallenge } from '@longline/testing';
import { expect, test } from 'vitest';
import { MemoryCredentialStore } from '../credentials/MemoryCredentialStore.ts';
import { RobotAdmission } from '../credentials/RobotAdmission.ts';
import { Sessions } from '../credentials/Sessions.ts';
import { FleetState } from '../fleet/FleetState.ts';
import { defaultServerLimits } from '../limits.ts';
import { helloOf } from '../testing/FakeRobotLine.ts';
import { unboundedIntake } from '../testing/unboundedIntake.ts';
import { AgentSession } from './AgentSession.ts';

function helloFrame(device: string): Uint8Array {
  const builder = new FrameBuilder();
  builder.append(recordKinds.hello, ...encodeHello(helloOf(device), sampleChallenge));
  return builder.take();
}

test('devices that join at once, while the store is slow, do not exceed the bound together', async () => {
  const clock = new FakeClock();
  const fleet = new FleetState(clock, { ...defaultServerLimits, maxDevices: 2 });
  const store = Promise.withResolvers<number>();
  const closes: string[] = [];
  const ended: string[] = [];
  const host = {
    fleet,
    admission: new RobotAdmission({ store: new MemoryCredentialStore(), name: 'n' }),
    sessions: new Sessions(),
    clock,
    lineLimits: {},
    timers: new CoarseTimers(clock),
    software: 's',
    name: 'n',
    frame: { receiveTime: 0n },
    counters: { frames: 0, bytes: 0, messages: 0, agentDropped: 0, packedBytes: 0, unpackedBytes: 0 },
    ...unboundedIntake,
    openEpoch: () => store.promise,
    handleLineOpened: () => undefined,
    handleRefusedHello: () => undefined,
    handleLineEnded: (_close: unknown, device: string) => void ended.push(device),
    handleClosed: () => undefined,
    handleFault: () => undefined,
  };
  for (const device of ['a', 'b', 'c']) {
    const close = (_code: number, reason: string): void => void closes.push(`${device} ${reason.split(':')[0]}`);
    new AgentSession(host, { bufferedBytes: 0, send: () => undefined, close }, '127.0.0.1').handleFrame(
      helloFrame(device),
    );
  }
  store.resolve(1);
  await clock.advance(0);
  expect(fleet.deviceCount).toBe(2);
  expect(closes).toEqual(['c DEVICE_LIMIT']);
  expect(ended).toEqual(['c']);
});
