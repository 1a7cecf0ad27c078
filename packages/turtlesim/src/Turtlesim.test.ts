import { codecFor } from '@longline/ros';
import type { Channel, GraphSnapshot, GraphStatus, Message, Publisher, SubscribeRequest } from '@longline/ros';
import { FakeClock, Inbox } from '@longline/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { messageDefinition, serviceDefinition } from './definitions.ts';
import { WORLD_SIZE_M } from './Turtle.ts';
import { openTurtlesim } from './Turtlesim.ts';
import type { Turtlesim } from './Turtlesim.ts';

const BACKGROUND = { r: 0x45, g: 0x56, b: 0xff };
const PEN = { r: 0xb3, g: 0xb8, b: 0xff };
const MIDDLE = Math.fround(WORLD_SIZE_M / 2);

let clock: FakeClock;
let graph: Turtlesim;

beforeEach(() => {
  clock = new FakeClock();
  graph = openTurtlesim({ clock });
});

afterEach(async () => {
  await graph.close();
  expect(clock.pendingTimers).toBe(0);
});

/** Serialized `geometry_msgs/Twist`. */
const twist = (linearX: number, angularZ: number): Uint8Array =>
  codecFor(messageDefinition('geometry_msgs/Twist'), 'ros1').encode({
    linear: { x: linearX },
    angular: { z: angularZ },
  });

const advertiseTwist = (topic = '/turtle1/cmd_vel'): Promise<Publisher> =>
  graph.advertise({ topic, type: 'geometry_msgs/Twist' });

async function call(service: string, type: string, request: Record<string, unknown> = {}): Promise<unknown> {
  const schema = serviceDefinition(type);
  const data = await graph.callService({ service, data: codecFor(schema.request, 'ros1').encode(request) });
  return codecFor(schema.response, 'ros1').decode(data);
}

interface Heard {
  readonly messages: Inbox<Message>;
  readonly channels: Channel[];
  readonly problems: Error[];
  readonly dropped: number[];
  close(): void;
}

async function hear(request: string | SubscribeRequest): Promise<Heard> {
  const heard = {
    messages: new Inbox<Message>(),
    channels: [] as Channel[],
    problems: [] as Error[],
    dropped: [] as number[],
  };
  const subscription = await graph.subscribe(typeof request === 'string' ? { topic: request } : request, {
    handleChannel: (channel) => heard.channels.push(channel),
    handleMessage: heard.messages.add,
    handleDropped: (count) => heard.dropped.push(count),
    handleProblem: (error) => heard.problems.push(error),
  });
  return { ...heard, close: () => subscription.close() };
}

const texts = (rosout: Heard): unknown[] => rosout.messages.items.map((message) => message.value['msg']);

