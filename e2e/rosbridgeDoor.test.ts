import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithPeer, roslib, runRosProgram, startHelperNode, TcpProxy, waitFor } from '@longline/testing';
import type { PeerProcess, Ros, RosapiTypeDef, Topic } from '@longline/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DoorWorld } from './DoorWorld.ts';
import { START_MS } from './longline.ts';
import { actionFiles, writeRosPackage } from './rosPackage.ts';

const TEST_MS = 60_000;
const hexOf = (data: Uint8Array): string => Buffer.from(data).toString('hex');
/** As the sample robot says what it published. */
const sentSchema = z.object({ topic: z.string(), hex: z.string() });
const velocity = z.object({ ms: z.number(), x: z.number(), madeMs: z.number() });
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

interface Text {
  data: string;
}

describeWithPeer('roscore', 'roslib through the rosbridge door of a far roscore', () => {
  let world: DoorWorld;
  let packages: string;
  const opened: Ros[] = [];

  const connect = async (url = world.door('rosbridge')): Promise<Ros> => {
    const ros = new roslib.Ros();
    opened.push(ros);
    ros.on('error', () => undefined);
    await ros.connect(url);
    await waitFor(() => ros.isConnected, { what: 'roslib connects' });
    return ros;
  };
  const textTopic = (ros: Ros, name: string): Topic<Text> =>
    new roslib.Topic<Text>({ ros, name, messageType: 'std_msgs/String' });
  /** A call with roslib's two callbacks, as a promise. */
  const asked = <T>(ask: (done: (value: T) => void, failed: (error: string) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => ask(resolve, (error) => reject(new Error(error))));

  beforeAll(async () => {
    packages = await mkdtemp(join(tmpdir(), 'longline-packages-'));
    await writeRosPackage(packages, 'far_tutorials', { 'srv/AddTwoInts.srv': 'int64 a\nint64 b\n---\nint64 sum\n' });
    await writeRosPackage(packages, 'tf2_web_republisher', {
      ...actionFiles('tf2_web_republisher', 'TFSubscription', {
        goal: 'string[] source_frames\nstring target_frame\nfloat32 angular_thres\nfloat32 trans_thres\nfloat32 rate\n',
        result: '',
        feedback: 'geometry_msgs/TransformStamped[] transforms\n',
      }),
    });
    world = await DoorWorld.start({}, { ROS_PACKAGE_PATH: packages });
    // The robot's topics are known at the server.
    const ros = await connect();
    await waitFor(async () => (await asked<{ topics: string[] }>((done) => ros.getTopics(done))).topics.length > 10);
  }, 3 * START_MS);
  afterEach(() => {
    for (const ros of opened.splice(0)) ros.close();
  });
  afterAll(async () => {
    await world.stop();
    await rm(packages, { recursive: true, force: true });
  });

  describe('Topic', () => {
    it.each(['none', 'png', 'cbor'])('receives with compression %s', { timeout: TEST_MS }, async (compression) => {
      const ros = await connect();
      const heard: unknown[] = [];
      const topic = new roslib.Topic({ ros, name: '/robot/imu', messageType: 'sensor_msgs/Imu', compression });
      topic.subscribe((message) => heard.push(message));
      await waitFor(() => heard.length > 3);
      const plain = z.object({
        header: z.object({ stamp: z.object({ secs: z.number().min(1_700_000_000), nsecs: z.literal(250_000_000) }) }),
        linear_acceleration: z.object({ z: z.number() }),
      });
      expect(plain.safeParse(heard[2]).error).toBeUndefined();
      const covariance = (heard[2] as { orientation_covariance: ArrayLike<number> }).orientation_covariance;
      expect([...Array.from(covariance)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it('receives the very bytes that rospy serialized with compression cbor-raw', { timeout: TEST_MS }, async () => {
      const ros = await connect();
      const heard: { bytes: Uint8Array }[] = [];
      const topic = new roslib.Topic<{ bytes: Uint8Array }>({
        ros,
        name: '/robot/odom',
        messageType: 'nav_msgs/Odometry',
        compression: 'cbor-raw',
      });
      topic.subscribe((message) => heard.push(message));
      const third = await waitFor(() => heard[2]);
      await world.robot.waitFor((peer) =>
        peer.lines.some((line) => {
          const sent = sentSchema.safeParse(JSON.parse(line));
          return sent.success && sent.data.topic === '/robot/odom' && sent.data.hex === hexOf(third.bytes);
        }),
      );
    });

    it('gets a latched message at once', { timeout: TEST_MS }, async () => {
      const heard: Text[] = [];
      textTopic(await connect(), '/robot/map_name').subscribe((message) => heard.push(message));
      expect(await waitFor(() => heard[0])).toEqual({ data: 'the first floor' });
    });

    it('publishes to nodes of the robot from the first message on', { timeout: TEST_MS }, async () => {
      const listener = startHelperNode(world.roscore, 'listen.py', ['/from_far', 'std_msgs/String']);
      await listener.waitFor((peer) => peer.stdout.includes('"ready"'), START_MS);
      const topic = textTopic(await connect(), '/from_far');
      topic.publish({ data: 'hello from roslib' });
      await listener.waitFor((peer) => peer.stdout.includes(Buffer.from('hello from roslib').toString('hex')));
      await listener.stop();
    });

    it('hears what it publishes itself, in order, and stops when told to', { timeout: TEST_MS }, async () => {
      const ros = await connect();
      const heard: string[] = [];
      const listener = textTopic(ros, '/loop');
      const speaker = textTopic(ros, '/loop');
      speaker.advertise();
      listener.subscribe(({ data }) => heard.push(data));
      for (let i = 0; i < 20; i++) speaker.publish({ data: String(i) });
      await waitFor(() => heard.length === 20);
      expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
      listener.unsubscribe();
      speaker.publish({ data: 'too late' });
      await asked((done) => ros.getTopics(done));
      expect(heard).toHaveLength(20);
    });

    it('is known to ROS from advertise to unadvertise', { timeout: TEST_MS }, async () => {
      const ros = await connect();
      const topics = async (): Promise<string[]> =>
        (await asked<{ topics: string[] }>((done, failed) => ros.getTopics(done, failed))).topics;
      const topic = textTopic(ros, '/advertised_from_far');
      expect(await topics()).not.toContain('/advertised_from_far');
      topic.advertise();
      expect(await topics()).toContain('/advertised_from_far');
      topic.unadvertise();
      await waitFor(async () => !(await topics()).includes('/advertised_from_far'), { timeoutMs: START_MS });
    });
  });

  describe('Service', () => {
    it('calls a service of the robot, and hears why one failed', { timeout: TEST_MS }, async () => {
      const ros = await connect();
      const call = (name: string, type: string, request: unknown): Promise<unknown> =>
        asked((done, failed) =>
          new roslib.Service({ ros, name, serviceType: type }).callService(request, done, failed),
        );
      expect(await call('/robot/set_bool', 'std_srvs/SetBool', { data: true })).toEqual({
        success: true,
        message: 'got True',
      });
      await expect(call('/robot/fail', 'std_srvs/Trigger', {})).rejects.toThrow('the "café" is closed');
      await expect(call('/robot/none', 'std_srvs/Trigger', {})).rejects.toThrow('SERVICE_UNKNOWN');
      await expect(call('/robot/set_bool', 'std_srvs/SetBool', { date: true })).rejects.toThrow('MESSAGE_INVALID');
    });

    it('provides a service to nodes of the robot, until it no longer does', { timeout: TEST_MS }, async () => {
      const ros = await connect();
      const service = new roslib.Service<{ data: boolean }, { success: boolean; message: string }>({
        ros,
        name: '/from_far/set_bool',
        serviceType: 'std_srvs/SetBool',
      });
      await service.advertise((request, response) => {
        response.success = request.data;
        response.message = 'answered far away';
        return true;
      });
      await waitFor(async () => (await rosOutput(['rosservice', 'list'])).includes('/from_far/set_bool'), {
        timeoutMs: START_MS,
      });
      expect(await rosOutput(['rosservice', 'call', '/from_far/set_bool', 'data: true'])).toContain(
        'answered far away',
      );
      const second = await connect();
      const caller = new roslib.Service({ ros: second, name: '/from_far/set_bool', serviceType: 'std_srvs/SetBool' });
      expect(await asked((done, failed) => caller.callService({ data: false }, done, failed))).toMatchObject({
        success: false,
      });
      ros.close();
      await waitFor(async () => !(await rosOutput(['rosservice', 'list'])).includes('/from_far/set_bool'), {
        timeoutMs: START_MS,
      });
    });
  });

  it(
    'a service of a type that only the robot’s own packages define is provided and called',
    { timeout: TEST_MS },
    async () => {
      const sum = { ros: await connect(), name: '/sum', serviceType: 'far_tutorials/AddTwoInts' };
      const service = new roslib.Service<{ a: number; b: number }, { sum: number }>(sum);
      await service.advertiseAsync(({ a, b }) => Promise.resolve({ sum: a + b }));
      const caller = new roslib.Service<{ a: number; b: number }, { sum: number }>({ ...sum, ros: await connect() });
      const call = (): Promise<unknown> => asked((done, failed) => caller.callService({ a: 2, b: 40 }, done, failed));
      await waitFor(() => call().catch(() => undefined), { timeoutMs: START_MS });
      expect(await call()).toEqual({ sum: 42 });
    },
  );

  it('ActionClient, Goal and SimpleActionServer work over the topics of actionlib', { timeout: TEST_MS }, async () => {
    const action = { serverName: '/look_up', actionName: 'tf2_msgs/LookupTransformAction' };
    const server = new roslib.SimpleActionServer({ ros: await connect(), ...action });
    const client = new roslib.ActionClient({ ros: await connect(), ...action });
    const result = { transform: { child_frame_id: 'found' } };
    server.on('goal', () => {
      server.sendFeedback({});
      server.setSucceeded(result);
    });
    // As with rosbridge, both sides first have to know of each other.
    const topics = (ros: Ros): Promise<{ topics: string[] }> => asked((done) => ros.getTopics(done));
    const ros = await connect();
    await waitFor(async () => (await topics(ros)).topics.filter((topic) => topic.startsWith('/look_up/')).length === 5);
    const goal = new roslib.Goal({ actionClient: client, goalMessage: { target_frame: 'a', source_frame: 'b' } });
    const heard: unknown[] = [];
    goal.on('result', (value) => heard.push(value));
    goal.send();
    expect(await waitFor(() => heard[0])).toMatchObject(result);
    client.dispose();
  });

  describe('Action', () => {
    const options = { name: '/far_look_up', actionType: 'tf2_msgs/LookupTransform' };
    const goal = { target_frame: 'a', source_frame: 'b' };

    it('is provided by one and used by another: feedback, success and cancel', { timeout: TEST_MS }, async () => {
      const ros = await connect();
      const server = new roslib.Action({ ros, ...options });
      const cancelled: string[] = [];
      server.advertise(
        (given, id) => {
          expect(given).toMatchObject({ source_frame: 'b' });
          server.sendFeedback(id, {});
          if ((given as typeof goal).target_frame === 'a')
            server.setSucceeded(id, { transform: { child_frame_id: 'found' } });
        },
        (id) => {
          cancelled.push(id);
          server.setCanceled(id, {});
        },
      );
      const client = new roslib.Action({ ros: await connect(), ...options });
      const [feedback, failures]: [unknown[], string[]] = [[], []];
      const result = await asked((done, failed) =>
        client.sendGoal(goal, done, (value) => feedback.push(value), failed),
      );
      expect(result).toMatchObject({ transform: { child_frame_id: 'found' } });
      expect(feedback).toEqual([{}]);
      const id = client.sendGoal(
        { ...goal, target_frame: 'never' },
        () => failures.push('it succeeded'),
        (value) => feedback.push(value),
        (error) => failures.push(error),
      );
      await waitFor(() => feedback.length === 2);
      client.cancelGoal(id ?? '');
      expect(await waitFor(() => failures[0])).toMatch(/5|cancel/i);
      expect(cancelled).toEqual([id]);
      expect(await asked((done) => ros.getActionServers(done))).toContain('/far_look_up');
    });

    it('that nobody provides fails with a word', { timeout: TEST_MS }, async () => {
      const client = new roslib.Action({ ros: await connect(), ...options, name: '/nobodys' });
      await expect(asked((done, failed) => client.sendGoal(goal, done, undefined, failed))).rejects.toThrow(
        'ACTION_UNKNOWN',
      );
    });

    it('ROS2TFClient hears transforms of a republisher of ROS 1', { timeout: TEST_MS }, async () => {
      const republisher = new roslib.Action({
        ros: await connect(),
        name: '/tf2_actions',
        actionType: 'tf2_web_republisher/TFSubscription',
      });
      const transform = { translation: { x: 2.5 }, rotation: { w: 1 } };
      republisher.advertise(
        (_, id) =>
          republisher.sendFeedback(id, {
            transforms: [{ header: { frame_id: 'world' }, child_frame_id: 'turtle1', transform }],
          }),
        (id) => republisher.setCanceled(id, {}),
      );
      const client = new roslib.ROS2TFClient({ ros: await connect(), fixedFrame: 'world', serverName: '/tf2_actions' });
      const heard: unknown[] = [];
      client.subscribe('turtle1', (value) => heard.push(value));
      expect(await waitFor(() => heard[0])).toMatchObject({ translation: { x: 2.5, y: 0 }, rotation: { w: 1 } });
      client.dispose();
    });
  });

  it('TFClient hears transforms of a republisher', { timeout: TEST_MS }, async () => {
    const action = { serverName: '/tf2_web_republisher', actionName: 'tf2_web_republisher/TFSubscriptionAction' };
    const republisher = new roslib.SimpleActionServer({ ros: await connect(), ...action });
    const ros = await connect();
    const client = new roslib.TFClient({ ros, fixedFrame: 'world' });
    const topics = (): Promise<{ topics: string[] }> => asked((done) => ros.getTopics(done));
    await waitFor(async () => (await topics()).topics.filter((topic) => topic.startsWith('/tf2_web_')).length === 5);
    republisher.on('goal', (goal) => {
      expect(goal).toMatchObject({ source_frames: ['turtle1'], target_frame: 'world' });
      const transform = { translation: { x: 1.5 }, rotation: { w: 1 } };
      republisher.sendFeedback({
        transforms: [{ header: { frame_id: 'world' }, child_frame_id: 'turtle1', transform }],
      });
    });
    const heard: unknown[] = [];
    client.subscribe('turtle1', (transform) => heard.push(transform));
    expect(await waitFor(() => heard[0])).toMatchObject({ translation: { x: 1.5, y: 0 }, rotation: { w: 1 } });
    client.dispose();
  });

  it('Param: sets, gets, lists and deletes parameters of the robot', { timeout: TEST_MS }, async () => {
    const ros = await connect();
    const param = new roslib.Param<unknown>({ ros, name: '/from_far/gains' });
    for (const value of [[1.5, true, 'x'], { p: 1, d: { e: 'é' } }, 'text', 3]) {
      await asked((done, failed) => param.set(value, done, failed));
      expect(await asked((done, failed) => param.get(done, failed))).toEqual(value);
    }
    expect(await rosOutput(['rosparam', 'get', '/from_far/gains'])).toContain('3');
    expect(await asked<string[]>((done, failed) => ros.getParams(done, failed))).toContain('/from_far/gains');
    await asked((done, failed) => param.delete(done, failed));
    expect(await asked<string[]>((done, failed) => ros.getParams(done, failed))).not.toContain('/from_far/gains');
  });

  it('Ros: every question to rosapi is answered about the robot', { timeout: TEST_MS }, async () => {
    const ros = await connect();
    const { topics, types } = await asked<{ topics: string[]; types: string[] }>((done) => ros.getTopics(done));
    expect(types[topics.indexOf('/robot/odom')]).toBe('nav_msgs/Odometry');
    expect(topics).toContain('/rosout');
    expect(await asked((done) => ros.getTopicsForType('sensor_msgs/Imu', done))).toEqual(['/robot/imu']);
    expect(await asked((done) => ros.getTopicType('/robot/scan', done))).toBe('sensor_msgs/LaserScan');
    expect(await asked((done) => ros.getServices(done))).toContain('/robot/set_bool');
    expect(await asked((done) => ros.getServicesForType('std_srvs/SetBool', done))).toEqual(['/robot/set_bool']);
    expect(await asked((done) => ros.getServiceType('/robot/set_bool', done))).toBe('std_srvs/SetBool');
    expect(await asked((done) => ros.getNodes(done))).toContain('/sample_robot');
    const details = await new Promise<unknown>((resolve) => ros.getNodeDetails('/sample_robot', resolve));
    expect(JSON.stringify(details)).toContain('/robot/set_bool');
    expect(await asked((done) => ros.getServiceRequestDetails('std_srvs/SetBool', done))).toMatchObject({
      typedefs: [{ fieldnames: ['data'], fieldtypes: ['bool'] }],
    });
    expect(await asked((done) => ros.getServiceResponseDetails('std_srvs/SetBool', done))).toMatchObject({
      typedefs: [{ fieldnames: ['success', 'message'] }],
    });
    const raw = await asked<{ topics: string[]; typedefs_full_text: string[] }>((done) =>
      ros.getTopicsAndRawTypes(done),
    );
    expect(raw.typedefs_full_text[raw.topics.indexOf('/robot/imu')]).toContain('MSG: std_msgs/Header');
    const typedefs = await asked<RosapiTypeDef[]>((done) => ros.getMessageDetails('geometry_msgs/Twist', done));
    expect(ros.decodeTypeDefs(typedefs)).toMatchObject({ linear: { x: 'float64' }, angular: { z: 'float64' } });
    expect(await asked((done) => textTopic(ros, '/robot/string').getPublishers(done))).toEqual(['/sample_robot']);
  });

  describe('what moves', () => {
    let watch: PeerProcess;
    beforeAll(async () => {
      watch = await world.watchVelocity();
    }, START_MS);
    afterAll(() => watch.stop());
    const twists = (): z.infer<typeof velocity>[] =>
      watch.lines.flatMap((line) => velocity.safeParse(JSON.parse(line)).data ?? []);
    const twist = (x: number): unknown => ({
      linear: { x, y: 0, z: 0 },
      angular: { x: 0, y: 0, z: nowMs() },
    });
    const commander = (ros: Ros): Topic<unknown> =>
      new roslib.Topic({ ros, name: '/cmd_vel', messageType: 'geometry_msgs/Twist' });

    it('a second operator is refused while the first one moves the robot', { timeout: TEST_MS }, async () => {
      const first = commander(await connect());
      const second = await connect();
      const told: string[] = [];
      second.on('status', (status) => told.push(JSON.stringify(status)));
      const timer = setInterval(() => first.publish(twist(0.5)), 50);
      try {
        await waitFor(() => twists().some(({ x }) => x === 0.5), { timeoutMs: START_MS });
        const other = commander(second);
        for (let i = 0; i < 20; i++) {
          other.publish(twist(0.75));
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        await waitFor(() => told.some((msg) => msg.includes('LEASE_HELD')));
        expect(twists().some(({ x }) => x === 0.75)).toBe(false);
      } finally {
        clearInterval(timer);
      }
      // Nobody speaks any more: the robot is stopped by its own deadman.
      await waitFor(() => twists().at(-1)?.x === 0);
    });

    it(
      'no stale Twist reaches the robot after 10 s without a network, though roslib queued them all',
      { timeout: 2 * TEST_MS },
      async () => {
        const proxy = await TcpProxy.start(world.server.port);
        const url = world.door('rosbridge').replace(`:${world.server.port}`, `:${proxy.port}`);
        const ros = await connect(url);
        ros.on('close', () => setTimeout(() => void ros.connect(url).catch(() => undefined), 500));
        const topic = commander(ros);
        const timer = setInterval(() => topic.publish(twist(0.25)), 50);
        try {
          const before = await waitFor(() => twists().filter(({ x }) => x === 0.25).length > 20 && twists().length, {
            timeoutMs: START_MS,
          });
          await proxy.set({ refuses: true });
          proxy.cut();
          await new Promise((resolve) => setTimeout(resolve, 10_000));
          await proxy.set({ refuses: false });
          const backMs = nowMs();
          await waitFor(() => twists().filter(({ x, ms }) => x === 0.25 && ms > backMs).length > 40, {
            timeoutMs: START_MS,
          });
          const late = twists()
            .slice(before)
            .filter(({ x }) => x === 0.25)
            .map(({ ms, madeMs }) => ms - madeMs);
          expect(Math.max(...late)).toBeLessThan(500);
        } finally {
          clearInterval(timer);
          await proxy.stop();
        }
      },
    );
  });

  const rosOutput = ([program = '', ...args]: readonly string[]): Promise<string> =>
    runRosProgram(world.roscore, program, args);
});
