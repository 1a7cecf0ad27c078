import { afterAll, beforeAll, expect, it } from 'vitest';
import { codecFor, md5Of } from '@longline/ros';
import type { Channel, GraphSnapshot, GraphStatus, Message, RosGraph } from '@longline/ros';
import {
  describeWithPeer,
  rostopic,
  runRosProgram,
  startHelperNode,
  startRoscore,
  startRospyNode,
  waitFor,
} from '@longline/testing';
import type { PeerProcess, Roscore } from '@longline/testing';
import { openRos1 } from './openRos1.ts';

interface Sent {
  readonly topic: string;
  readonly type: string;
  readonly md5: string;
  readonly i: number;
  readonly hex: string;
}

/** What the sample robot says it published. */
function sent(robot: PeerProcess): readonly Sent[] {
  return robot.lines.map((line) => JSON.parse(line) as Sent).filter((record) => 'hex' in record);
}

const isReady = (peer: PeerProcess): boolean => peer.lines.some((line) => line.includes('"ready"'));
const hexOf = (data: Uint8Array): string => Buffer.from(data).toString('hex');

/** Subscribes and keeps everything. */
async function listen(graph: RosGraph, topic: string, rateHz?: number) {
  const channels: Channel[] = [];
  const messages: Message[] = [];
  const problems: Error[] = [];
  const request = rateHz === undefined ? { topic } : { topic, rateHz };
  const subscription = await graph.subscribe(request, {
    handleChannel: (channel) => void channels.push(channel),
    handleMessage: (message) => void messages.push(message),
    handleProblem: (error) => void problems.push(error),
  });
  return { channels, messages, problems, close: () => subscription.close() };
}

