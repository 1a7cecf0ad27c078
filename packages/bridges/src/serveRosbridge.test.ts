import { codecFor } from '@longline/ros';
import { roslib, waitFor } from '@longline/testing';
import type { Ros } from '@longline/testing';
import { openTurtlesim } from '@longline/turtlesim';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServedDoor } from './door/serveDoor.ts';
import { serveRosbridge } from './serveRosbridge.ts';

interface Pose {
  x: number;
  y: number;
  theta: number;
}

let graph: ReturnType<typeof openTurtlesim>;
let door: ServedDoor;
const opened: Ros[] = [];

async function connect(): Promise<Ros> {
  const ros = new roslib.Ros();
  opened.push(ros);
  ros.on('error', () => undefined);
  await ros.connect(door.url);
  await waitFor(() => ros.isConnected);
  return ros;
}

/** A call with roslib's two callbacks, as a promise. */
const asked = <T>(ask: (done: (value: T) => void, failed: (error: string) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => ask(resolve, (error) => reject(new Error(error))));

beforeEach(async () => {
  graph = openTurtlesim();
  door = await serveRosbridge(graph, { port: 0 });
});
afterEach(async () => {
  for (const ros of opened.splice(0)) ros.close();
  await door.close();
  await graph.close();
});

describe('roslib’s Topic', () => {
  test.each(['none', 'png', 'cbor'])('receives with compression %s', async (compression) => {
    const ros = await connect();
    const heard: Pose[] = [];
    const topic = new roslib.Topic<Pose>({ ros, name: '/turtle1/pose', messageType: 'turtlesim/Pose', compression });
    topic.subscribe((pose) => heard.push(pose));
    const pose = await waitFor(() => heard[1]);
    expect(pose.x).toBeCloseTo(5.544, 2);
    expect(Object.keys(pose)).toEqual(['x', 'y', 'theta', 'linear_velocity', 'angular_velocity']);
  });

  test('receives the serialized bytes with compression cbor-raw', async () => {
    const ros = await connect();
    const heard: { secs: number; nsecs: number; bytes: Uint8Array }[] = [];
    const options = { ros, name: '/turtle1/pose', messageType: 'turtlesim/Pose', compression: 'cbor-raw' };
    new roslib.Topic<(typeof heard)[0]>(options).subscribe((raw) => heard.push(raw));
    const { secs, bytes } = await waitFor(() => heard[0]);
    expect(secs).toBeGreaterThan(1_700_000_000);
    const schema = await graph.messageSchema('turtlesim/Pose');
    expect(codecFor(schema, 'ros1').decode(bytes)).toMatchObject({ theta: 0 });
  });

  test('publishes, and is published by somebody from advertise to unadvertise', async () => {
    const ros = await connect();
    const commands = new roslib.Topic({ ros, name: '/turtle1/cmd_vel', messageType: 'geometry_msgs/Twist' });
    const poses: Pose[] = [];
    new roslib.Topic<Pose>({ ros, name: '/turtle1/pose', messageType: 'turtlesim/Pose' }).subscribe((p) =>
      poses.push(p),
    );
    commands.advertise();
    expect(await asked<string[]>((done, failed) => commands.getPublishers(done, failed))).toHaveLength(1);
    commands.publish({ linear: { x: 1, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } });
    await waitFor(() => poses.some(({ x }) => x > 5.6));
    commands.unadvertise();
    expect(await asked<string[]>((done, failed) => commands.getPublishers(done, failed))).toEqual([]);
  });

  test('hears from its own connection, and of another client, and no more after unsubscribe', async () => {
    const [one, two] = [await connect(), await connect()];
    const options = { name: '/mine', messageType: 'turtlesim/Color' };
    const heard: unknown[] = [];
    const listener = new roslib.Topic({ ros: one, ...options });
    listener.subscribe((message) => heard.push(message));
    const sender = new roslib.Topic({ ros: two, ...options });
    await waitFor(() => {
      sender.publish({ r: 1, g: 2, b: 3 });
      return heard.length > 0;
    });
    expect(heard[0]).toEqual({ r: 1, g: 2, b: 3 });
    listener.unsubscribe();
    await asked((done) => one.getTopics(done));
    const before = heard.length;
    sender.publish({ r: 4 });
    await asked((done) => two.getTopics(done));
    await asked((done) => one.getTopics(done));
    expect(heard).toHaveLength(before);
  });

  test('a latched message comes first to a client that comes later, also to its second topic object', async () => {
    const [one, two] = [await connect(), await connect()];
    const options = { name: '/latched', messageType: 'turtlesim/Color' };
    const sender = new roslib.Topic({ ros: one, ...options, latch: true });
    sender.publish({ r: 9 });
    await asked((done) => one.getTopics(done));
    const [heard, later]: [unknown[], unknown[]] = [[], []];
    new roslib.Topic({ ros: two, ...options }).subscribe((message) => heard.push(message));
    await waitFor(() => heard.length > 0);
    new roslib.Topic({ ros: two, ...options }).subscribe((message) => later.push(message));
    await waitFor(() => later.length > 0);
    expect([heard[0], later[0]]).toEqual([
      { r: 9, g: 0, b: 0 },
      { r: 9, g: 0, b: 0 },
    ]);
  });

  test('subscribes anew after a reconnect, and hears each message once', async () => {
    const ros = await connect();
    const heard: Pose[] = [];
    const topic = new roslib.Topic<Pose>({ ros, name: '/turtle1/pose', messageType: 'turtlesim/Pose' });
    topic.subscribe((pose) => heard.push(pose));
    await waitFor(() => heard.length > 2);
    ros.close();
    await waitFor(() => !ros.isConnected);
    const before = heard.length;
    await ros.connect(door.url);
    await waitFor(() => heard.length > before + 5);
    expect((await graph.snapshot()).topics.find(({ name }) => name === '/turtle1/pose')?.subscribers).toHaveLength(1);
  });

  test('what is refused comes as the event status', async () => {
    const ros = await connect();
    const told: unknown[] = [];
    ros.on('status', (status) => told.push(status));
    const topic = new roslib.Topic({ ros, name: '/turtle1/cmd_vel', messageType: 'geometry_msgs/Twist' });
    topic.publish({ linear: { w: 1 } });
    expect(await waitFor(() => told[0])).toMatchObject({
      level: 'error',
      msg: expect.stringMatching(/^MESSAGE_INVALID: .*linear\.w/) as unknown,
    });
  });
});

describe('roslib’s Service', () => {
  const spawn = (ros: Ros): InstanceType<typeof roslib.Service<object, { name: string }>> =>
    new roslib.Service({ ros, name: '/spawn', serviceType: 'turtlesim/Spawn' });

  test('is called, and fails with the robot’s words', async () => {
    const ros = await connect();
    const call = (request: object): Promise<{ name: string }> =>
      asked((done, failed) => spawn(ros).callService(request, done, failed, 2));
    expect(await call({ x: 1, y: 1, theta: 0, name: 'bob' })).toEqual({ name: 'bob' });
    await expect(call({ nothing: 1 })).rejects.toThrow(/MESSAGE_INVALID: .*nothing/);
  });

  test('is provided by a client and called by another, with both of its ways', async () => {
    const [provider, caller] = [await connect(), await connect()];
    const options = { name: '/my_spawn', serviceType: 'turtlesim/Spawn' };
    const service = new roslib.Service<{ name: string }, { name: string }>({ ros: provider, ...options });
    const call = (name: string): Promise<{ name: string }> =>
      asked((done, failed) =>
        new roslib.Service<object, { name: string }>({ ros: caller, ...options }).callService({ name }, done, failed),
      );
    await service.advertise((request, response) => {
      response.name = `hello ${request.name}`;
      return request.name !== 'nobody';
    });
    await waitFor(async () => (await asked<string[]>((done) => caller.getServices(done))).includes('/my_spawn'));
    expect(await call('ann')).toEqual({ name: 'hello ann' });
    await expect(call('nobody')).rejects.toThrow(/SERVICE_FAILED/);
    await service.unadvertise();
    await service.advertiseAsync(({ name }) =>
      name === 'nobody' ? Promise.reject(new Error('no such turtle')) : Promise.resolve({ name: `async ${name}` }),
    );
    await asked((done) => provider.getServices(done));
    expect(await call('ann')).toEqual({ name: 'async ann' });
    await expect(call('nobody')).rejects.toThrow(/no such turtle/);
    provider.close();
    await waitFor(async () => !(await asked<string[]>((done) => caller.getServices(done))).includes('/my_spawn'));
  });
});

test('roslib’s Param sets, gets and deletes', async () => {
  const ros = await connect();
  const param = new roslib.Param<unknown>({ ros, name: '/demo' });
  for (const value of [1, 'text', [1, 2.5], { a: true }]) {
    await asked((done, failed) => param.set(value, done, failed));
    expect(await asked((done, failed) => param.get(done, failed))).toEqual(value);
  }
  expect(await asked<string[]>((done, failed) => ros.getParams(done, failed))).toContain('/demo');
  await asked((done, failed) => param.delete(done, failed));
  await expect(asked((done, failed) => param.get(done, failed))).rejects.toThrow(/no parameter/);
});

describe('roslib’s Ros asks', () => {
  test('for topics, services, nodes and their types', async () => {
    const ros = await connect();
    const { topics, types } = await asked<{ topics: string[]; types: string[] }>((done) => ros.getTopics(done));
    expect(types[topics.indexOf('/turtle1/pose')]).toBe('turtlesim/Pose');
    expect(topics).toContain('/rosout');
    expect(await asked((done) => ros.getTopicsForType('turtlesim/Pose', done))).toEqual(['/turtle1/pose']);
    expect(await asked((done) => ros.getTopicType('/turtle1/pose', done))).toBe('turtlesim/Pose');
    const services = await asked<string[]>((done) => ros.getServices(done));
    expect(services).toEqual(expect.arrayContaining(['/spawn', '/rosapi/topics']));
    expect(await asked((done) => ros.getServicesForType('turtlesim/Spawn', done))).toEqual(['/spawn']);
    expect(await asked((done) => ros.getServiceType('/spawn', done))).toBe('turtlesim/Spawn');
    expect(await asked((done) => ros.getServiceType('/nowhere', done))).toBe('');
    expect(await asked((done) => ros.getNodes(done))).toEqual(expect.arrayContaining(['/rosapi', '/turtlesim']));
    const details = await asked((done) => ros.getNodeDetails('/turtlesim', done));
    expect(details).toMatchObject({ publishing: expect.arrayContaining(['/turtle1/pose']) as unknown });
    expect(await asked((done) => ros.getActionServers(done))).toEqual([]);
  });

  test('for descriptions of types', async () => {
    const ros = await connect();
    const twist = await asked<Parameters<Ros['decodeTypeDefs']>[0]>((done) =>
      ros.getMessageDetails('geometry_msgs/Twist', done),
    );
    const vector = { x: 'float64', y: 'float64', z: 'float64' };
    expect(ros.decodeTypeDefs(twist)).toEqual({ linear: vector, angular: vector });
    const request = await asked((done) => ros.getServiceRequestDetails('turtlesim/Spawn', done));
    expect(request).toMatchObject({
      typedefs: [{ type: 'turtlesim/SpawnRequest', fieldnames: ['x', 'y', 'theta', 'name'] }],
    });
    const response = await asked((done) => ros.getServiceResponseDetails('turtlesim/Spawn', done));
    expect(response).toMatchObject({ typedefs: [{ type: 'turtlesim/SpawnResponse', fieldtypes: ['string'] }] });
    const raw = await asked<{ topics: string[]; typedefs_full_text: string[] }>((done) =>
      ros.getTopicsAndRawTypes(done),
    );
    expect(raw.typedefs_full_text[raw.topics.indexOf('/turtle1/cmd_vel')]).toContain('MSG: geometry_msgs/Vector3');
  });
});
