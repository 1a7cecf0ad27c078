import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@longline/ros';
import { Inbox, TestAgent, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { Server } from '../startServer.ts';
import { commandRecord } from '../store/commandRecord.fixture.ts';
import { openDatabase } from '../store/sqlite/openDatabase.ts';
import { SqliteCommandStore } from '../store/sqlite/SqliteCommandStore.ts';
import { SqliteStopStore } from '../store/sqlite/SqliteStopStore.ts';
import { startTestServer } from '../testing/startTestServer.ts';

const command = z.looseObject({ id: z.string(), state: z.string(), code: z.string().optional(), order: z.number() });
const listed = z.object({ commands: z.array(command) });
const audited = z.object({ entries: z.array(z.looseObject({ what: z.string(), order: z.number() })) });
const path = '/api/v1/devices/r1/commands';

async function ask(
  server: Server,
  path: string,
  method = 'GET',
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(server.url + path, { method, headers, ...given });
  return { status: response.status, json: await response.json() };
}

const list = async (server: Server, query = ''): Promise<z.infer<typeof command>[]> =>
  listed.parse((await ask(server, path + query)).json).commands;

/** A robot that calls `/s` and lets `/slow` wait. */
async function robot(server: Server): Promise<TestAgent> {
  const agent: TestAgent = new TestAgent(server.url, 'r1', {
    answer: ({ request: { action } }) =>
      action.kind === 'call' && action.service === '/slow' ? undefined : [{ state: 'done', robotMs: 5 }, '{"ok":true}'],
  });
  await agent.welcomes.first();
  return agent;
}

async function away(server: Server, agent: TestAgent): Promise<void> {
  await agent.stop();
  await waitFor(() => !server.fleet.device('r1').online);
}

const call = (service: string, more: object = {}): object => ({ kind: 'call', service, ...more });

test('a command for an absent robot waits, is listed, and is done when the robot is back', async () => {
  const server = await startTestServer();
  await away(server, await robot(server));
  expect(await ask(server, path, 'POST', call('/s'))).toMatchObject({ status: 409, json: { code: 'DEVICE_OFFLINE' } });
  const done = ask(server, path, 'POST', call('/s', { id: 'a', whenOffline: 'wait', deadlineMs: 60_000 }));
  await waitFor(async () => (await list(server, '?state=accepted')).length === 1);
  await robot(server);
  expect(await done).toMatchObject({ status: 200, json: { id: 'a', state: 'done', result: { ok: true } } });
});

test('a command that waits can be taken back, one that was sent cannot', async () => {
  const server = await startTestServer();
  const agent = await robot(server);
  await ask(server, path, 'POST', call('/slow', { id: 'sent', waitFor: 'accepted' }));
  expect(await ask(server, `${path}/sent`, 'DELETE')).toMatchObject({
    status: 409,
    json: { code: 'COMMAND_UNDER_WAY' },
  });
  await away(server, agent);
  const waiting = call('/s', { id: 'a', whenOffline: 'wait', waitFor: 'accepted' });
  expect(await ask(server, path, 'POST', waiting)).toMatchObject({ status: 202, json: { state: 'accepted' } });
  expect(await ask(server, `${path}/a`, 'DELETE')).toMatchObject({ status: 200, json: { state: 'cancelled' } });
  expect(await ask(server, `${path}/none`, 'DELETE')).toMatchObject({ status: 404, json: { code: 'COMMAND_UNKNOWN' } });
});

test('what moves a robot does not wait', async () => {
  const server = await startTestServer();
  await away(server, await robot(server));
  const standing = await server.fleet
    .device('r1')
    .setStanding({ topic: '/t', message: {}, rateHz: 1, holdMs: 500 }, { whenOffline: 'wait' })
    .catch((error: unknown) => error);
  expect(standing).toMatchObject({ code: 'COMMAND_CANNOT_WAIT' });
});

test('an answer may be had when the robot has the command', async () => {
  const server = await startTestServer();
  const agent = await robot(server);
  const received = ask(server, path, 'POST', call('/slow', { id: 'a', waitFor: 'received' }));
  await agent.requests.first();
  agent.reply('a', { state: 'received', robotMs: 1_000 });
  expect(await received).toMatchObject({
    status: 202,
    json: { state: 'received', receivedRobotTime: '1970-01-01T00:00:01.000Z' },
  });
});

test('the list has filters and pages', async () => {
  const server = await startTestServer();
  await robot(server);
  for (const id of ['a', 'b', 'c']) await ask(server, path, 'POST', call('/s', { id }));
  await ask(server, path, 'POST', { kind: 'setParameter', name: '/p', value: 1, id: 'p' });
  const ids = async (query: string): Promise<string[]> => (await list(server, query)).map(({ id }) => id);
  expect(await ids('')).toEqual(['p', 'c', 'b', 'a']);
  expect(await ids('?kind=setParameter')).toEqual(['p']);
  expect(await ids('?state=failed')).toEqual([]);
  expect(await ids('?issuer=local&limit=1')).toEqual(['p']);
  const [, second] = await list(server, '?limit=2');
  expect(await ids(`?before=${second?.order}`)).toEqual(['b', 'a']);
  expect(await ask(server, `${path}?limit=0`)).toMatchObject({ status: 400, json: { code: 'REQUEST_INVALID' } });
  expect(await ask(server, `${path}?kind=dance`)).toMatchObject({ status: 400, json: { code: 'REQUEST_INVALID' } });
});

test('each transition is told to who watches, until they leave', async () => {
  const server = await startTestServer();
  const agent = await robot(server);
  const response = await fetch(`${server.url}${path}/watch`);
  expect(response.headers.get('content-type')).toContain('application/x-ndjson');
  const lines = new Inbox<{ id: string; state: string }>();
  const reading = (async () => {
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += new TextDecoder().decode(bytes);
      const whole = text.split('\n');
      text = whole.pop() ?? '';
      for (const line of whole) if (line !== '') lines.add(command.parse(JSON.parse(line)));
    }
  })().catch(() => undefined);
  const done = ask(server, path, 'POST', call('/slow', { id: 'a' }));
  await agent.requests.first();
  agent.reply('a', { state: 'received' });
  agent.reply('a', { state: 'done' }, '{}');
  await done;
  await waitFor(() => lines.items.length === 3);
  expect(lines.items.map(({ state }) => state)).toEqual(['sent', 'received', 'done']);
  await server.stop();
  await reading;
});

