import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestAgent, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { DoorClient } from '../doors/DoorClient.fixture.ts';
import { joinRobot } from '../testing/joinRobot.ts';
import { int64Schema } from '../testing/schemas.ts';
import { startLockedServer } from '../testing/startLockedServer.ts';
import { askers, startAskedServer, strangers } from './Askers.fixture.ts';
import type { AskedServer } from './Askers.fixture.ts';
import { readingKinds } from './everyAction.fixture.ts';

type Op = Readonly<Record<string, unknown>>;

/** Every op of rosbridge: those that want something of the robot, and those that ask or are of the connection itself. */
const rosbridgeOps: Readonly<Record<string, { readonly commands: boolean; readonly op: Op }>> = {
  advertise: { commands: true, op: { topic: '/advertised', type: 'std_msgs/Int64' } },
  unadvertise: { commands: false, op: { topic: '/t' } },
  publish: { commands: true, op: { topic: '/published', type: 'std_msgs/Int64', msg: { data: 1 } } },
  subscribe: { commands: false, op: { topic: '/t', type: 'std_msgs/Int64' } },
  unsubscribe: { commands: false, op: { topic: '/t' } },
  call_service: { commands: true, op: { service: '/called', args: {} } },
  advertise_service: { commands: true, op: { service: '/s', type: 'std_srvs/Trigger' } },
  unadvertise_service: { commands: false, op: { service: '/s' } },
  service_response: { commands: false, op: { service: '/s', id: 'x', values: {}, result: true } },
  send_action_goal: { commands: false, op: { action: '/a', action_type: 'a/B', id: 'x', args: {} } },
  cancel_action_goal: { commands: false, op: { action: '/a', id: 'x' } },
  advertise_action: { commands: true, op: { action: '/a', type: 'a/B' } },
  unadvertise_action: { commands: false, op: { action: '/a' } },
  action_feedback: { commands: false, op: { action: '/a', id: 'x', values: {} } },
  action_result: { commands: false, op: { action: '/a', id: 'x', values: {}, status: 4, result: true } },
  fragment: {
    commands: true,
    op: {
      id: 'f',
      num: 0,
      total: 1,
      data: JSON.stringify({ op: 'publish', topic: '/fragment', type: 'std_msgs/Int64', msg: { data: 2 } }),
    },
  },
  set_level: { commands: false, op: { level: 'info' } },
  status: { commands: false, op: { level: 'info', msg: 'x' } },
  auth: { commands: false, op: {} },
};

/** Every op of Foxglove, as above. */
const foxgloveOps: Readonly<Record<string, { readonly commands: boolean; readonly op: Op }>> = {
  subscribe: { commands: false, op: { subscriptions: [{ id: 1, channelId: 1 }] } },
  unsubscribe: { commands: false, op: { subscriptionIds: [1] } },
  advertise: {
    commands: true,
    op: { channels: [{ id: 1, topic: '/t', encoding: 'json', schemaName: 'std_msgs/Int64' }] },
  },
  unadvertise: { commands: false, op: { channelIds: [7] } },
  getParameters: { commands: false, op: { parameterNames: [] } },
  setParameters: { commands: true, op: { parameters: [{ name: '/t', value: 2 }], id: 'set' } },
  subscribeParameterUpdates: { commands: false, op: { parameterNames: ['/t'] } },
  unsubscribeParameterUpdates: { commands: false, op: { parameterNames: ['/t'] } },
  subscribeConnectionGraph: { commands: false, op: {} },
  unsubscribeConnectionGraph: { commands: false, op: {} },
  fetchAsset: { commands: false, op: { uri: 'package://a', requestId: 1 } },
};

/** The services of rosapi that change something. */
const changingServices: readonly [service: string, args: Op][] = [
  ['/rosapi/set_param', { name: '/t', value: '2' }],
  ['rosapi/delete_param', { name: '/t' }],
];

const doors = ['rosbridge', 'foxglove'] as const;

const opsOf = (file: string): string[] => {
  const text = readFileSync(join(import.meta.dirname, '../../../bridges/src', file), 'utf8');
  return [...text.matchAll(/\bop: z\.literal\('(\w+)'\)/g)].map(([, op = '']) => op).sort();
};

async function openedBy(server: AskedServer, asker: 'a viewer' | 'an operator', door: string): Promise<DoorClient> {
  const client = new DoorClient(server.locked.server, { door, token: server.tokenOf(asker) });
  expect(await client.opening).toBe('open');
  return client;
}

/** Kinds of what the robot was asked that changes something. */
const changes = (robot: TestAgent): string[] =>
  robot.requests.items
    .map(({ request }) => request.action.kind)
    .filter((kind) => !readingKinds.includes(kind) && kind !== 'topic.unadvertise');

/** All that a client heard, as text. */
const heard = ({ ops, frames }: DoorClient): string =>
  JSON.stringify(ops.items) + frames.items.map((frame) => frame.toString('latin1')).join('');

/** Both ends have done all that was sent before. */
async function settled(client: DoorClient, door: string): Promise<void> {
  if (door === 'rosbridge') {
    await client.call('/rosapi/get_time');
    return;
  }
  client.send({ op: 'getParameters', parameterNames: [], id: 'settled' });
  await client.next(({ id }) => id === 'settled');
}