describe('driving', () => {
  test('poses come at 62.5 Hz with the times of the clock, numbered from 0', async () => {
    const pose = await hear('/turtle1/pose');
    const startNs = clock.wallNs();
    await clock.advance(10_000);
    expect(pose.messages.items).toHaveLength(625);
    const third = pose.messages.items[2]!;
    expect(third).toMatchObject({ sequence: 2, logTime: startNs + 48_000_000n, publishTime: startNs + 48_000_000n });
    expect(third.value).toEqual({ x: MIDDLE, y: MIDDLE, theta: 0, linear_velocity: 0, angular_velocity: 0 });
    expect(pose.messages.last?.sequence).toBe(624);
  });

  test('v = 1 m/s with w = 1 rad/s, renewed at 10 Hz, is a circle of radius 1.00', async () => {
    const pose = await hear('/turtle1/pose');
    const publisher = await advertiseTwist();
    for (let ms = 0; ms < 6_300; ms += 100) {
      expect(await publisher.publish(twist(1, 1))).toEqual({ subscribers: 1 });
      await clock.advance(100);
    }
    const distances = pose.messages.items.map(({ value: { x, y } }) =>
      Math.hypot(Number(x) - MIDDLE, Number(y) - MIDDLE - 1),
    );
    expect(Math.min(...distances)).toBeGreaterThan(0.99);
    expect(Math.max(...distances)).toBeLessThan(1.01);
  });

  test('one command drives for one second and then the turtle stands', async () => {
    const pose = await hear('/turtle1/pose');
    await (await advertiseTwist()).publish(twist(1, 1));
    await clock.advance(1_008);
    expect(pose.messages.last?.value).toMatchObject({ linear_velocity: 1, angular_velocity: 1 });
    await clock.advance(16);
    expect(pose.messages.last?.value).toMatchObject({ linear_velocity: 0, angular_velocity: 0 });
    expect(pose.messages.last?.value['theta']).toBe(Math.fround(63 * 0.016));
  });

  test("the wall stops it, with a warning in the node's words", async () => {
    const rosout = await hear('/rosout');
    const pose = await hear('/turtle1/pose');
    await (await advertiseTwist()).publish(twist(1000, 0));
    await clock.advance(16);
    expect(pose.messages.last?.value['x']).toBe(WORLD_SIZE_M);
    const warning = rosout.messages.last!;
    expect(warning.value).toMatchObject({
      level: 4,
      name: '/turtlesim',
      msg: 'Oh no! I hit the wall! (Clamping from [x=21.544445, y=5.544445])',
      topics: ['/rosout', '/turtle1/pose', '/turtle1/color_sensor'],
    });
  });

  test('a publish of bytes that are no Twist rejects and moves nothing', async () => {
    const pose = await hear('/turtle1/pose');
    const publisher = await advertiseTwist();
    await expect(publisher.publish(twist(1, 1).subarray(0, 40))).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(publisher.publish(new Uint8Array(49))).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await clock.advance(16);
    expect(pose.messages.last?.value).toMatchObject({ linear_velocity: 0 });
  });
});

