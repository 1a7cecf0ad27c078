import { serviceSchema } from '@longline/ros';
import type { Action, Reply } from '@longline/line';
import { Inbox, TestAgent, TestReader } from '@longline/testing';
import type { ReceivedRequest } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { joinRobot } from '../testing/joinRobot.ts';
import { startLockedServer } from '../testing/startLockedServer.ts';
import { startTestServer } from '../testing/startTestServer.ts';

const schema = serviceSchema('std_srvs/Trigger', '---\nbool success\nstring message', 'ros1msg', () => undefined);
const service = '/far';
const advertise = { kind: 'service.advertise', service, type: 'std_srvs/Trigger' } as const;
const respond: Action = { kind: 'service.respond', service, call: 1, result: true };

/** A robot that provides whatever it is asked to. */
const obedient = ({ request: { action } }: ReceivedRequest): [Omit<Reply, 'id' | 'payload'>, string] =>
  action.kind === 'service.advertise' ? [{ state: 'done' }, JSON.stringify(schema)] : [{ state: 'done' }, '{}'];

const asked = (agent: TestAgent, kind: Action['kind']): Promise<ReceivedRequest> =>
  agent.requests.first(({ request }) => request.action.kind === kind);

const count = (agent: TestAgent, kind: Action['kind']): number =>
  agent.requests.items.filter(({ request }) => request.action.kind === kind).length;

async function startReader(url: string, token?: string): Promise<TestReader> {
  const reader = new TestReader(url, token === undefined ? {} : { token });
  onTestFinished(() => reader.socket.terminate());
  await reader.welcomes.first();
  return reader;
}

async function open() {
  const server = await startTestServer();
  const agent = new TestAgent(server.url, 'r1', { answer: obedient });
  onTestFinished(() => agent.socket.terminate());
  await agent.welcomes.first();
  return { server, agent };
}

/** The robot's node calls the service that the newest request provides. */
async function call(agent: TestAgent, number: number, payload = ''): Promise<void> {
  const { request } = await asked(agent, 'service.advertise');
  agent.reply(request.id, { state: 'called', call: number, deadlineMs: 5_000, encoding: 'ros1' }, payload);
}

test('calls flow to who provides the service, whose answers reach the robot, and nobody else’s', async () => {
  const { server, agent } = await open();
  const [provider, other] = [await startReader(server.url), await startReader(server.url)];
  const replies = new Inbox<Reply>();
  expect(await provider.request('r1', advertise, { replies })).toMatchObject({ state: 'done' });
  await call(agent, 1, 'request');
  const called = await replies.first(({ state }) => state === 'called');
  expect(called).toMatchObject({ call: 1, deadlineMs: 5_000, encoding: 'ros1' });
  expect(new TextDecoder().decode(called.payload)).toBe('request');
  const notYours = { state: 'rejected', code: 'NOT_PROVIDED' };
  expect(await other.request('r1', respond)).toMatchObject(notYours);
  expect(await other.request('r1', { kind: 'service.unadvertise', service })).toMatchObject(notYours);
  expect(await provider.request('r2', respond)).toMatchObject(notYours);
  expect(await provider.request('r1', respond, { payload: 'response' })).toMatchObject({ state: 'done' });
  expect(await provider.request('r1', respond)).toMatchObject(notYours);
  const answered = await asked(agent, 'service.respond');
  expect(new TextDecoder().decode(answered.payload)).toBe('response');
  expect([count(agent, 'service.respond'), count(agent, 'service.unadvertise')]).toEqual([1, 0]);
});

test('a service ends with its provider’s connection, and the audit has when it was provided and by whom', async () => {
  const { server, agent } = await open();
  const provider = await startReader(server.url);
  await provider.request('r1', advertise);
  provider.socket.terminate();
  await asked(agent, 'service.unadvertise');
  const audit = await fetch(`${server.url}/api/v1/audit?device=r1`);
  const { entries } = (await audit.json()) as { entries: { what: string; target: string; principal: string }[] };
  expect(entries).toMatchObject([
    { what: 'service.unadvertise', target: service },
    { what: 'service.advertise', target: service, details: { type: 'std_srvs/Trigger' } },
  ]);
  const { request } = await asked(agent, 'service.advertise');
  agent.reply(request.id, { state: 'cancelled', code: 'SERVICE_ENDED' });
});

test('a provider that comes again on a new connection takes the place of its old one, another provider does not', async () => {
  const { server, agent } = await open();
  const [old, other, fresh] = [
    await startReader(server.url),
    await startReader(server.url),
    await startReader(server.url),
  ];
  const replies = new Inbox<Reply>();
  const mine = { ...advertise, provider: 'p1' };
  await old.request('r1', mine, { replies });
  await other.request('r1', { ...advertise, provider: 'p2' });
  expect(count(agent, 'service.unadvertise')).toBe(0);
  expect(await fresh.request('r1', mine)).toMatchObject({ state: 'done' });
  expect(await replies.first(({ state }) => state === 'cancelled')).toMatchObject({ code: 'LINE_REPLACED' });
  const kinds = agent.requests.items.map(({ request }) => request.action.kind);
  expect(kinds.slice(-2)).toEqual(['service.unadvertise', 'service.advertise']);
  expect(await old.request('r1', { kind: 'service.unadvertise', service })).toMatchObject({ code: 'NOT_PROVIDED' });
});

test('a service ends with the right to provide it', async () => {
  const locked = await startLockedServer();
  const agent = new TestAgent(locked.server.url, 'r1', { answer: obedient, signer: await joinRobot(locked, 'r1') });
  onTestFinished(() => agent.socket.terminate());
  await agent.welcomes.first();
  const reader = await startReader(locked.server.url, await locked.add('ann'));
  const replies = new Inbox<Reply>();
  await reader.request('r1', advertise, { replies });
  await locked.api('PUT', '/api/v1/tokens/ann', { write: ['/other'] });
  expect((await asked(agent, 'service.unadvertise')).request).toMatchObject({ issuer: 'ann' });
  expect((await locked.api('GET', '/api/v1/audit?what=service.unadvertise')).body).toMatchObject({
    entries: [{ principal: 'ann', target: service, code: 'ACCESS_REVOKED' }],
  });
});

test('a program in the server’s process provides it on each new line of the robot, until it closes it', async () => {
  const { server, agent } = await open();
  const device = server.fleet.device('r1');
  const provided = await device.advertiseService(advertisement(), (request) => Promise.resolve(request));
  expect(provided.schema).toEqual(schema);
  await call(agent, 1, 'x');
  expect((await asked(agent, 'service.respond')).request.action).toEqual(respond);
  await agent.stop();
  const again = new TestAgent(server.url, 'r1', { answer: obedient });
  onTestFinished(() => again.socket.terminate());
  await again.welcomes.first();
  again.end.sendStatus({ ros: { state: 'connected' }, simulatedTime: false, standing: [] });
  await asked(again, 'service.advertise');
  provided.close();
  await asked(again, 'service.unadvertise');
  await expect(
    server.fleet.device('r9').advertiseService(advertisement(), () => Promise.reject(new Error())),
  ).rejects.toMatchObject({ code: 'DEVICE_UNKNOWN' });
});

const advertisement = () => ({ service, type: 'std_srvs/Trigger' });
