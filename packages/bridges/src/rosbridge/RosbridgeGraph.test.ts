import { codecFor, parseJsonExact } from '@longline/ros';
import type { Channel, GraphSnapshot, GraphStatus, Message, RosGraph } from '@longline/ros';
import { FakeClock, freePort } from '@longline/testing';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { DISCOVERY_MS } from '../link/BridgePublisher.ts';
import { FakeRosbridge } from './FakeRosbridge.fixture.ts';
import { openRosbridge } from './openRosbridge.ts';
import { recordedRosbridge } from './recordedRosbridge.fixture.ts';
import { SILENCE_MS } from './TopicFeed.ts';

/** Typed as unknown, unlike Vitest's own. */
const containing = (text: string): unknown => expect.stringContaining(text);

const url = 'ws://robot:9090';

/** A reader that keeps what it is told. */
function reader() {
  const channels: Channel[] = [];
  const messages: Message[] = [];
  const problems: string[] = [];
  let dropped = 0;
  return {
    channels,
    messages,
    problems,
    dropped: () => dropped,
    handleChannel: (channel: Channel) => channels.push(channel),
    handleMessage: (message: Message) => messages.push(message),
    handleProblem: (error: Error & { code?: string }) => problems.push(error.code ?? error.message),
    handleDropped: (count: number) => (dropped += count),
  };
}

async function openRecorded() {
  const clock = new FakeClock();
  const recording = recordedRosbridge();
  const graph = openRosbridge({ url, clock, openSocket: recording.server.open, random: () => 0 });
  const states: string[] = [];
  graph.watch({ handleStatus: ({ state }) => states.push(state) });
  await clock.advance(0);
  return { clock, graph, states, ...recording };
}

/** A ROS 1 server with `/pose` (turtlesim-like) and std_msgs/Float64 `/level`. */
function ros1Server(): FakeRosbridge {
  const server = new FakeRosbridge();
  const topics = ['/level', '/rosout'];
  const types = ['std_msgs/Float64', 'rosgraph_msgs/Log'];
  server.services.set('/rosapi/topics', () => ({ topics, types }));
  server.services.set('/rosapi/topics_and_raw_types', () => ({
    topics,
    types,
    typedefs_full_text: ['float64 data\n', ''],
  }));
  server.services.set('/rosapi/services', () => ({ services: ['/rosapi/topics'] }));
  server.services.set('/rosapi/get_time', () => ({ time: { secs: 1, nsecs: 2 } }));
  server.services.set('/rosapi/publishers', () => ({ publishers: ['/robot'] }));
  server.services.set('/rosapi/subscribers', () => ({ subscribers: ['/wheels', '/rosbridge_websocket'] }));
  return server;
}

async function openRos1(server = ros1Server()) {
  const clock = new FakeClock();
  const graph = openRosbridge({ url, clock, openSocket: server.open, random: () => 0 });
  const states: GraphStatus[] = [];
  graph.watch({ handleStatus: (status) => states.push(status) });
  await clock.advance(0);
  return { clock, graph, server, states };
}

/** Lets an operation that waits for timers come to its end. */
async function during<T>(clock: FakeClock, ms: number, operation: Promise<T>): Promise<T> {
  operation.catch(() => undefined);
  await clock.advance(ms);
  return operation;
}

test('the recorded server is ROS 2, and its topics and services are listed', async () => {
  const { graph, states } = await openRecorded();
  expect(states).toEqual(['disconnected', 'connected']);
  const snapshot = await graph.snapshot();
  expect(snapshot.rosVersion).toBe(2);
  expect(snapshot.topics).toContainEqual(expect.objectContaining({ name: '/odom', type: 'nav_msgs/msg/Odometry' }));
  expect(snapshot.services.map(({ name }) => name)).toContain('/enable_motors');
  await graph.close();
});