test('the audit is asked with filters, and exported line by line', async () => {
  const server = await startTestServer();
  await robot(server);
  for (let n = 0; n < 3; n++) await ask(server, path, 'POST', call('/s', { id: `c${n}` }));
  const entries = async (query: string): Promise<z.infer<typeof audited>['entries']> =>
    audited.parse((await ask(server, `/api/v1/audit${query}`)).json).entries;
  expect(await entries('?device=r1&principal=local&what=command&limit=2')).toMatchObject([
    { what: 'command', target: '/s', outcome: 'done', details: { id: 'c2', kind: 'call' } },
    { details: { id: 'c1' } },
  ]);
  expect(await entries('?to=2020-01-01T00:00:00Z')).toEqual([]);
  expect(await entries('?from=2020-01-01T00:00:00Z&before=2')).toHaveLength(1);
  expect(await ask(server, '/api/v1/audit?from=yesterday')).toMatchObject({
    status: 400,
    json: { code: 'REQUEST_INVALID' },
  });
  const response = await fetch(`${server.url}/api/v1/audit`, { headers: { accept: 'application/x-ndjson' } });
  const lines = (await response.text()).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ order: 3 }, { order: 2 }, { order: 1 }]);
});

test('a server that starts again has the history, and learns from the robot what became of open commands', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'longline-server-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const first = await startTestServer({ dataDir });
  const agent = await robot(first);
  await ask(first, path, 'POST', call('/s', { id: 'done' }));
  await ask(first, path, 'POST', call('/slow', { id: 'open', waitFor: 'accepted' }));
  await agent.requests.first();
  await first.stop();

  const second = await startTestServer({ dataDir });
  expect(await list(second)).toMatchObject([
    { id: 'open', state: 'unknown', code: 'LINE_CLOSED' },
    { id: 'done', state: 'done' },
  ]);
  expect(await ask(second, '/api/v1/devices/r2/commands')).toMatchObject({
    status: 404,
    json: { code: 'DEVICE_UNKNOWN' },
  });
  const back = await robot(second);
  const { request } = await back.requests.first();
  expect(request).toMatchObject({ id: 'open' });
  expect(request.ageMs).toBeGreaterThanOrEqual(request.deadlineMs);
  back.reply('open', { state: 'done' }, '{"late":true}');
  await waitFor(async () => (await list(second))[0]?.state === 'done');
  expect(await ask(second, path, 'POST', call('/s', { id: 'done' }))).toMatchObject({
    status: 200,
    json: { result: { ok: true } },
  });
  await expect(startTestServer({ dataDir })).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
});

test('what a killed server left open is unknown to the next, and its stops come before everything', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'longline-server-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const database = await openDatabase(dataDir);
  const killed = new SqliteCommandStore(database, systemClock);
  const stops = new SqliteStopStore(database, systemClock);
  const times = { acceptedMs: Date.now(), sentMs: Date.now() };
  killed.put(commandRecord({ order: killed.nextOrder(), id: 'c', state: 'sent', payload: Uint8Array.of(1), times }));
  await stops.put({ id: 's', device: 'r1', outputs: undefined, by: 'ann', sinceMs: Date.now() });
  await stops.close();
  killed.close();

  const server = await startTestServer({ dataDir });
  expect(await list(server)).toMatchObject([{ id: 'c', state: 'unknown', code: 'SERVER_RESTARTED' }]);
  const agent = await robot(server);
  await waitFor(() => agent.requests.items.length === 2);
  expect(agent.requests.items.map(({ request }) => request.action.kind)).toEqual(['stop', 'call']);
  await waitFor(async () => (await list(server)).find(({ id }) => id === 'c')?.state === 'done');
});
