import { expect, test } from 'vitest';
import { fakeFleet, r1Line } from './FakeLiveServer.fixture.ts';

test('the line of a device is asked for once, and an unknown device refused', async () => {
  const { clock, server, fleet } = fakeFleet();
  const line = fleet.device('r1').line();
  const unknown = fleet
    .device('r2')
    .line()
    .catch((error: unknown) => error);
  await clock.advance(100);
  expect(await line).toEqual(r1Line);
  expect(await unknown).toMatchObject({ code: 'DEVICE_UNKNOWN' });
  expect(server.log).toEqual(['subscribe 1 line of r1 once', 'subscribe 2 line of r2 once']);
  await fleet.close();
});

test('a watched line is told again and again, by two watchers with one subscription, also after a reconnect', async () => {
  const { clock, server, fleet, pairs } = fakeFleet();
  const seen: number[] = [];
  const stop = new AbortController();
  const watch = async (): Promise<void> => {
    for await (const { reconnects } of fleet.device('r1').watchLine({ signal: stop.signal })) seen.push(reconnects);
  };
  const [first, second] = [watch(), watch()];
  await clock.advance(100);
  server.live?.deviceLine({ ...r1Line, reconnects: 1 });
  server.live?.deviceLine({ ...r1Line, device: 'r2', reconnects: 9 });
  await clock.advance(100);
  expect(seen).toEqual([0, 0, 1, 1]);
  pairs[0]!.cut();
  await clock.advance(5_000);
  expect(seen.length).toBe(6);
  stop.abort();
  await Promise.all([first, second]);
  await clock.advance(100);
  expect(server.log.filter((line) => line.includes('subscribe'))).toEqual([
    'subscribe 1 line of r1',
    'subscribe 1 line of r1',
    'unsubscribe 1',
  ]);
  await fleet.close();
});
