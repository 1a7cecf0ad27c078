import { expect, test } from 'vitest';
import { r1 } from '../FakeLiveServer.fixture.ts';
import { LeaseServer } from './leaseServer.fixture.ts';

const encoder = new TextEncoder();
const wheels = { kind: 'topic', name: '/cmd_vel', delivered: true, others: ['/planner'], code: 'NOT_EXCLUSIVE' };

test('a stop needs no lease and tells what became of each output', async () => {
  const fake = new LeaseServer();
  fake.server.answer = (live, { id }) =>
    live.reply({ id, state: 'done', code: 'NOT_EXCLUSIVE' }, encoder.encode(JSON.stringify({ outputs: [wheels] })));
  const stopped = fake.fleet.device('r1').stop('/cmd_*');
  await fake.clock.advance(20);
  expect(await stopped).toMatchObject({ outputs: [wheels], waits: false, code: 'NOT_EXCLUSIVE' });
  expect(fake.asked('stop')).toMatchObject([{ token: 0, action: { kind: 'stop', outputs: '/cmd_*' } }]);
  await fake.fleet.close();
});

test('a stop that the robot has not confirmed waits on the server', async () => {
  const fake = new LeaseServer();
  fake.server.answer = (live, { id }) =>
    live.reply({ id, state: 'unknown', code: 'STOP_WAITS', message: 'r1 is not connected' });
  const stopped = fake.fleet.device('r1').stop();
  await fake.clock.advance(20);
  expect(await stopped).toEqual({ outputs: [], waits: true, code: 'STOP_WAITS', message: 'r1 is not connected' });
  expect(fake.asked('stop')).toHaveLength(1);
  await fake.fleet.close();
});

test('a stop that was under way when the connection broke is sent again', async () => {
  const fake = new LeaseServer();
  const answer = fake.server.answer;
  fake.server.answer = () => undefined;
  const stopped = fake.fleet.device('r1').stop();
  await fake.clock.advance(20);
  fake.cut();
  fake.server.answer = answer;
  await fake.clock.advance(2_000);
  expect(await stopped).toMatchObject({ outputs: [] });
  expect(fake.asked('stop')).toHaveLength(2);
  await fake.fleet.close();
});

test('a stop of many robots reaches each of them, whatever becomes of one', async () => {
  const fake = new LeaseServer();
  fake.server.devices = Array.from({ length: 250 }, (_, at) => ({ ...r1, device: `r${String(at).padStart(3, '0')}` }));
  fake.server.devices.push({ ...r1, device: 'other' });
  fake.server.answer = (live, { device, id }) =>
    device === 'r007'
      ? live.reply({ id, state: 'rejected', code: 'AGENT_STOPPED', message: 'the agent stops' })
      : live.reply({ id, state: 'done' }, encoder.encode('{"outputs":[]}'));
  const stopped = fake.fleet.stop('r*');
  await fake.clock.advance(100);
  const results = await stopped;
  expect(results.map(({ device }) => device)).toEqual(fake.server.devices.slice(0, 250).map(({ device }) => device));
  expect(results.filter((result) => 'error' in result)).toMatchObject([
    { device: 'r007', error: { code: 'AGENT_STOPPED' } },
  ]);
  await fake.fleet.close();
});