test('recorded raw messages come byte for byte, and the recorded JSON of the same topics encodes to the same layout', async () => {
  const { graph, server, rawFrames, jsonFrames, clock } = await openRecorded();
  const topics = ['/odom', '/scan', '/camera/image/compressed', '/points', '/chatter', '/battery'];
  const readers = new Map(topics.map((topic) => [topic, reader()]));
  for (const [topic, listener] of readers) await graph.subscribe({ topic }, listener);
  await clock.advance(0);
  for (const frame of rawFrames) server.sendBinary(frame);
  for (const topic of topics) server.sendText(jsonFrames.get(topic)!);
  for (const [topic, { channels, messages, problems }] of readers) {
    expect(problems).toEqual([]);
    expect(channels).toHaveLength(1);
    expect(channels[0]).toMatchObject({ topic, encoding: 'cdr', schema: { encoding: 'ros2msg' } });
    const [raw, json] = messages;
    // CDR with its header of four bytes, complete and without left-overs.
    expect([...raw!.data.subarray(0, 4)]).toEqual([0, 1, 0, 0]);
    codecFor(channels[0]!.schema, 'cdr').validate(raw!.data);
    const sent = z.object({ msg: z.unknown() }).parse(parseJsonExact(jsonFrames.get(topic)!)).msg;
    expect(parseJsonExact(json!.json)).toEqual(parseJsonExact(JSON.stringify(sent).replaceAll('null', '"NaN"')));
  }
  const odometry = readers.get('/odom')!.messages[0]!;
  expect(odometry.value).toMatchObject({ child_frame_id: 'base_link' });
  expect(odometry.publishTime).toBeGreaterThan(1_700_000_000_000_000_000n);
  expect(odometry.sequence).toBe(0);
  await graph.close();
});

test('recorded services are called with bytes and answer with bytes, integers beyond 2^53 intact', async () => {
  const { graph } = await openRecorded();
  const callWith = async (service: string, args: object) => {
    const { request, response } = await graph.serviceSchema(service);
    const data = await graph.callService({ service, data: codecFor(request, 'cdr').encode(args) });
    return codecFor(response, 'cdr').decode(data);
  };
  expect(await callWith('/enable_motors', { data: true })).toEqual({ success: true, message: 'motors on' });
  await expect(callWith('/nope', {})).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' });
  await graph.close();
});

test('a service that fails rejects with the words of the robot, one that never answers with the likely causes', async () => {
  const { graph, server, clock } = await openRecorded();
  const { request } = await graph.serviceSchema('/enable_motors');
  const data = codecFor(request, 'cdr').encode({ data: true });
  server.services.set('/enable_motors', () => new Error('motor 2 is on fire'));
  await expect(graph.callService({ service: '/enable_motors', data })).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: containing('motor 2 is on fire'),
  });
  server.services.set('/enable_motors', () => 'silence');
  const stuck = graph.callService({ service: '/enable_motors', data }, { deadlineMs: 700 });
  await expect(during(clock, 700, stuck)).rejects.toMatchObject({ code: 'ROS_TIMEOUT' });
  server.services.set('/enable_motors', () => ({ success: true, message: '' }));
  await expect(graph.callService({ service: '/enable_motors', data })).resolves.toBeInstanceOf(Uint8Array);
  await graph.close();
});

test('definitions of types without a topic come from message_details; unknown types are TYPE_UNKNOWN', async () => {
  const { graph, server, clock } = await openRecorded();
  expect((await graph.messageSchema('nav_msgs/Odometry')).text).toContain('# Estimated pose');
  server.services.set('/rosapi/topics_and_raw_types', () => new Error('Service does not exist'));
  await clock.advance(10_000);
  const text =
    '{"typedefs":[{"type":"p/T","fieldnames":["_a","_b"],"fieldtypes":["uint8, 4","p/U"],"fieldarraylen":[0,3]},{"type":"p/U","fieldnames":["_x"],"fieldtypes":["double"],"fieldarraylen":[-1]}]}';
  server.services.set('/rosapi/message_details', (args) =>
    JSON.stringify(args).includes('p/msg/T') ? text : { typedefs: [] },
  );
  const schema = await during(clock, 2_000, graph.messageSchema('p/msg/T'));
  expect(schema).toEqual({
    name: 'p/msg/T',
    encoding: 'ros2msg',
    text: `uint8[<=4] a\np/U[3] b\n${'='.repeat(80)}\nMSG: p/U\nfloat64 x\n`,
  });
  expect(codecFor(schema, 'cdr').decode(codecFor(schema, 'cdr').encode({ b: [{ x: 1 }, {}, {}] }))).toMatchObject({
    b: [{ x: 1 }, { x: 0 }, { x: 0 }],
  });
  await expect(during(clock, 2_000, graph.messageSchema('p/Nope'))).rejects.toMatchObject({ code: 'TYPE_UNKNOWN' });
  await graph.close();
});