describeWithPeer('roscore', 'against a real roscore', () => {
  let roscore: Roscore;
  let robot: PeerProcess;
  let graph: RosGraph;

  beforeAll(async () => {
    roscore = await startRoscore();
    robot = startHelperNode(roscore, 'sample_robot.py', ['--services', '--rate', '20']);
    await robot.waitFor(isReady);
    graph = openRos1({ masterUri: roscore.masterUri, host: 'localhost' });
  }, 90_000);
  afterAll(async () => {
    await graph.close();
    await robot.stop();
    await roscore.stop();
  });

  it('messages of std, geometry, sensor, nav and tf2 types arrive byte for byte with a definition of the right MD5 sum', async () => {
    const topics = await waitFor(() => {
      const names = new Set(sent(robot).map(({ topic }) => topic));
      return names.size === 11 && names;
    });
    for (const topic of topics) {
      const heard = await listen(graph, topic);
      const message = await waitFor(() => heard.messages[topic.endsWith('map_name') ? 0 : 2]);
      heard.close();
      const record = await robot.waitFor((peer) =>
        sent(peer).find((each) => each.topic === topic && each.hex === hexOf(message.data)),
      );
      const channel = message.channel;
      expect(channel).toMatchObject({ topic, encoding: 'ros1', latched: topic.endsWith('map_name') });
      expect(channel.schema.name).toBe(record.type);
      expect(md5Of(channel.schema)).toBe(record.md5);
      expect(hexOf(codecFor(channel.schema, 'ros1').encode(message.value))).toBe(record.hex);
      if (topic === '/robot/odom')
        expect(message.publishTime).toBe((1_700_000_000n + BigInt(record.i)) * 1_000_000_000n + 250_000_000n);
      if (topic === '/robot/string') expect(message.publishTime).toBe(message.logTime);
    }
  });

  it('every subscriber of a latched topic gets its message, the second one too', async () => {
    for (let round = 0; round < 2; round += 1) {
      const heard = await listen(graph, '/robot/map_name');
      const message = await waitFor(() => heard.messages[0]);
      expect(message.value).toEqual({ data: 'the first floor' });
      const second = await listen(graph, '/robot/map_name');
      expect(await waitFor(() => second.messages[0])).toBe(message);
      heard.close();
      second.close();
    }
  });

  it('a rate limit holds', async () => {
    const all = await listen(graph, '/robot/twist');
    const few = await listen(graph, '/robot/twist', 2);
    await waitFor(() => all.messages.length > 20);
    expect(few.messages.length).toBeLessThanOrEqual(4);
    all.close();
    few.close();
  });

  it('the snapshot names topics, types, nodes and services of the robot, and leaves this node out', async () => {
    const heard = await listen(graph, '/nobody/publishes/this');
    const snapshot = await graph.snapshot();
    expect(snapshot.topics).toContainEqual({
      name: '/robot/odom',
      type: 'nav_msgs/Odometry',
      publishers: ['/sample_robot'],
      subscribers: [],
    });
    expect(snapshot.services).toContainEqual({ name: '/robot/set_bool', type: '', providers: ['/sample_robot'] });
    expect(JSON.stringify(snapshot)).not.toMatch('longline');
    expect(JSON.stringify(snapshot)).not.toMatch('nobody');
    heard.close();
  });

  it('a single message published right after advertising reaches a rospy subscriber, later ones rostopic echo', async () => {
    const listener = startHelperNode(roscore, 'listen.py', ['/cmd_vel', 'geometry_msgs/Twist']);
    const listens = async (): Promise<boolean> => {
      const { topics } = await graph.snapshot();
      return topics.find(({ name }) => name === '/cmd_vel')?.subscribers.length === 1;
    };
    await waitFor(listens, { timeoutMs: 20_000 });
    const publisher = await graph.advertise({ topic: '/cmd_vel', type: 'geometry_msgs/msg/Twist' });
    const data = codecFor(publisher.schema, publisher.encoding).encode({ linear: { x: 1.5 }, angular: { z: -0.25 } });
    expect(await publisher.publish(data)).toEqual({ subscribers: 1 });
    await listener.waitFor((peer) => peer.stdout.includes(hexOf(data)));
    const echo = rostopic(roscore, ['echo', '/cmd_vel']);
    await waitFor(async () => (await publisher.publish(data)).subscribers === 2, { timeoutMs: 20_000 });
    await echo.waitFor((peer) => peer.stdout.includes('x: 1.5') && peer.stdout.includes('z: -0.25'));
    await echo.stop();
    await listener.stop();
    publisher.close();
  }, 60_000);

  it('a publish that nobody hears says so', async () => {
    const publisher = await graph.advertise({ topic: '/unheard', type: 'std_msgs/String' });
    expect(await publisher.publish(new Uint8Array(4))).toEqual({ subscribers: 0 });
    publisher.close();
  });

  it('what is published latched reaches who comes later, and two callers share a topic', async () => {
    const publisher = await graph.advertise({ topic: '/latched', type: 'std_msgs/String', latched: true });
    const second = await graph.advertise({ topic: '/latched', type: 'std_msgs/String' });
    await expect(graph.advertise({ topic: '/latched', type: 'std_msgs/Int64' })).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
    });
    await publisher.publish(codecFor(publisher.schema, 'ros1').encode({ data: 'kept' }));
    publisher.close();
    const echo = rostopic(roscore, ['echo', '-n', '1', '/latched']);
    await echo.waitFor((peer) => peer.stdout.includes('kept'));
    await echo.stop();
    second.close();
  });

  it('rospy services answer, fail in their own words, and tell their types', async () => {
    const schema = await graph.serviceSchema('/robot/set_bool');
    expect(schema.name).toBe('std_srvs/SetBool');
    const data = codecFor(schema.request, 'ros1').encode({ data: true });
    const response = await graph.callService({ service: '/robot/set_bool', data });
    expect(codecFor(schema.response, 'ros1').decode(response)).toEqual({ success: true, message: 'got True' });
    const trigger = await graph.serviceSchema('/robot/trigger');
    const answer = await graph.callService({ service: '/robot/trigger', data: new Uint8Array(0) });
    expect(codecFor(trigger.response, 'ros1').decode(answer)).toEqual({ success: false, message: 'not "now", é' });
    await expect(graph.callService({ service: '/robot/fail', data: new Uint8Array(0) })).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: expect.stringContaining('the "café" is closed') as string,
    });
    await expect(graph.callService({ service: '/robot/none', data })).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
    });
  });

  it('parameters are read and written as rosparam does', async () => {
    await runRosProgram(roscore, 'rosparam', [
      'set',
      '/demo',
      '{a: 1, b: 2.0, c: "x <&> é", d: [1, 2.5, true], e: {f: false}}',
    ]);
    expect(await graph.getParameter('/demo')).toEqual({ a: 1, b: 2, c: 'x <&> é', d: [1, 2.5, true], e: { f: false } });
    expect(await graph.getParameter('/demo/e/f')).toBe(false);
    expect(await graph.listParameters()).toEqual(expect.arrayContaining(['/demo/a', '/demo/e/f', '/run_id']));
    await graph.setParameter('/demo/b', 3);
    await graph.setParameter('/demo/new', { list: [1n, 'two', Number.NaN], bytes: new Uint8Array([1, 2, 255]) });
    expect(await runRosProgram(roscore, 'rosparam', ['get', '/demo/b'])).toBe('3.0\n');
    expect(await graph.getParameter('/demo/new/list')).toEqual([1, 'two', Number.NaN]);
    expect(await graph.getParameter('/demo/new/bytes')).toEqual(new Uint8Array([1, 2, 255]));
    await expect(graph.getParameter('/demo/missing')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
    await expect(graph.setParameter('/x', 2n ** 40n)).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
    await expect(graph.setParameter('/x', 'bell \u0007')).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
  });

  it('definitions are found for types that were never on a topic, and unknown ones are named', async () => {
    expect(md5Of(await graph.messageSchema('sensor_msgs/JointState'))).toBe('3066dcd76a6cfaef579bd0f34173e9fd');
    await expect(graph.messageSchema('no_msgs/Such')).rejects.toMatchObject({ code: 'TYPE_UNKNOWN' });
  });

  it('a second publisher of another type is reported, and the first is kept', async () => {
    const first = startRospyNode(roscore, talker('String', "'text'"), ['/shared']);
    const heard = await listen(graph, '/shared');
    await waitFor(() => heard.messages.length > 0, { timeoutMs: 20_000 });
    const second = startRospyNode(roscore, talker('Int64', '7'), ['/shared']);
    await waitFor(() => heard.problems.length > 0, { timeoutMs: 20_000 });
    expect(heard.problems[0]).toMatchObject({ code: 'TYPE_MISMATCH' });
    expect(heard.channels.map(({ schema }) => schema.name)).toEqual(['std_msgs/String']);
    await first.stop();
    await waitFor(() => heard.channels.length === 2, { timeoutMs: 20_000 });
    expect(heard.channels[1]?.schema.name).toBe('std_msgs/Int64');
    await waitFor(() => heard.messages.at(-1)?.value['data'] === 7n);
    await second.stop();
    heard.close();
  }, 60_000);
});

