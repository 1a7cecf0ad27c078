import { expect, test } from 'vitest';
import { fakeFleet, r1 } from './FakeLiveServer.fixture.ts';

test.each([
  ['does not know the device', [], 'DEVICE_UNKNOWN'],
  ['has it offline', [{ ...r1, online: false }], 'DEVICE_OFFLINE'],
  ['has it online', [r1], 'connected'],
])('of a server that comes back and %s a watcher is told just that', async (_what, devices, code) => {
  const { clock, fleet, pairs, server } = fakeFleet();
  await clock.advance(10);
  const seen: string[] = [];
  fleet.device('r1').watch({
    handleStatus: (status) => seen.push(status.state === 'connected' ? status.state : status.code),
  });
  await clock.advance(10);
  expect(seen.splice(0)).toEqual(['DEVICE_UNKNOWN', 'connected']);
  server.devices = devices;
  pairs[0]!.cut();
  await clock.advance(1_000);
  expect([...new Set(seen)]).toEqual(['SERVER_UNREACHABLE', code]);
  await fleet.close();
});
