import type { ServiceCallRequest } from '@foxglove/ws-protocol';
import { codecFor } from '@longline/ros';
import type { Channel, GraphSnapshot, GraphStatus, Message, RosGraph, Schema } from '@longline/ros';
import { freePort, waitFor } from '@longline/testing';
import { afterEach, expect, test } from 'vitest';
import { openFoxglove } from './openFoxglove.ts';
import { startFoxgloveServer } from './startFoxgloveServer.fixture.ts';
import type { ServedRobot, ServeOptions } from './startFoxgloveServer.fixture.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const float64: Schema = { name: 'std_msgs/Float64', encoding: 'ros1msg', text: 'float64 data\n' };
const level = { topic: '/level', encoding: 'ros1', schemaName: float64.name, schema: float64.text };
const float = (data: number): Uint8Array<ArrayBuffer> => Uint8Array.from(codecFor(float64, 'ros1').encode({ data }));
const ros1 = { capabilities: ['clientPublish', 'services', 'parameters'], supportedEncodings: ['ros1', 'json'] };

async function serve(options: ServeOptions = {}): Promise<ServedRobot> {
  const served = await startFoxgloveServer(options);
  open.push(() => served.close());
  return served;
}

/** A graph on a served robot, its states, and the lines of its log. */
function openAt(port: number) {
  const logged: string[] = [];
  const handleLine = (details: object): void => void logged.push(JSON.stringify(details));
  const log = { debug: handleLine, info: handleLine, warn: handleLine, error: handleLine };
  const graph: RosGraph = openFoxglove({ url: `foxglove://127.0.0.1:${port}`, random: () => 1, log });
  open.push(() => graph.close());
  const states: GraphStatus[] = [];
  const graphs: GraphSnapshot[] = [];
  graph.watch({ handleStatus: (status) => states.push(status), handleGraph: (snapshot) => graphs.push(snapshot) });
  const connected = (): Promise<boolean> => waitFor(() => states.at(-1)?.state === 'connected');
  return { graph, states, graphs, logged, connected };
}

async function openServed(options: ServeOptions = {}) {
  const served = await serve(options);
  const opened = openAt(served.port);
  await opened.connected();
  return { ...served, ...opened };
}

/** A reader that keeps what it is told. */
function reader() {
  const channels: Channel[] = [];
  const messages: Message[] = [];
  const problems: string[] = [];
  return {
    channels,
    messages,
    problems,
    handleChannel: (channel: Channel) => channels.push(channel),
    handleMessage: (message: Message) => messages.push(message),
    handleProblem: (error: Error & { code?: string }) => problems.push(error.code ?? error.message),
  };
}

test('a topic is read with its definition, its bytes and the time that the server gives', async () => {
  const { server, graph, subscribed } = await openServed();
  const id = server.addChannel(level);
  const heard = reader();
  await graph.subscribe({ topic: '/level' }, heard);
  await waitFor(() => subscribed.has(id));
  server.sendMessage(id, 1_700_000_000_123_456_789n, float(2.5));
  await waitFor(() => heard.messages.length > 0);
  expect(heard.channels).toEqual([{ topic: '/level', encoding: 'ros1', schema: float64, latched: false }]);
  expect(heard.messages[0]).toMatchObject({ sequence: 0, logTime: 1_700_000_000_123_456_789n });
  expect(heard.messages[0]?.data).toEqual(float(2.5));
  expect(await graph.snapshot()).toEqual({
    rosVersion: 1,
    topics: [{ name: '/level', type: 'std_msgs/Float64', publishers: [], subscribers: [] }],
    services: [],
  });
});

test.each(['foxglove.sdk.v1', 'foxglove.websocket.v1'])(
  'a server that speaks only %s is understood',
  async (protocol) => {
    const { states } = await openServed({ protocol });
    expect(states.at(-1)).toEqual({ state: 'connected' });
  },
);