describeWithPeer('roscore', 'when a real roscore goes and comes back', () => {
  it('watchers are told, and subscriptions, publishers and late topics work again within 3 s of the nodes', async () => {
    const roscore = await startRoscore();
    const graph = openRos1({ masterUri: roscore.masterUri, host: 'localhost' });
    const statuses: GraphStatus[] = [];
    let snapshot: GraphSnapshot | undefined;
    graph.watch({ handleStatus: (status) => statuses.push(status), handleGraph: (now) => (snapshot = now) });
    const heard = await listen(graph, '/robot/int64');
    const publisher = await graph.advertise({ topic: '/cmd_vel', type: 'geometry_msgs/Twist' });
    let robot = startHelperNode(roscore, 'sample_robot.py', []);
    await waitFor(() => heard.messages.length > 0, { timeoutMs: 20_000 });
    expect(heard.messages[0]?.sequence).toBe(0);

    await roscore.kill();
    await robot.stop();
    await waitFor(() => statuses.at(-1)?.state === 'disconnected');
    expect(statuses.at(-1)).toMatchObject({ code: 'ROS_UNREACHABLE' });

    await roscore.restart();
    robot = startHelperNode(roscore, 'sample_robot.py', []);
    await robot.waitFor(isReady);
    const before = heard.messages.length;
    const readyMs = performance.now();
    await waitFor(() => heard.messages.length > before, { timeoutMs: 20_000 });
    expect(performance.now() - readyMs).toBeLessThan(3_000);
    await waitFor(
      () =>
        statuses.at(-1)?.state === 'connected' && snapshot?.topics.some(({ name }) => name === '/robot/int64') === true,
    );

    const listener = startHelperNode(roscore, 'listen.py', ['/cmd_vel', 'geometry_msgs/Twist']);
    await waitFor(async () => (await publisher.publish(new Uint8Array(48))).subscribers === 1, { timeoutMs: 20_000 });
    await listener.waitFor((peer) => peer.stdout.includes('00'.repeat(48)));

    await graph.close();
    expect(await runRosProgram(roscore, 'rosnode', ['list'])).not.toMatch('longline');
    await listener.stop();
    await robot.stop();
    await roscore.stop();
  }, 120_000);
});

describeWithPeer('roscore', 'when a real roscore is restarted under living nodes', () => {
  it('what flows goes on flowing, and new publishers are found', async () => {
    const roscore = await startRoscore();
    const graph = openRos1({ masterUri: roscore.masterUri, host: 'localhost' });
    const old = startRospyNode(roscore, talker('String', "'old'"), ['/talk']);
    const heard = await listen(graph, '/talk');
    await waitFor(() => heard.messages.length > 0, { timeoutMs: 20_000 });
    await roscore.restart();
    const young = startRospyNode(roscore, talker('String', "'new'"), ['/talk']);
    const says = (text: string, from: number) => heard.messages.slice(from).some(({ value }) => value['data'] === text);
    await waitFor(() => says('new', 0), { timeoutMs: 20_000 });
    const seen = heard.messages.length;
    await waitFor(() => says('old', seen) && says('new', seen));
    expect(heard.channels).toHaveLength(1);
    await graph.close();
    await old.stop();
    await young.stop();
    await roscore.stop();
  }, 90_000);
});

/** A rospy script that publishes one value of a std_msgs type ten times a second. */
function talker(type: string, value: string): string {
  return `import rospy, sys
from std_msgs.msg import ${type}
rospy.init_node('talker', anonymous=True, disable_signals=True)
publisher = rospy.Publisher(sys.argv[1], ${type}, queue_size=10)
rate = rospy.Rate(10)
while True:
    publisher.publish(${value})
    rate.sleep()
`;
}
