import { codecFor } from '@longline/ros';
import type { RosObject, Schema } from '@longline/ros';
import { Inbox } from '@longline/testing';
import { openTurtlesim } from '@longline/turtlesim';
import { FoxgloveClient } from '@foxglove/ws-protocol';
import type {
  Channel,
  ConnectionGraphUpdate,
  MessageData,
  ParameterValues,
  ServerInfo,
  Service,
  ServiceCallFailure,
  ServiceCallResponse,
  StatusMessage,
} from '@foxglove/ws-protocol';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ServedDoor } from '../door/serveDoor.ts';
import { serveFoxglove } from '../serveFoxglove.ts';

/** Lichtblick's Foxglove player, as far as it talks: the same client library, the same steps in the same order. */
class Player {
  readonly client: FoxgloveClient;
  readonly socket: WebSocket;
  readonly infos = new Inbox<ServerInfo>();
  readonly channels = new Inbox<Channel>();
  readonly services = new Inbox<Service>();
  readonly messages = new Inbox<MessageData>();
  readonly parameters = new Inbox<ParameterValues>();
  readonly graphs = new Inbox<ConnectionGraphUpdate>();
  readonly statuses = new Inbox<StatusMessage>();
  readonly responses = new Inbox<ServiceCallResponse>();
  readonly failures = new Inbox<ServiceCallFailure>();

  constructor(url: string, subprotocols = [FoxgloveClient.SUPPORTED_SUBPROTOCOL, 'foxglove.sdk.v1']) {
    this.socket = new WebSocket(url, subprotocols);
    this.client = new FoxgloveClient({ ws: this.socket as never });
    this.client.on('serverInfo', (info) => this.#greeted(info));
    this.client.on('advertise', (channels) => channels.forEach(this.channels.add));
    this.client.on('advertiseServices', (services) => services.forEach(this.services.add));
    this.client.on('message', this.messages.add);
    this.client.on('parameterValues', this.parameters.add);
    this.client.on('connectionGraphUpdate', this.graphs.add);
    this.client.on('status', this.statuses.add);
    this.client.on('serviceCallResponse', this.responses.add);
    this.client.on('serviceCallFailure', this.failures.add);
    this.client.on('error', () => undefined);
    onTestFinished(() => this.socket.terminate());
  }

  channel(topic: string): Promise<Channel> {
    return this.channels.first((channel) => channel.topic === topic);
  }

  service(name: string): Promise<Service> {
    return this.services.first((service) => service.name === name);
  }

  #greeted(info: ServerInfo): void {
    this.infos.add(info);
    if (info.capabilities.includes('parameters')) this.client.getParameters([], 'get-all-params');
    if (info.capabilities.includes('connectionGraph')) this.client.subscribeConnectionGraph();
  }
}

async function servedTurtle(): Promise<ServedDoor> {
  const graph = openTurtlesim();
  const door = await serveFoxglove(graph, { port: 0 });
  onTestFinished(async () => {
    await door.close();
    await graph.close();
  });
  return door;
}

const schemaOf = ({ schemaName, schema }: Pick<Channel, 'schemaName' | 'schema'>): Schema => ({
  name: schemaName,
  encoding: 'ros1msg',
  text: schema,
});
const bytesOf = ({ data }: { readonly data: ArrayBufferView }): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const decode = (schema: Schema, data: { readonly data: ArrayBufferView }): RosObject =>
  codecFor(schema, 'ros1').decode(bytesOf(data));

test.each([
  { offered: ['foxglove.websocket.v1', 'foxglove.sdk.v1'], agreed: 'foxglove.websocket.v1' },
  { offered: ['foxglove.sdk.v1'], agreed: 'foxglove.sdk.v1' },
  { offered: ['foxglove.websocket.v1'], agreed: 'foxglove.websocket.v1' },
])('both subprotocol names are spoken: of $offered, $agreed', async ({ offered, agreed }) => {
  const player = new Player((await servedTurtle()).url, offered);
  await player.infos.first();
  expect(player.socket.protocol).toBe(agreed);
});

test('a client that offers neither is refused with 400', async () => {
  const { url } = await servedTurtle();
  const socket = new WebSocket(url, ['rosbridge_v2']);
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('error', () => undefined);
  });
  expect(status).toBe(400);
});