test('every op of both doors is in this test', () => {
  expect(Object.keys(rosbridgeOps).sort()).toEqual(opsOf('rosbridgeDoor/ClientOp.ts'));
  expect(Object.keys(foxgloveOps).sort()).toEqual(opsOf('foxgloveDoor/clientOp.ts'));
});

test.each(askers.flatMap((asker) => doors.map((door) => [asker, door] as const)))(
  '%s opens the %s door only with a token that is valid, of a device that it covers',
  async (asker, door) => {
    const server = await startAskedServer();
    const token = server.tokenOf(asker);
    const code = strangers.get(asker);
    const covered = asker === 'an operator of other devices' ? '404 DEVICE_UNKNOWN' : 'open';
    const expected = code === undefined ? covered : `401 ${code}`;
    expect(await new DoorClient(server.locked.server, { door, token }).opening).toBe(expected);
    // Whether there is such a device is told to nobody who may not know.
    const absent = await new DoorClient(server.locked.server, { door, token, device: 'r9' }).opening;
    expect(absent).toBe(code === undefined ? '404 DEVICE_UNKNOWN' : `401 ${code}`);
  },
);

test('a ticket opens one door', async () => {
  const { locked, tokenOf } = await startAskedServer();
  const { body } = await locked.api('POST', '/api/v1/tickets', undefined, tokenOf('a viewer'));
  const query = `?ticket=${String(body['ticket'])}`;
  expect(await new DoorClient(locked.server, { query }).opening).toBe('open');
  expect(await new DoorClient(locked.server, { query }).opening).toBe('401 TICKET_UNKNOWN');
  const inUrl = `?token=${tokenOf('a viewer')}`;
  expect(await new DoorClient(locked.server, { query: inUrl }).opening).toBe('400 TOKEN_IN_URL');
});

test('by rosbridge a viewer changes nothing, whatever the op; each is refused with a word', async () => {
  const server = await startAskedServer();
  const viewer = await openedBy(server, 'a viewer', 'rosbridge');
  for (const [name, { commands, op }] of Object.entries(rosbridgeOps)) {
    viewer.ops.clear();
    viewer.send({ id: `own-${name}`, ...op, op: name });
    if (commands) await viewer.next((answer) => JSON.stringify(answer).includes('FORBIDDEN'));
  }
  for (const [service, args] of changingServices) {
    expect(await viewer.call(service, args)).toMatchObject({
      result: false,
      values: expect.stringContaining('FORBIDDEN') as unknown,
    });
  }
  await settled(viewer, 'rosbridge');
  expect(changes(server.robot)).toEqual([]);
});

test('by Foxglove a viewer changes nothing, whatever the op, and is offered no more', async () => {
  const server = await startAskedServer();
  const viewer = await openedBy(server, 'a viewer', 'foxglove');
  const { capabilities } = await viewer.next(({ op }) => op === 'serverInfo');
  expect(capabilities).not.toContain('clientPublish');
  expect(capabilities).not.toContain('services');
  for (const [name, { op }] of Object.entries(foxgloveOps)) viewer.send({ ...op, op: name });
  viewer.socket.send(Buffer.from([1, 1, 0, 0, 0, ...Buffer.from('{"data":1}')]));
  viewer.socket.send(Buffer.from([2, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, ...Buffer.from('json{}')]));
  await viewer.next(({ op, message }) => op === 'status' && String(message).includes('FORBIDDEN'));
  await settled(viewer, 'foxglove');
  expect(changes(server.robot)).toEqual([]);
});

test('an operator is let in at every op', async () => {
  const server = await startAskedServer();
  const operator = await openedBy(server, 'an operator', 'rosbridge');
  for (const [name, { op }] of Object.entries(rosbridgeOps)) operator.send({ id: `own-${name}`, ...op, op: name });
  for (const [service, args] of changingServices) {
    expect(await operator.call(service, args)).toMatchObject({ result: true });
  }
  const foxglove = await openedBy(server, 'an operator', 'foxglove');
  for (const [name, { op }] of Object.entries(foxgloveOps)) foxglove.send({ ...op, op: name });
  await settled(foxglove, 'foxglove');
  const kinds = ['topic.advertise', 'publish', 'call', 'service.advertise', 'parameter.set', 'parameter.delete'];
  await waitFor(() => kinds.every((kind) => changes(server.robot).includes(kind)));
  expect(heard(operator)).not.toContain('FORBIDDEN');
  expect(heard(foxglove)).not.toContain('FORBIDDEN');
});

test('whose token is revoked, and whose rights change, is out of both doors at once', async () => {
  const { locked } = await startAskedServer();
  for (const door of doors) {
    const token = await locked.add(`ann-${door}`, {});
    const client = new DoorClient(locked.server, { door, token });
    await client.opening;
    await locked.api('DELETE', `/api/v1/tokens/ann-${door}`);
    expect(await client.closed).toMatch(/^4401 ACCESS_REVOKED: /);
    const changed = await locked.add(`bob-${door}`, {});
    const other = new DoorClient(locked.server, { door, token: changed });
    await other.opening;
    await locked.api('PUT', `/api/v1/tokens/bob-${door}`, { role: 'viewer' });
    expect(await other.closed).toMatch(/^4403 RIGHTS_CHANGED: /);
  }
});

