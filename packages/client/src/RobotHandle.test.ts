import { expect, test } from 'vitest';
import { fakeFleet } from './FakeLiveServer.fixture.ts';

const encoder = new TextEncoder();

test('a service is called with values, and integers keep their digits both ways', async () => {
  const { clock, fleet, server } = fakeFleet();
  server.answer = (live, { id }) => live.reply({ id, state: 'done' }, encoder.encode('{"sum":9007199254740995}'));
  const sum = fleet.device('r1').call('/add', { a: 9007199254740993n, b: 2 }, { deadlineMs: 700 });
  await clock.advance(20);
  await expect(sum).resolves.toEqual({ sum: 9007199254740995n });
  expect(server.requests).toMatchObject([
    {
      header: { deadlineMs: 700, action: { kind: 'call', service: '/add', encoding: 'json' } },
      text: '{"a":9007199254740993,"b":2}',
    },
  ]);
  await fleet.close();
});

test('a call that the robot refuses rejects with its code and words', async () => {
  const { clock, fleet, server } = fakeFleet();
  server.answer = (live, { id }) =>
    live.reply({ id, state: 'rejected', code: 'NOT_ALLOWED', message: 'allow.call does not have /dock' });
  const call = fleet.device('r1').call('/dock');
  call.catch(() => undefined);
  await clock.advance(20);
  await expect(call).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: 'allow.call does not have /dock' });
  expect(server.requests[0]?.text).toBe('{}');
  await fleet.close();
});