describe('services', () => {
  test('teleport_absolute and teleport_relative move the turtle at the next update', async () => {
    const pose = await hear('/turtle1/pose');
    await call('/turtle1/teleport_absolute', 'turtlesim/TeleportAbsolute', { x: 2, y: 3, theta: 1 });
    await clock.advance(16);
    expect(pose.messages.last?.value).toMatchObject({ x: 2, y: 3, theta: 1 });
    await call('/turtle1/teleport_relative', 'turtlesim/TeleportRelative', { linear: 1, angular: -1 });
    await clock.advance(16);
    expect(pose.messages.last?.value).toMatchObject({ x: 3, y: 3, theta: 0 });
  });

  test('spawn names the turtle, gives it topics and services, and refuses a name that is taken', async () => {
    expect(await call('/spawn', 'turtlesim/Spawn', { x: 1, y: 2, theta: 0.5 })).toEqual({ name: 'turtle2' });
    expect(await call('/spawn', 'turtlesim/Spawn', { x: 1, y: 2, name: 'Max' })).toEqual({ name: 'Max' });
    const { topics, services } = await graph.snapshot();
    expect(topics.map((topic) => topic.name)).toContain('/Max/color_sensor');
    expect(services.map((service) => service.name)).toContain('/turtle2/set_pen');
    await expect(call('/spawn', 'turtlesim/Spawn', { name: 'Max' })).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: 'A turtled named [Max] already exists',
    });
    await expect(call('/spawn', 'turtlesim/Spawn', { name: 'no turtle' })).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: expect.stringContaining('Character [ ] at element [2] is not valid') as string,
    });
  });

  test('a hundred turtles live at once, no more', async () => {
    for (let i = 2; i <= 100; i++) await call('/spawn', 'turtlesim/Spawn');
    await expect(call('/spawn', 'turtlesim/Spawn')).rejects.toMatchObject({ code: 'SERVICE_FAILED' });
  });

  test("kill ends a turtle and its topics; an unknown one is refused in the node's words", async () => {
    const pose = await hear('/turtle1/pose');
    const publisher = await advertiseTwist();
    await call('/kill', 'turtlesim/Kill', { name: 'turtle1' });
    await clock.advance(100);
    expect(pose.messages.items).toEqual([]);
    expect(await publisher.publish(twist(1, 1))).toEqual({ subscribers: 0 });
    await expect(call('/turtle1/set_pen', 'turtlesim/SetPen')).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' });
    await expect(call('/kill', 'turtlesim/Kill', { name: 'turtle1' })).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: 'Tried to kill turtle [turtle1], which does not exist',
    });
  });

  test('a subscription outlives its turtle and hears the next one of that name', async () => {
    const pose = await hear('/turtle1/pose');
    await clock.advance(32);
    await call('/kill', 'turtlesim/Kill', { name: 'turtle1' });
    await clock.advance(32);
    await call('/spawn', 'turtlesim/Spawn', { name: 'turtle1', x: 1, y: 1 });
    await clock.advance(32);
    expect(pose.messages.items.map((message) => message.sequence)).toEqual([0, 1, 2, 3]);
    expect(pose.channels).toHaveLength(1);
  });

  test('reset leaves one turtle in the middle of a clean window', async () => {
    const colour = await hear('/turtle1/color_sensor');
    const pose = await hear('/turtle1/pose');
    await call('/spawn', 'turtlesim/Spawn', { x: 1, y: 1 });
    await (await advertiseTwist()).publish(twist(1, 0));
    await clock.advance(500);
    expect(colour.messages.last?.value).toEqual(PEN);
    await call('/reset', 'std_srvs/Empty');
    await clock.advance(16);
    expect(pose.messages.last?.value).toMatchObject({ x: MIDDLE, y: MIDDLE, theta: 0, linear_velocity: 0 });
    expect(colour.messages.last?.value).toEqual(BACKGROUND);
    const { topics } = await graph.snapshot();
    expect(topics.filter((topic) => topic.name.startsWith('/turtle2'))).toEqual([]);
    expect(await call('/spawn', 'turtlesim/Spawn')).toEqual({ name: 'turtle2' });
  });

  test('set_pen gives the colour that the sensor then sees', async () => {
    const colour = await hear('/turtle1/color_sensor');
    await call('/turtle1/set_pen', 'turtlesim/SetPen', { r: 200, g: 100, b: 50, width: 5 });
    await (await advertiseTwist()).publish(twist(0.5, 0));
    await clock.advance(160);
    expect(colour.messages.last?.value).toEqual({ r: 200, g: 100, b: 50 });
  });

  test("the level of the node's logger decides what is logged", async () => {
    const rosout = await hear('/rosout');
    const level = { logger: 'ros.turtlesim', level: 'ERROR' };
    await call('/turtlesim/set_logger_level', 'roscpp/SetLoggerLevel', level);
    expect(await call('/turtlesim/get_loggers', 'roscpp/GetLoggers')).toMatchObject({
      loggers: [{ name: 'ros' }, { name: 'ros.roscpp' }, { name: 'ros.turtlesim', level: 'error' }],
    });
    rosout.messages.clear();
    await call('/clear', 'std_srvs/Empty');
    expect(texts(rosout)).toEqual([]);
  });

  test('a service that there is not, or a request that does not match, is refused', async () => {
    await expect(graph.callService({ service: '/fly', data: new Uint8Array() })).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
      message: expect.stringContaining('/teleport_absolute') as string,
    });
    await expect(graph.callService({ service: '/kill', data: new Uint8Array(3) })).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
    });
  });
});

