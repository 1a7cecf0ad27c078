import { codecFor } from '@longline/ros';
import type { GraphSnapshot, GraphStatus, Message } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { FakeFoxglove } from './FakeFoxglove.fixture.ts';
import type { ClientOp } from './FakeFoxglove.fixture.ts';
import { SILENT_MS } from './FoxgloveLink.ts';
import { openFoxglove } from './openFoxglove.ts';
import { recordedFoxglove } from './recordedFoxglove.fixture.ts';

const url = 'ws://robot:8765';
const recording = recordedFoxglove();
const texts = (op: string): readonly string[] => recording.texts.get(op) ?? [];

/** A server that greets as the recorded one did. */
function recordedServer(): FakeFoxglove {
  const server = new FakeFoxglove();
  server.greeting = ['serverInfo', 'advertise', 'advertiseServices'].map((op) => texts(op)[0] ?? '');
  return server;
}

async function openAt(server: FakeFoxglove) {
  const clock = new FakeClock();
  const graph = openFoxglove({ url, clock, openSocket: server.open, random: () => 0 });
  const states: GraphStatus[] = [];
  const graphs: GraphSnapshot[] = [];
  graph.watch({ handleStatus: (status) => states.push(status), handleGraph: (snapshot) => graphs.push(snapshot) });
  await clock.advance(0);
  return { clock, graph, server, states, graphs };
}

const named = (op: ClientOp): string =>
  z
    .looseObject({ parameterNames: z.array(z.string()) })
    .parse(op)
    .parameterNames.join();

test('the recorded bridge is ROS 2, and its topics, services and types are there', async () => {
  const { clock, graph, server } = await openAt(recordedServer());
  expect(server.offered).toEqual([['foxglove.sdk.v1', 'foxglove.websocket.v1']]);
  const asking = graph.snapshot();
  await clock.advance(1_000);
  const { rosVersion, topics, services } = await asking;
  expect(rosVersion).toBe(2);
  expect(topics.map(({ name }) => name)).toContain('/camera/image/compressed');
  expect(services.map(({ type }) => type)).toContain('example_interfaces/srv/AddTwoInts');
  const twist = await graph.messageSchema('geometry_msgs/Twist');
  expect(twist.name).toBe('geometry_msgs/msg/Twist');
  expect((await graph.messageSchema('geometry_msgs/msg/PoseWithCovariance')).text).toContain('covariance');
  await graph.close();
  expect(clock.pendingTimers).toBe(0);
});

test('every recorded message is decoded by the definition that came with its channel', async () => {
  const { clock, graph, server } = await openAt(recordedServer());
  const heard: Message[] = [];
  for (const { topic } of recording.channels)
    await graph.subscribe({ topic }, { handleMessage: (message) => heard.push(message) });
  await clock.advance(0);
  const ids = new Map<number, number>();
  const subscribe = z.looseObject({ subscriptions: z.array(z.object({ id: z.number(), channelId: z.number() })) });
  for (const op of server.ops('subscribe'))
    for (const { id, channelId } of subscribe.parse(op).subscriptions) ids.set(channelId, id);
  for (const { topic, logTime, data } of recording.messages) {
    const channelId = recording.channels.find((channel) => channel.topic === topic)?.id ?? -1;
    const frame = new Uint8Array(13 + data.byteLength);
    const view = new DataView(frame.buffer);
    frame[0] = 1;
    view.setUint32(1, ids.get(channelId) ?? 0, true);
    view.setBigUint64(5, logTime, true);
    frame.set(data, 13);
    server.sendBinary(frame);
  }
  expect(heard.length).toBe(recording.messages.length);
  for (const message of heard) expect(() => message.value, message.channel.topic).not.toThrow();
  const odom = heard.find(({ channel }) => channel.topic === '/odom');
  expect(odom && odom.logTime - odom.publishTime).toBeLessThan(100_000_000n);
  await graph.close();
});