test('one subscription at the server serves all readers, each with its own rate', async () => {
  const { clock, graph, server } = await openRos1();
  const [all, slow] = [reader(), reader()];
  const subscriptions = [
    await graph.subscribe({ topic: '/level' }, all),
    await graph.subscribe({ topic: '/level', rateHz: 1 }, slow),
  ];
  await clock.advance(0);
  expect(server.subscriptions('/level')).toMatchObject([{ compression: 'cbor-raw', type: 'std_msgs/Float64' }]);
  for (let i = 0; i < 5; i++) server.sendText(`{"op":"publish","topic":"/level","msg":{"data":${i}}}`);
  await clock.advance(1_000);
  expect(all.messages.map(({ value }) => value['data'])).toEqual([0, 1, 2, 3, 4]);
  expect(slow.messages.map(({ value }) => value['data'])).toEqual([0, 4]);
  expect(slow.dropped()).toBe(3);
  expect(all.messages[0]).toBe(slow.messages[0]);
  for (const subscription of subscriptions) subscription.close();
  await clock.advance(0);
  expect(server.subscriptions('/level')).toEqual([]);
  await graph.close();
});

test('a topic that does not exist yet is read when it appears', async () => {
  const { clock, graph, server } = await openRos1();
  const late = reader();
  await graph.subscribe({ topic: '/late' }, late);
  await clock.advance(3_000);
  expect(late.problems).toEqual(['TOPIC_UNKNOWN']);
  server.services.set('/rosapi/topics', () => ({ topics: ['/late'], types: ['std_msgs/Float64'] }));
  await clock.advance(2_000);
  expect(late.channels).toMatchObject([{ topic: '/late', schema: { name: 'std_msgs/Float64' } }]);
  await graph.close();
});

test('a topic that comes back with another type is announced again', async () => {
  const { clock, graph, server } = await openRos1();
  const level = reader();
  await graph.subscribe({ topic: '/level' }, level);
  await clock.advance(0);
  const now = { topics: ['/level'], types: ['std_msgs/Int64'], typedefs_full_text: ['int64 data\n'] };
  server.services.set('/rosapi/topics', () => now);
  server.services.set('/rosapi/topics_and_raw_types', () => now);
  await clock.advance(4_000);
  expect(level.channels.map(({ schema }) => schema.name)).toEqual(['std_msgs/Float64', 'std_msgs/Int64']);
  expect(server.subscriptions('/level')).toMatchObject([{ type: 'std_msgs/Int64' }]);
  await graph.close();
});

test('where raw bytes do not arrive the topic is read as JSON, and its messages are the same bytes', async () => {
  const { clock, graph, server } = await openRos1();
  const level = reader();
  await graph.subscribe({ topic: '/level' }, level);
  await clock.advance(2 * SILENCE_MS);
  expect(server.subscriptions('/level')).toMatchObject([{ compression: 'none' }]);
  server.sendText('{"op":"publish","topic":"/level","msg":{"data":1.5}}');
  await clock.advance(10 * SILENCE_MS);
  expect(server.subscriptions('/level')).toMatchObject([{ compression: 'none' }]);
  expect(Buffer.from(level.messages[0]!.data).toString('hex')).toBe('000000000000f83f');
  await graph.close();
});

test('without any definition a topic is a JSON channel', async () => {
  const server = ros1Server();
  server.services.set('/rosapi/topics_and_raw_types', () => new Error('no'));
  const { clock, graph } = await openRos1(server);
  const level = reader();
  await graph.subscribe({ topic: '/level' }, level);
  await clock.advance(2_000);
  expect(level.problems).toEqual(['TYPE_UNKNOWN']);
  expect(level.channels).toMatchObject([
    { encoding: 'json', schema: { name: 'std_msgs/Float64', encoding: '', text: '' } },
  ]);
  server.sendText('{"op":"publish","topic":"/level","msg":{"data":9007199254740993}}');
  expect(Buffer.from(level.messages[0]!.data).toString()).toBe('{"data":9007199254740993}');
  await graph.close();
});