test('the ROS 1 profile, the capabilities and the session come well within its 10 s to connect', async () => {
  const player = new Player((await servedTurtle()).url);
  const info = await player.infos.first(() => true, { timeoutMs: 3_000 });
  expect(info.metadata).toEqual({ ROS_DISTRO: 'noetic' });
  expect(info.capabilities).toEqual([
    'clientPublish',
    'parameters',
    'parametersSubscribe',
    'services',
    'connectionGraph',
  ]);
  expect(info.supportedEncodings).toEqual(['ros1', 'json']);
  expect(info.sessionId).toMatch(/^[0-9a-f-]{36}$/);
});

test('poses of a turtle are read as they are, with the time of their coming', async () => {
  const player = new Player((await servedTurtle()).url);
  const channel = await player.channel('/turtle1/pose');
  expect([channel.encoding, channel.schemaEncoding]).toEqual(['ros1', 'ros1msg']);
  const subscription = player.client.subscribe(channel.id);
  const message = await player.messages.first();
  expect(message.subscriptionId).toBe(subscription);
  expect(Number(message.timestamp) / 1e6).toBeGreaterThan(Date.now() - 10_000);
  expect(decode(schemaOf(channel), message)).toMatchObject({ x: expect.closeTo(5.544, 2) as unknown, theta: 0 });
  player.client.unsubscribe(subscription);
  expect(player.statuses.items).toEqual([]);
});

test('no topic has two channels', async () => {
  const player = new Player((await servedTurtle()).url);
  await player.channel('/turtle1/pose');
  await player.service('/spawn');
  const topics = player.channels.items.map(({ topic }) => topic);
  expect(topics).toEqual([...new Set(topics)]);
});

test.each(['json', 'ros1'])('a Twist published in %s moves the turtle', async (encoding) => {
  const player = new Player((await servedTurtle()).url);
  const channel = await player.channel('/turtle1/pose');
  player.client.subscribe(channel.id);
  const twist = { linear: { x: 2, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 1 } };
  const cmdVel = schemaOf(await player.channel('/turtle1/cmd_vel'));
  const id = player.client.advertise({
    topic: '/turtle1/cmd_vel',
    encoding,
    schemaName: 'geometry_msgs/Twist',
  });
  const data = encoding === 'json' ? Buffer.from(JSON.stringify(twist)) : codecFor(cmdVel, 'ros1').encode(twist);
  player.client.sendMessage(id, data);
  const moved = await player.messages.first((message) => decode(schemaOf(channel), message)['linear_velocity'] === 2);
  expect(decode(schemaOf(channel), moved)).toMatchObject({ angular_velocity: 1 });
  player.client.unadvertise(id);
  expect(player.statuses.items).toEqual([]);
});

test('CDR for a ROS 1 robot is refused in words', async () => {
  const player = new Player((await servedTurtle()).url);
  await player.infos.first();
  const id = player.client.advertise({
    topic: '/turtle1/cmd_vel',
    encoding: 'cdr',
    schemaName: 'geometry_msgs/msg/Twist',
  });
  player.client.sendMessage(id, new Uint8Array(52));
  const status = await player.statuses.first();
  expect(status).toMatchObject({ level: 2, message: expect.stringMatching(/^NOT_SUPPORTED: /) as unknown });
});

test('a service is called in ros1 with the definitions that were told', async () => {
  const player = new Player((await servedTurtle()).url);
  const spawn = await player.service('/spawn');
  const request = spawn.request;
  if (request === undefined || spawn.response === undefined) throw new Error('definitions were not told');
  expect([request.encoding, request.schemaEncoding, request.schemaName]).toEqual([
    'ros1',
    'ros1msg',
    'turtlesim/Spawn_Request',
  ]);
  const data = codecFor(schemaOf(request), 'ros1').encode({ x: 1, y: 1, theta: 0, name: 'leo' });
  player.client.sendServiceCallRequest({
    serviceId: spawn.id,
    callId: 1,
    encoding: 'ros1',
    data: new DataView(data.buffer, data.byteOffset, data.byteLength),
  });
  const response = await player.responses.first();
  expect([response.serviceId, response.callId, response.encoding]).toEqual([spawn.id, 1, 'ros1']);
  expect(decode(schemaOf(spawn.response), response)).toEqual({ name: 'leo' });
  // The new turtle's topics and services come by themselves.
  await player.channel('/leo/pose');
  await player.service('/leo/teleport_absolute');
});