test('who publishes, subscribes and provides is known from the recorded connection graph and its changes', async () => {
  const server = recordedServer();
  const [full = '', appeared = '', removed = ''] = texts('connectionGraphUpdate');
  server.handleOp = ({ op }) => op === 'subscribeConnectionGraph' && server.sendText(full);
  const { clock, graph, graphs } = await openAt(server);
  await clock.advance(100);
  const topicOf = (name: string) => graphs.at(-1)?.topics.find((topic) => topic.name === name);
  expect(topicOf('/odom')).toMatchObject({ type: 'nav_msgs/msg/Odometry', publishers: ['/robot'], subscribers: [] });
  expect(topicOf('/cmd_vel')).toMatchObject({ publishers: [], subscribers: ['/robot'] });
  expect(graphs.at(-1)?.services.find(({ name }) => name === '/trigger')?.providers).toEqual(['/robot']);
  expect(topicOf('/fibonacci/_action/status')).toBeUndefined();
  server.sendText(appeared);
  await clock.advance(100);
  expect(topicOf('/graph_probe')).toMatchObject({ type: '', publishers: ['/foxglove_bridge'] });
  server.sendText(removed);
  await clock.advance(100);
  expect(topicOf('/graph_probe')).toBeUndefined();
  expect(topicOf('/odom')).toBeDefined();
  await graph.close();
});

test('a bridge that tells a second subscriber nothing of what changes is asked anew', async () => {
  const server = recordedServer();
  let subscribers = ['/driver'];
  server.handleOp = ({ op }) => {
    if (op !== 'subscribeConnectionGraph') return;
    server.send({ op: 'connectionGraphUpdate', subscribedTopics: [{ name: '/cmd_vel', subscriberIds: subscribers }] });
  };
  const { clock, graph } = await openAt(server);
  const advertising = graph.advertise({ topic: '/cmd_vel', type: 'geometry_msgs/msg/Twist' });
  await clock.advance(500);
  const publisher = await advertising;
  const stop = codecFor(publisher.schema, 'cdr').encode({});
  expect(await publisher.publish(stop)).toEqual({ subscribers: 1 });
  subscribers = [];
  await clock.advance(5_000);
  expect(await publisher.publish(stop)).toEqual({ subscribers: 0 });
  const asking = graph.snapshot();
  await clock.advance(1_000);
  expect((await asking).topics.find(({ name }) => name === '/cmd_vel')?.subscribers).toEqual([]);
  await graph.close();
});

test('parameters of the recorded bridge are those of its nodes, and a value that it kept is told as refused', async () => {
  const server = recordedServer();
  const values = texts('parameterValues');
  const answerTo = (id: string): object =>
    z.looseObject({}).parse(JSON.parse(values.find((text) => text.includes(`"id":"${id}"`)) ?? ''));
  server.handleOp = (op) => {
    const reply = (recorded: string): void => server.send({ ...answerTo(recorded), id: op['id'] });
    if (op.op === 'getParameters') reply(named(op) === '' ? 'all' : named(op).includes('nope') ? 'mixed' : 'some');
    if (op.op === 'setParameters') reply('set2');
  };
  const { graph } = await openAt(server);
  expect(await graph.listParameters()).toContain('/robot:nested.deep.value');
  expect(await graph.getParameter('/robot:max_speed')).toBe(1.5);
  expect(await graph.getParameter('/robot:limits')).toEqual([0.1, 0.2, 0.3]);
  expect(await graph.getParameter('/robot:blob')).toBeInstanceOf(Uint8Array);
  await expect(graph.getParameter('/robot:nope')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  await expect(graph.getParameter('max_speed')).rejects.toMatchObject({ code: 'NAME_INVALID' });
  await expect(graph.setParameter('/robot:max_speed', 99.5)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringContaining('it has 2.25 still') as string,
  });
  await graph.close();
});

test('integers beyond 2^53 in parameters keep their digits', async () => {
  const server = recordedServer();
  server.handleOp = ({ op, id }) => {
    if (op !== 'getParameters') return;
    server.sendText(
      `{"op":"parameterValues","id":${JSON.stringify(id)},"parameters":[{"name":"/robot.count","value":9007199254740993}]}`,
    );
  };
  const { graph } = await openAt(server);
  expect(await graph.getParameter('/robot:count')).toBe(9007199254740993n);
  await graph.close();
});

