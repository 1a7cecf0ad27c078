import { expect, test } from 'vitest';
import { fakeFleet } from '../FakeLiveServer.fixture.ts';

const encoder = new TextEncoder();

test('a command has the ID of its maker, and its outcome is the robot’s word', async () => {
  const { clock, fleet, server } = fakeFleet();
  server.answer = (live, { id }) =>
    live.reply({ id, state: 'done', robotMs: 7 }, encoder.encode('{"big":9007199254740993}'));
  const spec = { kind: 'call', service: '/count', request: { from: 1 } } as const;
  const done = fleet.device('r1').command(spec, { id: 'mine', deadlineMs: 700 });
  await clock.advance(20);
  expect(await done).toEqual({ id: 'mine', state: 'done', robotMs: 7, result: { big: 9007199254740993n } });
  expect(server.requests).toMatchObject([
    { header: { id: 'mine', deadlineMs: 700, action: { kind: 'call', service: '/count' } }, text: '{"from":1}' },
  ]);
  await fleet.close();
});

test('whoever waits for the robot to have it does not wait for the end', async () => {
  const { clock, fleet, server } = fakeFleet();
  server.answer = (live, { id }) => live.reply({ id, state: 'received', robotMs: 7 });
  const received = fleet.device('r1').command({ kind: 'setParameter', name: '/x', value: 1 }, { waitFor: 'received' });
  await clock.advance(20);
  expect(await received).toMatchObject({ state: 'received', robotMs: 7 });
  await fleet.close();
});

test('a refusal is an outcome, also where receiving was waited for', async () => {
  const { clock, fleet, server } = fakeFleet();
  server.answer = (live, { id }) => live.reply({ id, state: 'rejected', code: 'NOT_ALLOWED', message: 'no' });
  const spec = { kind: 'publish', topic: '/x', message: {}, type: 'std_msgs/Empty' } as const;
  const refused = fleet.device('r1').command(spec, { waitFor: 'received' });
  await clock.advance(20);
  expect(await refused).toMatchObject({ state: 'rejected', code: 'NOT_ALLOWED', message: 'no' });
  await fleet.close();
});

test.each(['', 'x'.repeat(129)])('an ID of %j is refused before it could end the line', async (id) => {
  const { fleet } = fakeFleet();
  const refused = fleet.device('r1').command({ kind: 'setParameter', name: '/x', value: 1 }, { id });
  await expect(refused).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
  await fleet.close();
});