describe('parameters', () => {
  test('the background changes when the window is cleared, not before', async () => {
    const colour = await hear('/turtle1/color_sensor');
    expect(await graph.listParameters()).toEqual([
      '/turtlesim/background_b',
      '/turtlesim/background_g',
      '/turtlesim/background_r',
    ]);
    await graph.setParameter('/turtlesim/background_r', 150);
    await clock.advance(16);
    expect(colour.messages.last?.value).toEqual(BACKGROUND);
    await call('/clear', 'std_srvs/Empty');
    await clock.advance(16);
    expect(colour.messages.last?.value).toEqual({ ...BACKGROUND, r: 150 });
  });

  test('a background that is no number counts as not set, as with roscpp', async () => {
    const colour = await hear('/turtle1/color_sensor');
    await graph.setParameter('/turtlesim/background_r', 'red');
    await call('/clear', 'std_srvs/Empty');
    await clock.advance(16);
    expect(colour.messages.last?.value).toEqual(BACKGROUND);
  });

  test('unknown parameters, invalid names and more than a thousand are refused', async () => {
    await expect(graph.getParameter('/background_r')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
    await expect(graph.setParameter('background_r', 1)).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
    for (let i = 3; i < 1_000; i++) await graph.setParameter(`/p${i}`, i);
    await expect(graph.setParameter('/more', 1)).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
    await graph.setParameter('/p3', 'changed');
    expect(await graph.getParameter('/p3')).toBe('changed');
  });
});

describe('the graph', () => {
  test('lists what a fresh turtlesim node has', async () => {
    const { rosVersion, topics, services } = await graph.snapshot();
    expect(rosVersion).toBe(1);
    const [publishers, subscribers] = [['/turtlesim'], ['/turtlesim']];
    expect(topics).toEqual([
      { name: '/rosout', type: 'rosgraph_msgs/Log', publishers, subscribers: [] },
      { name: '/turtle1/cmd_vel', type: 'geometry_msgs/Twist', publishers: [], subscribers },
      { name: '/turtle1/color_sensor', type: 'turtlesim/Color', publishers, subscribers: [] },
      { name: '/turtle1/pose', type: 'turtlesim/Pose', publishers, subscribers: [] },
    ]);
    expect(services.map(({ name, type }) => `${name} ${type}`)).toEqual([
      '/clear std_srvs/Empty',
      '/kill turtlesim/Kill',
      '/reset std_srvs/Empty',
      '/spawn turtlesim/Spawn',
      '/turtle1/set_pen turtlesim/SetPen',
      '/turtle1/teleport_absolute turtlesim/TeleportAbsolute',
      '/turtle1/teleport_relative turtlesim/TeleportRelative',
      '/turtlesim/get_loggers roscpp/GetLoggers',
      '/turtlesim/set_logger_level roscpp/SetLoggerLevel',
    ]);
  });

  test('watchers are told status and graph, then every change, once per turn', async () => {
    const statuses: GraphStatus[] = [];
    const snapshots = new Inbox<GraphSnapshot>();
    const dispose = graph.watch({ handleStatus: (status) => statuses.push(status), handleGraph: snapshots.add });
    expect(statuses).toEqual([]);
    await clock.advance(0);
    expect(statuses).toEqual([{ state: 'connected' }]);
    expect(snapshots.items).toHaveLength(1);
    await call('/spawn', 'turtlesim/Spawn');
    await clock.advance(0);
    expect(snapshots.items).toHaveLength(2);
    expect(snapshots.last?.topics.map((topic) => topic.name)).toContain('/turtle2/pose');
    const publisher = await advertiseTwist();
    await clock.advance(0);
    expect(snapshots.last?.topics.find((topic) => topic.name === '/turtle1/cmd_vel')?.publishers).toEqual([
      '/longline',
    ]);
    publisher.close();
    dispose();
    await call('/kill', 'turtlesim/Kill', { name: 'turtle2' });
    await clock.advance(0);
    expect(snapshots.items).toHaveLength(3);
  });

  test('rosout keeps its last line for whoever comes late', async () => {
    await graph.snapshot();
    const rosout = await hear('/rosout');
    await clock.advance(0);
    expect(rosout.channels).toMatchObject([{ latched: true, encoding: 'ros1' }]);
    expect(texts(rosout)).toEqual(['Spawning turtle [turtle1] at x=[5.544445], y=[5.544445], theta=[0.000000]']);
    expect(rosout.messages.last?.value['level']).toBe(2);
  });

  test('a topic that nobody hears takes messages, gives them to our own subscriptions and counts nobody', async () => {
    const heard = await hear({ topic: '/talk', type: 'std_msgs/msg/String' });
    expect((await graph.snapshot()).topics[1]).toEqual({
      name: '/talk',
      type: 'std_msgs/msg/String',
      publishers: [],
      subscribers: ['/longline'],
    });
    const publisher = await graph.advertise({ topic: '/talk', type: 'std_msgs/String' });
    // uint32 length 2, "hi"
    const data = Uint8Array.of(2, 0, 0, 0, 0x68, 0x69);
    expect(await publisher.publish(data)).toEqual({ subscribers: 0 });
    expect(heard.channels).toMatchObject([
      { topic: '/talk', schema: { name: 'std_msgs/String', text: 'string data\n' } },
    ]);
    expect(heard.messages.items.map((message) => message.value)).toEqual([{ data: 'hi' }]);
    publisher.close();
    await expect(publisher.publish(data)).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
    heard.close();
    expect((await graph.snapshot()).topics.map((topic) => topic.name)).not.toContain('/talk');
  });

  test('a latched message of ours reaches late subscriptions while its publisher lives', async () => {
    const publisher = await graph.advertise({ topic: '/map', type: 'std_msgs/Int32', latched: true });
    await publisher.publish(Uint8Array.of(7, 0, 0, 0));
    const late = await hear('/map');
    await clock.advance(0);
    expect(late.messages.items.map((message) => message.value)).toEqual([{ data: 7 }]);
    publisher.close();
    const later = await hear('/map');
    await clock.advance(0);
    expect(later.messages.items).toEqual([]);
  });

  test('a rate limit delivers the newest at the end of each interval and counts the others', async () => {
    const pose = await hear({ topic: '/turtle1/pose', rateHz: 10 });
    await clock.advance(10_000);
    const delivered = pose.messages.items.length;
    expect(delivered).toBeGreaterThanOrEqual(99);
    expect(delivered).toBeLessThanOrEqual(101);
    const dropped = pose.dropped.reduce((sum, count) => sum + count, 0);
    expect(pose.messages.last?.sequence).toBe(delivered + dropped - 1);
  });

  test('types that do not match are refused', async () => {
    await expect(graph.advertise({ topic: '/turtle1/pose', type: 'geometry_msgs/Twist' })).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
    });
    await expect(graph.advertise({ topic: '/x', type: 'sensor_msgs/Image' })).rejects.toMatchObject({
      code: 'TYPE_UNKNOWN',
    });
    const wrong = await hear({ topic: '/turtle1/pose', type: 'turtlesim/Color' });
    await clock.advance(160);
    expect(wrong.messages.items).toEqual([]);
    expect(wrong.problems).toMatchObject([{ code: 'TYPE_MISMATCH' }]);
  });

  test('the node takes its topics even from a publisher of another type, which then can publish no more', async () => {
    const pose = await hear('/turtle2/pose');
    const publisher = await advertiseTwist('/turtle2/pose');
    await clock.advance(0);
    await call('/spawn', 'turtlesim/Spawn');
    await clock.advance(16);
    expect(pose.channels.map((channel) => channel.schema.name)).toEqual(['geometry_msgs/Twist', 'turtlesim/Pose']);
    expect(pose.messages.items).toHaveLength(1);
    await expect(publisher.publish(twist(0, 0))).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
  });

  test('nothing runs before the first use nor after close, and everything later rejects', async () => {
    expect(clock.pendingTimers).toBe(0);
    const pose = await hear({ topic: '/turtle1/pose', rateHz: 1 });
    await clock.advance(100);
    await graph.close();
    await graph.close();
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(2_000);
    expect(pose.messages.items).toHaveLength(1);
    await expect(graph.snapshot()).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
    await expect(graph.subscribe({ topic: '/x' }, { handleMessage: () => undefined })).rejects.toMatchObject({
      code: 'GRAPH_CLOSED',
    });
    const statuses: GraphStatus[] = [];
    graph.watch({ handleStatus: (status) => statuses.push(status) });
    await clock.advance(0);
    expect(statuses).toMatchObject([{ state: 'disconnected', code: 'GRAPH_CLOSED' }]);
  });

  test('an operation whose signal is aborted rejects with the reason', async () => {
    const signal = AbortSignal.abort(new Error('changed my mind'));
    await expect(graph.snapshot({ signal })).rejects.toThrow('changed my mind');
  });
});