test('a service is called in JSON, and its failure comes in the robot’s words', async () => {
  const player = new Player((await servedTurtle()).url);
  const [spawn, kill] = [await player.service('/spawn'), await player.service('/kill')];
  const call = (service: Service, callId: number, body: object): void => {
    const text = Buffer.from(JSON.stringify(body));
    const data = new DataView(text.buffer, text.byteOffset, text.length);
    player.client.sendServiceCallRequest({ serviceId: service.id, callId, encoding: 'json', data });
  };
  call(spawn, 1, { x: 2, y: 2, theta: 0, name: 'mike' });
  expect(Buffer.from(bytesOf(await player.responses.first())).toString()).toBe('{"name":"mike"}');
  call(kill, 2, { name: 'nobody' });
  const failure = await player.failures.first();
  expect(failure).toMatchObject({ callId: 2, message: expect.stringContaining('SERVICE_FAILED') as unknown });
});

test('all parameters come on get-all-params, are asked for again, and changes are told to whoever subscribed', async () => {
  const player = new Player((await servedTurtle()).url);
  const all = await player.parameters.first();
  expect(all).toMatchObject({
    id: 'get-all-params',
    parameters: [
      { name: '/turtlesim/background_b', value: 255 },
      { name: '/turtlesim/background_g', value: 86 },
      { name: '/turtlesim/background_r', value: 69 },
    ],
  });
  player.client.subscribeParameterUpdates(all.parameters.map(({ name }) => name));
  player.client.setParameters([{ name: '/turtlesim/background_r', value: 200 }], 'set-1');
  expect(await player.parameters.first(({ id }) => id === 'set-1')).toMatchObject({
    parameters: [{ name: '/turtlesim/background_r', value: 200 }],
  });
  player.parameters.clear();
  player.client.getParameters([], 'get-all-params');
  const again = await player.parameters.first(({ id }) => id === 'get-all-params');
  expect(again.parameters).toHaveLength(3);
});

test('the connection graph comes whole, and then what changed', async () => {
  const player = new Player((await servedTurtle()).url);
  const whole = await player.graphs.first();
  expect(whole.publishedTopics).toContainEqual({ name: '/turtle1/pose', publisherIds: ['/turtlesim'] });
  expect(whole.subscribedTopics).toContainEqual({ name: '/turtle1/cmd_vel', subscriberIds: ['/turtlesim'] });
  expect(whole.advertisedServices).toContainEqual({ name: '/spawn', providerIds: ['/turtlesim'] });
  player.client.subscribe((await player.channel('/turtle1/pose')).id);
  const change = await player.graphs.first(
    ({ subscribedTopics }) => subscribedTopics.length === 1 && subscribedTopics[0]?.name === '/turtle1/pose',
  );
  expect(change.publishedTopics).toEqual([]);
});

test('after a lost connection it comes again under a new session, subscribes anew, and reads on', async () => {
  const { url } = await servedTurtle();
  const before = new Player(url);
  before.client.subscribe((await before.channel('/turtle1/pose')).id);
  await before.messages.first();
  before.socket.terminate();
  const after = new Player(url);
  expect((await after.infos.first()).sessionId).not.toBe((await before.infos.first()).sessionId);
  after.client.subscribe((await after.channel('/turtle1/pose')).id);
  await after.messages.first();
  expect(after.statuses.items).toEqual([]);
});

test('a reader that never reads costs the others nothing', async () => {
  const { url } = await servedTurtle();
  const stuck = new Player(url);
  stuck.client.subscribe((await stuck.channel('/turtle1/pose')).id);
  await stuck.messages.first();
  stuck.socket.pause();
  const other = new Player(url);
  other.client.subscribe((await other.channel('/turtle1/pose')).id);
  await other.messages.take(30);
  expect(other.statuses.items).toEqual([]);
});
