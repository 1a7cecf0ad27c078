import { TestAgent, TestReader } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { joinRobot } from '../testing/joinRobot.ts';
import { startLockedServer } from '../testing/startLockedServer.ts';

/** What is taken away ends within so long, in milliseconds. */
const GONE_MS = 1_000;

test('a revoked operator lets go of its robot, and loses its line and its streams, within a second', async () => {
  const locked = await startLockedServer();
  const { server, api, add } = locked;
  const agent = new TestAgent(server.url, 'r1', {
    signer: await joinRobot(locked, 'r1'),
    answer: ({ request: { action, token } }) => {
      if (action.kind === 'lease.take') return [{ state: 'done' }, JSON.stringify({ token, holdMs: action.holdMs })];
      return [{ state: 'done' }, '{"motion":false}'];
    },
  });
  onTestFinished(() => agent.stop());
  await agent.welcomes.first();
  const ann = await add('ann', { devices: ['r1'] });
  const reader = new TestReader(server.url, { token: ann });
  await reader.welcomes.first();
  expect(await reader.request('r1', { kind: 'lease.take', holdMs: 60_000 })).toMatchObject({ state: 'done' });
  const standing = { kind: 'standing.set', topic: '/light', encoding: 'json', rateHz: 1, holdMs: 60_000 } as const;
  expect(await reader.request('r1', standing, { payload: '{}' })).toMatchObject({ state: 'done' });
  const watch = await fetch(`${server.url}/api/v1/devices/r1/commands/watch`, {
    headers: { authorization: `Bearer ${ann}` },
  });
  expect(watch.status).toBe(200);
  const watched = watch.text().catch(() => 'cut');

  const revokedMs = performance.now();
  await api('DELETE', '/api/v1/tokens/ann');
  const released = await agent.requests.first(({ request }) => request.action.kind === 'lease.release');
  const ended = await agent.requests.first(({ request }) => request.action.kind === 'standing.end');
  expect(await reader.closes.first()).toMatchObject({ closeCode: 4401, code: 'ACCESS_REVOKED' });
  expect(await watched).toBe('cut');
  expect(performance.now() - revokedMs).toBeLessThan(GONE_MS);
  expect([released, ended].map(({ request }) => request.issuer)).toEqual(['ann', 'ann']);
  expect((await api('GET', '/api/v1/devices/r1/lease')).body).toMatchObject({ held: false });
  expect((await api('GET', '/api/v1/audit?what=lease.released')).body).toMatchObject({
    entries: [{ principal: 'ann', device: 'r1' }],
  });
});

test('an operator whose rights shrink keeps the lease of a robot that it may still move, and no other', async () => {
  const locked = await startLockedServer();
  const { server, api, add } = locked;
  const agents = await Promise.all(
    ['r1', 'r2'].map(
      async (device) =>
        new TestAgent(server.url, device, {
          signer: await joinRobot(locked, device),
          answer: ({ request: { token } }) => [{ state: 'done' }, JSON.stringify({ token, holdMs: 60_000 })],
        }),
    ),
  );
  onTestFinished(async () => {
    for (const agent of agents) await agent.stop();
  });
  await Promise.all(agents.map((agent) => agent.welcomes.first()));
  const ann = await add('ann');
  for (const device of ['r1', 'r2']) await api('POST', `/api/v1/devices/${device}/lease`, { holdMs: 60_000 }, ann);
  await api('PUT', '/api/v1/tokens/ann', { devices: ['r1'] });
  expect((await api('GET', '/api/v1/devices/r1/lease')).body).toMatchObject({ held: true, holder: 'ann' });
  expect((await api('GET', '/api/v1/devices/r2/lease')).body).toMatchObject({ held: false });
  const renewed = await api('PUT', '/api/v1/devices/r1/lease', { holdMs: 60_000, token: 1 }, ann);
  expect(renewed.status).toBe(200);
  expect((await api('GET', '/api/v1/devices/r2/lease', undefined, ann)).body['code']).toBe('DEVICE_UNKNOWN');
});