test('messages that do not match the definition are a problem, told once', async () => {
  const { clock, graph, server } = await openRos1();
  const level = reader();
  await graph.subscribe({ topic: '/level' }, level);
  await clock.advance(0);
  for (let i = 0; i < 3; i++) server.sendText('{"op":"publish","topic":"/level","msg":{"data":"high"}}');
  expect(level.problems).toEqual(['MESSAGE_INVALID']);
  expect(level.messages).toEqual([]);
  await graph.close();
});

test('publishing advertises, waits for the subscribers to find it, and says how many there are', async () => {
  const { clock, graph, server } = await openRos1();
  const publisher = await during(
    clock,
    DISCOVERY_MS,
    graph.advertise({ topic: '/level', type: 'std_msgs/msg/Float64' }),
  );
  const data = codecFor(publisher.schema, publisher.encoding).encode({ data: 0.1 });
  expect(await publisher.publish(data)).toEqual({ subscribers: 2 });
  expect(server.received).toMatchObject([
    { op: 'advertise', topic: '/level', type: 'std_msgs/Float64' },
    { op: 'publish', topic: '/level', msg: { data: 0.1 } },
  ]);
  await graph.subscribe({ topic: '/level' }, reader());
  await clock.advance(1_000);
  // The bridge subscribes for us, and that is nobody of the robot's.
  expect(await publisher.publish(data)).toEqual({ subscribers: 1 });
  publisher.close();
  await clock.advance(0);
  expect(server.received.at(-1)).toMatchObject({ op: 'unadvertise', topic: '/level' });
  await graph.close();
});