test('service calls are the recorded bytes, and the recorded answers are read', async () => {
  const server = recordedServer();
  const { graph } = await openAt(server);
  const { request, response } = await graph.serviceSchema('/enable_motors');
  const calling = graph.callService({
    service: '/enable_motors',
    data: codecFor(request, 'cdr').encode({ data: true }),
  });
  await Promise.resolve();
  expect(server.receivedFrames[0]).toEqual(recording.calls[0]);
  server.sendBinary(recording.frames.find((frame) => frame[0] === 3) ?? new Uint8Array());
  expect(codecFor(response, 'cdr').decode(await calling)).toEqual({ success: true, message: 'motors on' });
  server.sendText(texts('advertiseServices')[1] ?? '');
  expect(await graph.serviceSchema('/enable_motors')).toEqual({ name: 'std_srvs/srv/SetBool', request, response });
  await graph.close();
});

test('an advertisement that the bridge reports as failed is refused with its words', async () => {
  const server = recordedServer();
  const [failure = ''] = texts('status').filter((text) => text.includes('op: advertise'));
  server.handleOp = ({ op }) => op === 'advertise' && server.sendText(failure.replace('id: 20', 'id: 1'));
  const { clock, graph } = await openAt(server);
  const advertising = graph.advertise({ topic: '/new', type: 'std_msgs/Bool' });
  const refusal = expect(advertising).rejects.toMatchObject({
    code: 'TYPE_UNKNOWN',
    message: expect.stringContaining('Failed to create publisher') as string,
  });
  await clock.advance(500);
  await refusal;
  await graph.close();
});

test('a connection that falls silent is given up within 8 s, and everything is there again on the next', async () => {
  const { clock, graph, server, states } = await openAt(recordedServer());
  const problems: string[] = [];
  await graph.subscribe(
    { topic: '/odom' },
    { handleMessage: () => undefined, handleProblem: ({ message }) => problems.push(message) },
  );
  server.isDeaf = true;
  const asking = expect(graph.snapshot({ deadlineMs: 100 })).rejects.toMatchObject({ code: 'ROS_TIMEOUT' });
  await clock.advance(100);
  await asking;
  await clock.advance(SILENT_MS + 2_000);
  expect(states.at(-1)).toMatchObject({
    state: 'disconnected',
    reason: expect.stringContaining('does not answer') as string,
  });
  server.isDeaf = false;
  server.received.length = 0;
  await clock.advance(6_000);
  expect(states.at(-1)).toEqual({ state: 'connected' });
  expect(server.ops('subscribe')).toHaveLength(1);
  expect(problems).toEqual([]);
  await graph.close();
  expect(server.connectionCount).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test('a server that never introduces itself is left for another try', async () => {
  const server = new FakeFoxglove();
  server.greeting = [];
  const { clock, graph, states } = await openAt(server);
  await clock.advance(5_000);
  expect(states.at(-1)).toMatchObject({
    state: 'disconnected',
    reason: expect.stringContaining('introduce itself') as string,
  });
  server.greeting = recordedServer().greeting;
  await clock.advance(10_000);
  expect(states.at(-1)).toEqual({ state: 'connected' });
  await graph.close();
});

test('a new session of the same connection asks for the graph anew and keeps what is read', async () => {
  const server = recordedServer();
  const { clock, graph } = await openAt(server);
  await graph.subscribe({ topic: '/odom' }, { handleMessage: () => undefined });
  const info = z.looseObject({}).parse(JSON.parse(texts('serverInfo')[0] ?? ''));
  server.send({ ...info, sessionId: 'another' });
  await clock.advance(0);
  expect(server.ops('subscribeConnectionGraph')).toHaveLength(2);
  expect(server.ops('subscribe')).toHaveLength(1);
  await graph.close();
});

test('where the server simulates time, messages are logged by the own clock and published at the simulated time', async () => {
  const server = recordedServer();
  server.greeting = server.greeting.map((text) => text.replace('"clientPublish"', '"time"'));
  const { clock, graph } = await openAt(server);
  const heard: Message[] = [];
  await graph.subscribe({ topic: '/chatter' }, { handleMessage: (message) => heard.push(message) });
  server.sendBinary(Uint8Array.from([1, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0]));
  expect(heard[0]).toMatchObject({ logTime: clock.wallNs(), publishTime: 7n });
  await graph.close();
});