test('a server that speaks neither is told as unreachable, with what to look at', async () => {
  const { port } = await serve({ protocol: 'other' });
  const { states, graph } = openAt(port);
  await waitFor(() => states.length > 1);
  expect(states.at(-1)).toMatchObject({
    state: 'disconnected',
    code: 'ROS_UNREACHABLE',
    reason: expect.stringContaining('Is foxglove_bridge running there') as string,
  });
  await expect(graph.snapshot()).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
});

test('several readers of a topic have one subscription at the server, which ends with the last of them', async () => {
  const { server, graph, subscribed, logged } = await openServed();
  const id = server.addChannel(level);
  const [first, second] = [reader(), reader()];
  const subscriptions = [
    await graph.subscribe({ topic: '/level' }, first),
    await graph.subscribe({ topic: '/level' }, second),
  ];
  await waitFor(() => subscribed.has(id));
  server.sendMessage(id, 1n, float(1));
  await waitFor(() => first.messages.length > 0 && second.messages.length > 0);
  expect(first.messages[0]).toBe(second.messages[0]);
  subscriptions[0]?.close();
  server.sendMessage(id, 2n, float(2));
  await waitFor(() => second.messages.length > 1);
  expect(first.messages).toHaveLength(1);
  subscriptions[1]?.close();
  await waitFor(() => !subscribed.has(id));
  expect(logged).toEqual([]);
});

test('a topic that comes late, goes and comes back under another ID is read without a word to the reader but one', async () => {
  const { server, graph, subscribed, logged } = await openServed();
  const heard = reader();
  await graph.subscribe({ topic: '/level' }, heard);
  expect(heard.problems).toEqual(['TOPIC_UNKNOWN']);
  const first = server.addChannel(level);
  await waitFor(() => subscribed.has(first));
  server.sendMessage(first, 1n, float(1));
  await waitFor(() => heard.messages.length === 1);
  server.removeChannel(first);
  const second = server.addChannel(level);
  await waitFor(() => subscribed.has(second));
  server.sendMessage(second, 2n, float(2));
  await waitFor(() => heard.messages.length === 2);
  expect(heard.messages.map(({ sequence }) => sequence)).toEqual([0, 1]);
  expect(heard.channels).toHaveLength(1);
  expect(logged).toEqual([]);
});