test('what rosbridge would drop without a word is refused: another type, bytes that do not fit, NaN', async () => {
  const { clock, graph, server } = await openRos1();
  await graph.snapshot();
  server.services.set('/rosapi/message_details', () => ({
    typedefs: [{ type: 'std_msgs/Bool', fieldnames: ['data'], fieldtypes: ['bool'], fieldarraylen: [-1] }],
  }));
  await expect(during(clock, 1_000, graph.advertise({ topic: '/level', type: 'std_msgs/Bool' }))).rejects.toMatchObject(
    {
      code: 'TYPE_MISMATCH',
    },
  );
  const publisher = await during(clock, 1_000, graph.advertise({ topic: '/level', type: 'std_msgs/Float64' }));
  await expect(publisher.publish(new Uint8Array(3))).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  const nan = codecFor(publisher.schema, publisher.encoding).encode({ data: Number.NaN });
  await expect(publisher.publish(nan)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  expect(server.received.filter(({ op }) => op === 'publish')).toEqual([]);
  await graph.close();
});

test('a server that crashes and comes back has every subscription and advertisement again within 5 s', async () => {
  const { clock, graph, server, states } = await openRos1();
  const level = reader();
  await graph.subscribe({ topic: '/level' }, level);
  const publisher = await during(clock, 1_000, graph.advertise({ topic: '/level', type: 'std_msgs/Float64' }));
  server.isDown = true;
  server.crash();
  await clock.advance(60_000);
  const data = new Uint8Array(8);
  await expect(publisher.publish(data)).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
  server.isDown = false;
  server.received.length = 0;
  await clock.advance(5_000);
  expect(server.received.map(({ op }) => op).toSorted()).toEqual(['advertise', 'subscribe']);
  server.sendText('{"op":"publish","topic":"/level","msg":{"data":2}}');
  expect(level.messages).toHaveLength(1);
  expect(level.channels).toHaveLength(1);
  await expect(publisher.publish(data)).resolves.toBeDefined();
  expect(states.at(-1)).toEqual({ state: 'connected' });
  await graph.close();
});

test('a server whose socket lives while its ROS is dead is found out within 6 s and left for a new connection', async () => {
  const { clock, graph, server, states } = await openRos1();
  for (const service of server.services.keys()) server.services.set(service, () => 'silence');
  await clock.advance(6_100);
  expect(states.at(-1)).toMatchObject({ state: 'disconnected', code: 'ROS_UNREACHABLE' });
  await graph.close();
});

test('a server without rosapi still delivers topics, as JSON, and says what is missing', async () => {
  const { clock, graph, server, states } = await openRos1(new FakeRosbridge());
  const level = reader();
  await graph.subscribe({ topic: '/level' }, level);
  await clock.advance(10_000);
  expect(states.at(-1)).toMatchObject({ state: 'disconnected', reason: containing('Start rosapi_node') });
  server.sendText('{"op":"publish","topic":"/level","msg":{"data":2}}');
  expect(level.messages.map(({ json }) => json)).toEqual(['{"data":2}']);
  await expect(graph.snapshot()).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
  for (const [name, service] of ros1Server().services) server.services.set(name, service);
  await clock.advance(5_000);
  expect(states.at(-1)).toEqual({ state: 'connected' });
  expect(level.channels.map(({ encoding }) => encoding)).toEqual(['json', 'ros1']);
  await graph.close();
});

test('readers keep their channel and their messages while rosapi is away', async () => {
  const { clock, graph, server, states } = await openRos1();
  const level = reader();
  await graph.subscribe({ topic: '/level' }, level);
  await clock.advance(0);
  const services = [...server.services];
  server.services.clear();
  server.received.length = 0;
  await clock.advance(10_000);
  expect(states.at(-1)).toMatchObject({ state: 'disconnected', reason: containing('Start rosapi_node') });
  expect(server.received).toEqual([]);
  server.sendText('{"op":"publish","topic":"/level","msg":{"data":1}}');
  expect(level.messages).toHaveLength(1);
  server.crash();
  await clock.advance(5_000);
  expect(server.subscriptions('/level')).toMatchObject([{ compression: 'cbor-raw', type: 'std_msgs/Float64' }]);
  for (const [name, service] of services) server.services.set(name, service);
  await clock.advance(5_000);
  expect(level.channels).toHaveLength(1);
  await graph.close();
});

test('parameters of ROS 2 go through the nodes, never through the rosapi services that kill rosapi', async () => {
  const { graph, server } = await openRecorded();
  const values: Record<string, unknown> = {
    count: '{"type":2,"integer_value":9007199254740993}',
    speed: { type: 3, double_value: 1.5 },
    blob: { type: 5, byte_array_value: 'AQI=' },
    limits: { type: 8, double_array_value: [1, null] },
    nope: { type: 0 },
  };
  const valuesOf = (args: unknown): unknown => {
    const name = z.object({ names: z.tuple([z.string()]) }).parse(args).names[0];
    const value = values[name];
    return `{"values":[${typeof value === 'string' ? value : JSON.stringify(value)}]}`;
  };
  server.services.set('/robot/list_parameters', () => ({ result: { names: ['speed', 'count'], prefixes: [] } }));
  server.services.set('/robot/get_parameters', valuesOf);
  server.services.set('/robot/set_parameters', () => ({ results: [{ successful: false, reason: 'too fast' }] }));
  expect(await graph.listParameters()).toEqual(['/robot:count', '/robot:speed']);
  expect(await graph.getParameter('/robot:count')).toBe(9007199254740993n);
  expect(await graph.getParameter('/robot:blob')).toEqual(new Uint8Array([1, 2]));
  expect(await graph.getParameter('/robot:limits')).toEqual([1, Number.NaN]);
  await expect(graph.getParameter('/robot:nope')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  await expect(graph.getParameter('/nobody:speed')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  await expect(graph.getParameter('speed')).rejects.toMatchObject({ code: 'NAME_INVALID' });
  await expect(graph.setParameter('/robot:speed', 99)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: containing('too fast'),
  });
  expect(server.calls.at(-1)?.args).toEqual({ parameters: [{ name: 'speed', value: { type: 3, double_value: 99 } }] });
  expect(
    server.calls.filter(({ service }) => /^\/rosapi\/(\w+_param|get_param_names|node_details)$/.test(service)),
  ).toEqual([]);
  await graph.close();
});

test('parameters of ROS 1 are the parameter server', async () => {
  const { graph, server } = await openRos1();
  const kept = new Map<string, string>([['/gains', '[1, 2.5, {"p": 9007199254740993}]']]);
  const nameOf = (args: unknown): string => z.object({ name: z.string() }).parse(args).name;
  server.services.set('/rosapi/get_param_names', () => ({ names: [...kept.keys()] }));
  server.services.set('/rosapi/has_param', (args) => ({ exists: kept.has(nameOf(args)) }));
  server.services.set('/rosapi/get_param', (args) => ({ value: kept.get(nameOf(args)) ?? 'null' }));
  server.services.set('/rosapi/set_param', (args) => {
    kept.set(nameOf(args), z.object({ value: z.string() }).parse(args).value);
    return {};
  });
  expect(await graph.listParameters()).toEqual(['/gains']);
  expect(await graph.getParameter('/gains')).toEqual([1, 2.5, { p: 9007199254740993n }]);
  await graph.setParameter('/speed', 2);
  expect(await graph.getParameter('/speed')).toBe(2);
  await expect(graph.getParameter('/nope')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  server.services.set('/rosapi/delete_param', (args) => {
    kept.delete(nameOf(args));
    return {};
  });
  await graph.deleteParameter('/speed');
  await expect(graph.deleteParameter('/speed')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  expect([...kept.keys()]).toEqual(['/gains']);
  await graph.close();
});

test('listeners of the graph get the names of nodes by and by, and news of topics', async () => {
  const { clock, graph, server } = await openRos1();
  const snapshots: GraphSnapshot[] = [];
  graph.watch({ handleGraph: (snapshot) => snapshots.push(snapshot) });
  await clock.advance(2_000);
  expect(snapshots.at(-1)?.topics[0]).toEqual({
    name: '/level',
    type: 'std_msgs/Float64',
    publishers: ['/robot'],
    subscribers: ['/wheels', '/rosbridge_websocket'],
  });
  server.services.set('/rosapi/topics', () => ({ topics: ['/new'], types: ['std_msgs/Float64'] }));
  await clock.advance(1_000);
  expect(snapshots.at(-1)?.topics.map(({ name }) => name)).toEqual(['/new']);
  await graph.close();
});

test('a closed graph refuses everything, holds no timer and no connection, and may be closed again', async () => {
  const { clock, graph, server } = await openRos1();
  const level = reader();
  await graph.subscribe({ topic: '/level', rateHz: 1 }, level);
  await during(clock, 1_000, graph.advertise({ topic: '/level', type: 'std_msgs/Float64' }));
  await graph.close();
  await graph.close();
  expect(server.connectionCount).toBe(0);
  expect(clock.pendingTimers).toBe(0);
  await expect(graph.snapshot()).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
  await expect(graph.subscribe({ topic: '/level' }, level)).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
  expect(() => openRosbridge({ url: 'http://robot' })).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
});

test('over a real WebSocket a message arrives, and a server that listens only later is found', async () => {
  const port = await freePort();
  const graph: RosGraph = openRosbridge({ url: `rosbridge://127.0.0.1:${port}`, random: () => 1 });
  const arrived = Promise.withResolvers<Message>();
  await graph.subscribe({ topic: '/level' }, { handleMessage: (message) => arrived.resolve(message) });
  const server = new WebSocketServer({ port: port, host: '127.0.0.1' });
  const fake = ros1Server();
  server.on('connection', (socket) => {
    const bridged = fake.open(url, {
      handleOpen: () => undefined,
      handleText: (text) => socket.send(text),
      handleBinary: (data) => socket.send(data),
      handleClosed: () => socket.terminate(),
    });
    socket.on('message', (data: Buffer) => bridged.send(data.toString('utf8')));
  });
  fake.handleOp = ({ op }) =>
    op === 'subscribe' && fake.sendText('{"op":"publish","topic":"/level","msg":{"data":1.5}}');
  expect((await arrived.promise).json).toBe('{"data":1.5}');
  await graph.close();
  for (const client of server.clients) client.terminate();
  server.close();
});