/** A robot with a topic, a service and a parameter that not everybody may see, and a reader who may not. */
async function withSecrets(door: string): Promise<{ client: DoorClient; robot: TestAgent }> {
  const locked = await startLockedServer();
  const names = ['/t', '/lights', '/secret'];
  const node = { publishers: ['/driver'], subscribers: [] };
  const graph = {
    rosVersion: 1,
    topics: names.map((name) => ({ name, type: 'std_msgs/Int64', ...node })),
    services: names.map((name) => ({ name, type: 'std_srvs/Trigger', providers: [`${name}_node`] })),
  };
  const robot = new TestAgent(locked.server.url, 'r1', {
    signer: await joinRobot(locked, 'r1'),
    answer: ({ request: { action } }) => {
      const noFields = { name: 'x', encoding: 'ros1msg', text: '' };
      const payloads: Record<string, unknown> = {
        graph,
        'parameter.list': { names },
        'parameter.get': 'name' in action && action.name === '/secret' ? 'hidden' : 1,
        'schema.message': int64Schema,
        'schema.service': { name: 'std_srvs/Trigger', request: noFields, response: noFields },
      };
      return [{ state: 'done', encoding: 'json' }, JSON.stringify(payloads[action.kind] ?? {})];
    },
  });
  onTestFinished(() => robot.stop());
  await robot.welcomes.first();
  const secret = robot.advertise(2, '/secret', int64Schema);
  robot.send(secret, { data: BigInt(`0x${Buffer.from('neddihhi').toString('hex')}`) });
  robot.send(robot.advertise(1, '/t', int64Schema), { data: 1n });
  await waitFor(
    () => locked.server.fleet.device('r1').latest('/t') && locked.server.fleet.device('r1').latest('/secret'),
  );
  const token = await locked.add('limited', { devices: ['r*'], read: ['/t'], write: ['/lights'] });
  const client = new DoorClient(locked.server, { door, token });
  expect(await client.opening).toBe('open');
  return { client, robot };
}

test('by rosbridge a reader hears no byte of what it may not see', async () => {
  const { client } = await withSecrets('rosbridge');
  const { values } = await client.call('/rosapi/topics_and_raw_types');
  expect((values as { topics: string[] }).topics).toContain('/t');
  const lists = ['topics', 'services', 'nodes', 'get_param_names', 'topics_for_type', 'services_for_type'];
  for (const service of lists) await client.call(`/rosapi/${service}`, { type: 'std_msgs/Int64' });
  await client.call('/rosapi/node_details', { node: '/driver' });
  client.send({ op: 'subscribe', topic: '/t' });
  await client.next(({ op }) => op === 'publish');
  expect(heard(client)).not.toContain('secret');
  client.send({ op: 'subscribe', topic: '/secret', type: 'std_msgs/Int64' });
  client.send({ op: 'subscribe', topic: '/secret', compression: 'cbor-raw' });
  expect(await client.call('/rosapi/get_param', { name: '/secret', default_value: '' })).not.toMatchObject({
    values: { value: '"hidden"' },
  });
  expect(await client.call('/rosapi/topic_type', { topic: '/secret' })).toMatchObject({ values: { type: '' } });
  expect(await client.call('/rosapi/service_type', { service: '/secret' })).toMatchObject({ values: { type: '' } });
  expect(await client.call('/secret')).toMatchObject({ result: false });
  await settled(client, 'rosbridge');
  expect(heard(client)).not.toContain('hidden');
  expect(client.ops.items.filter(({ op, topic }) => op === 'publish' && topic === '/secret')).toEqual([]);
  expect(client.frames.items).toEqual([]);
});

test('by Foxglove a reader hears no byte of what it may not see', async () => {
  const { client } = await withSecrets('foxglove');
  client.send({ op: 'subscribeConnectionGraph' });
  client.send({ op: 'getParameters', parameterNames: [], id: 'all' });
  await client.next(({ id }) => id === 'all');
  await client.next(({ op }) => op === 'connectionGraphUpdate');
  const { services } = await client.next(({ op }) => op === 'advertiseServices');
  expect((services as { name: string }[]).map(({ name }) => name).sort()).toEqual(['/lights', '/t']);
  for (let channelId = 0; channelId < 20; channelId++) {
    client.send({ op: 'subscribe', subscriptions: [{ id: 100 + channelId, channelId }] });
  }
  await client.frames.first();
  await settled(client, 'foxglove');
  expect(heard(client)).not.toContain('secret');
  client.send({ op: 'getParameters', parameterNames: ['/secret'], id: 'one' });
  client.send({ op: 'subscribeParameterUpdates', parameterNames: ['/secret'] });
  await settled(client, 'foxglove');
  expect(heard(client)).not.toContain('hidden');
  expect(heard(client)).not.toContain('ihhidden');
});
