import { expect, test } from 'vitest';
import { fakeFleet, r1 } from './FakeLiveServer.fixture.ts';

test('a callback is told every device, those known before at once, until it is disposed of', async () => {
  const { clock, fleet, server } = fakeFleet();
  const [early, late]: [string[], string[]] = [[], []];
  const stop = fleet.onDevice(({ device, online }) => early.push(`${device} ${online}`));
  expect(early).toEqual([]);
  await clock.advance(20);
  fleet.onDevice(({ device, online }) => late.push(`${device} ${online}`));
  await clock.advance(20);
  expect([early, late]).toEqual([['r1 true'], ['r1 true']]);
  stop();
  server.live!.device({ ...r1, online: false });
  await clock.advance(20);
  expect([early, late]).toEqual([['r1 true'], ['r1 true', 'r1 false']]);
  await fleet.close();
});
