import { expect, test } from 'vitest';
import { fakeFleet } from './FakeLiveServer.fixture.ts';

test('a subscription that another’s listener closes while a message goes round hears it no more', async () => {
  const { clock, fleet, server } = fakeFleet();
  await clock.advance(10);
  const seen: number[] = [];
  const query = { device: 'r1', topic: '/pose' };
  fleet.subscribe(query, {
    handleMessage: ({ sequence }) => {
      if (sequence === 2) second.close();
    },
  });
  const second = fleet.subscribe(query, { handleMessage: ({ sequence }) => seen.push(sequence) });
  await clock.advance(10);
  server.publish(1);
  server.publish(2);
  await clock.advance(10);
  expect(seen).toEqual([1]);
  await fleet.close();
});