test('a server that restarts with other channel IDs has every subscription and advertisement again', async () => {
  const port = await freePort();
  const before = await startFoxgloveServer({ ...ros1, port });
  before.server.addChannel(level);
  const { graph, states, connected } = openAt(port);
  await connected();
  const heard = reader();
  await graph.subscribe({ topic: '/level' }, heard);
  const publisher = await graph.advertise({ topic: '/order', type: 'std_msgs/Float64' });
  await waitFor(() => before.subscribed.size > 0);
  await before.close();
  await waitFor(() => states.at(-1)?.state === 'disconnected');
  await expect(publisher.publish(float(1))).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
  const after = await serve({ ...ros1, port });
  after.server.addChannel({ ...level, topic: '/other' });
  const id = after.server.addChannel(level);
  await waitFor(() => after.subscribed.has(id));
  after.server.sendMessage(id, 5n, float(5));
  await waitFor(() => heard.messages.length > 0);
  expect(heard.channels).toHaveLength(1);
  const published: Uint8Array[] = [];
  after.server.on('message', ({ data }) =>
    published.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
  await publisher.publish(float(7));
  await waitFor(() => published.length > 0);
  expect(published[0]).toEqual(float(7));
});

test('of several channels of one topic the newest is read, and that is said', async () => {
  const { server, graph, subscribed, logged } = await openServed();
  const heard = reader();
  await graph.subscribe({ topic: '/level' }, heard);
  const first = server.addChannel(level);
  await waitFor(() => subscribed.has(first));
  const second = server.addChannel({ ...level, schemaName: 'std_msgs/Int8', schema: 'int8 data\n' });
  await waitFor(() => subscribed.has(second) && !subscribed.has(first));
  expect(heard.channels.map(({ schema }) => schema.name)).toEqual(['std_msgs/Float64', 'std_msgs/Int8']);
  expect(logged.join()).toContain('several channels');
  server.removeChannel(second);
  await waitFor(() => subscribed.has(first));
  expect(heard.channels.at(-1)?.schema.name).toBe('std_msgs/Float64');
});

test('channels in other encodings are named once and do not hide the others; JSON is read as it is', async () => {
  const { server, graph, subscribed, logged } = await openServed();
  const protobuf = { topic: '/image', encoding: 'protobuf', schemaName: 'foxglove.Image', schema: 'AAAA' };
  server.addChannel(protobuf);
  const id = server.addChannel({ topic: '/state', encoding: 'json', schemaName: 'State', schema: '{"type":"object"}' });
  const [image, state] = [reader(), reader()];
  await graph.subscribe({ topic: '/image' }, image);
  await graph.subscribe({ topic: '/state' }, state);
  await waitFor(() => subscribed.has(id));
  server.sendMessage(id, 1n, new TextEncoder().encode('{"speed":1.5}'));
  await waitFor(() => state.messages.length > 0);
  expect(state.messages[0]?.json).toBe('{"speed":1.5}');
  expect(image.problems).toContain('NOT_SUPPORTED');
  expect(logged).toHaveLength(1);
  const { topics } = await graph.snapshot();
  expect(topics.map(({ name, type }) => [name, type])).toEqual([
    ['/image', 'foxglove.Image'],
    ['/state', 'State'],
  ]);
});

test('what is published arrives byte for byte, in the encoding that the server takes', async () => {
  const { server, graph } = await openServed(ros1);
  const advertised: string[] = [];
  const published: Uint8Array[] = [];
  server.on('advertise', ({ topic, encoding, schemaName }) => advertised.push(`${topic} ${encoding} ${schemaName}`));
  server.on('message', ({ data }) => published.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
  const publisher = await graph.advertise({ topic: '/turtle1/cmd_vel', type: 'geometry_msgs/msg/Twist' });
  expect(publisher).toMatchObject({ encoding: 'ros1', schema: { name: 'geometry_msgs/Twist' } });
  const data = codecFor(publisher.schema, 'ros1').encode({ linear: { x: 1.5 } });
  expect(await publisher.publish(data)).toEqual({ subscribers: undefined });
  await waitFor(() => published.length > 0);
  expect(advertised).toEqual(['/turtle1/cmd_vel ros1 geometry_msgs/Twist']);
  expect(published[0]).toEqual(data);
  await expect(publisher.publish(data.subarray(0, 3))).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  publisher.close();
  await expect(publisher.publish(data)).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
});

test('a server that takes only JSON is given JSON, and NaN is refused', async () => {
  const { server, graph } = await openServed({
    ...ros1,
    supportedEncodings: ['json'],
    metadata: { ROS_DISTRO: 'noetic' },
  });
  const published: string[] = [];
  server.on('message', ({ data }) => published.push(new TextDecoder().decode(data)));
  const publisher = await graph.advertise({ topic: '/level', type: 'std_msgs/Float64' });
  await publisher.publish(float(2.5));
  await waitFor(() => published.length > 0);
  expect(published).toEqual(['{"data":2.5}']);
  await expect(publisher.publish(float(Number.NaN))).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});

test('what a server does not offer is refused with what it lacks', async () => {
  const { graph } = await openServed({ supportedEncodings: ['ros1'] });
  const lacks = (capability: string): unknown =>
    expect.objectContaining({ code: 'NOT_SUPPORTED', message: expect.stringContaining(capability) as string });
  await expect(graph.advertise({ topic: '/a', type: 'std_msgs/Bool' })).rejects.toEqual(lacks('clientPublish'));
  await expect(graph.listParameters()).rejects.toEqual(lacks('parameters'));
  await expect(graph.callService({ service: '/a', data: new Uint8Array() })).rejects.toMatchObject({
    code: 'SERVICE_UNKNOWN',
  });
  const refused = graph.advertiseService({ service: '/a', type: 'std_srvs/Trigger' }, () =>
    Promise.reject(new Error()),
  );
  await expect(refused).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});

test('a type that the server describes nowhere and that is not common is unknown; one inside another is known', async () => {
  const { server, graph } = await openServed(ros1);
  const separator = '='.repeat(80);
  const parts = [
    'Twist twist',
    separator,
    'MSG: a_msgs/Twist',
    'Speed speed',
    separator,
    'MSG: a_msgs/Speed',
    'int8 a',
    '',
  ];
  server.addChannel({ topic: '/a', encoding: 'ros1', schemaName: 'a_msgs/Odometry', schema: parts.join('\n') });
  await waitFor(async () => (await graph.snapshot()).topics.length > 0);
  await expect(graph.messageSchema('a_msgs/Nothing')).rejects.toMatchObject({ code: 'TYPE_UNKNOWN' });
  const twist = await graph.messageSchema('a_msgs/msg/Twist');
  expect(codecFor(twist, 'ros1').encode({ speed: { a: 7 } })).toEqual(new Uint8Array([7]));
  expect((await graph.messageSchema('a_msgs/Odometry')).text).toBe(parts.join('\n'));
  await expect(graph.advertise({ topic: '/a', type: 'std_msgs/Bool' })).rejects.toMatchObject({
    code: 'TYPE_MISMATCH',
  });
});

const setBool = {
  name: '/enable',
  type: 'std_srvs/SetBool',
  request: { encoding: 'ros1', schemaName: 'std_srvs/SetBool_Request', schemaEncoding: 'ros1msg', schema: 'bool data' },
  response: {
    encoding: 'ros1',
    schemaName: 'std_srvs/SetBool_Response',
    schemaEncoding: 'ros1msg',
    schema: 'bool success\nstring message',
  },
};

test.each([
  ['with request and response', setBool],
  [
    'with requestSchema and responseSchema',
    {
      name: '/enable',
      type: 'std_srvs/SetBool',
      requestSchema: 'bool data',
      responseSchema: 'bool success\nstring message',
    },
  ],
])('a service described %s is called side by side, and its failures are told', async (_, service) => {
  const { server, graph } = await openServed(ros1);
  server.addService(service);
  const schema = await waitFor(() => graph.serviceSchema('/enable').catch(() => undefined));
  const response = codecFor(schema.response, 'ros1').encode({ success: true, message: 'on' });
  const asked: ServiceCallRequest[] = [];
  server.on('serviceCallRequest', (request, connection) => {
    asked.push(request);
    if (asked.length < 3) return;
    for (const { serviceId, callId } of asked.toReversed()) {
      if (callId === asked[0]?.callId)
        server.sendServiceCallFailure(
          { op: 'serviceCallFailure', serviceId, callId, message: 'motors are hot' },
          connection,
        );
      else if (callId === asked[1]?.callId)
        server.sendServiceCallResponse(
          { serviceId, callId, encoding: 'ros1', data: new DataView(response.slice().buffer) },
          connection,
        );
      else
        server.sendServiceCallResponse(
          { serviceId, callId, encoding: 'ros1', data: new DataView(new ArrayBuffer(2)) },
          connection,
        );
    }
  });
  const data = codecFor(schema.request, 'ros1').encode({ data: true });
  const calls = [1, 2, 3].map(() => graph.callService({ service: '/enable', data }));
  const [failed, answered, unreadable] = await Promise.allSettled(calls);
  expect(failed).toMatchObject({
    reason: { code: 'SERVICE_FAILED', message: expect.stringContaining('motors are hot') as string },
  });
  expect(answered).toEqual({ status: 'fulfilled', value: response });
  expect(unreadable).toMatchObject({ reason: { code: 'SERVICE_FAILED' } });
  const bad = graph.callService({ service: '/enable', data: new Uint8Array() });
  await expect(bad).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
});

test('a call without an answer ends at its deadline, by its signal, or with the connection', async () => {
  const served = await openServed(ros1);
  const { server, graph } = served;
  server.addService(setBool);
  await waitFor(() => graph.serviceSchema('/enable').catch(() => undefined));
  const call = { service: '/enable', data: new Uint8Array([1]) };
  await expect(graph.callService(call, { deadlineMs: 30 })).rejects.toMatchObject({ code: 'ROS_TIMEOUT' });
  const abort = new AbortController();
  const aborted = graph.callService(call, { signal: abort.signal });
  abort.abort(new Error('no longer wanted'));
  await expect(aborted).rejects.toThrow('no longer wanted');
  const lost = graph.callService(call);
  served.cut();
  await expect(lost).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
});

test('parameters are listed, read, set and deleted; what the server keeps is told as refused', async () => {
  const { server, graph } = await openServed({ ...ros1, metadata: { ROS_DISTRO: 'humble' } });
  const kept = new Map<string, { value: unknown; type?: string }>([
    ['/robot.count', { value: 5 }],
    ['/robot.max_speed', { value: 2, type: 'float64' }],
    ['/robot.nested.blob', { value: 'AQI=', type: 'byte_array' }],
    ['/robot.fixed', { value: 'a' }],
  ]);
  const known = (names: Iterable<string>): { name: string; value: never }[] =>
    [...names].flatMap((name) =>
      kept.has(name) ? [{ name, ...kept.get(name) } as { name: string; value: never }] : [],
    );
  server.on('getParameters', ({ parameterNames, id }, connection) => {
    server.publishParameterValues(known(parameterNames.length > 0 ? parameterNames : kept.keys()), id, connection);
  });
  const set: unknown[] = [];
  server.on('setParameters', ({ parameters, id }, connection) => {
    for (const { name, ...rest } of parameters) {
      set.push({ name, ...rest });
      if (rest.value === undefined && name === '/robot.count') kept.delete(name);
      else if (name !== '/robot.fixed' && rest.value !== undefined) kept.set(name, rest);
    }
    server.publishParameterValues(known(parameters.map(({ name }) => name)), id, connection);
  });
  expect(await graph.listParameters()).toEqual([
    '/robot:count',
    '/robot:fixed',
    '/robot:max_speed',
    '/robot:nested.blob',
  ]);
  expect(await graph.getParameter('/robot:count')).toBe(5);
  expect(await graph.getParameter('/robot:nested.blob')).toEqual(new Uint8Array([1, 2]));
  await expect(graph.getParameter('/robot:nothing')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  await graph.setParameter('/robot:max_speed', 3);
  expect(set.at(-1)).toEqual({ name: '/robot.max_speed', value: 3, type: 'float64' });
  await graph.setParameter('/robot:nested.blob', new Uint8Array([9]));
  expect(await graph.getParameter('/robot:nested.blob')).toEqual(new Uint8Array([9]));
  await expect(graph.setParameter('/robot:fixed', 'b')).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
  await expect(graph.setParameter('/robot:max_speed', Number.NaN)).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
  await graph.deleteParameter('/robot:count');
  await expect(graph.deleteParameter('/robot:count')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  await expect(graph.deleteParameter('/robot:fixed')).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});

test('a closed graph refuses everything and may be closed again', async () => {
  const { graph, server, subscribed } = await openServed(ros1);
  const id = server.addChannel(level);
  await graph.subscribe({ topic: '/level' }, reader());
  await waitFor(() => subscribed.has(id));
  await graph.close();
  await graph.close();
  await waitFor(() => !subscribed.has(id));
  await expect(graph.snapshot()).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
  await expect(graph.subscribe({ topic: '/level' }, reader())).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
  expect(() => openFoxglove({ url: 'http://robot' })).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
});
