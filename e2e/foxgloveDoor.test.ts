import { codecFor } from '@longline/ros';
import { describeWithPeer, runRosProgram, startHelperNode, waitFor } from '@longline/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { DoorWorld } from './DoorWorld.ts';
import { FoxgloveViewer } from './FoxgloveViewer.ts';
import { START_MS } from './longline.ts';

const TEST_MS = 60_000;
const sentSchema = z.object({ topic: z.string(), hex: z.string() });
const bytesOf = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

describeWithPeer('roscore', 'FoxgloveClient through the Foxglove door of a far roscore', () => {
  let world: DoorWorld;
  const viewers: FoxgloveViewer[] = [];

  const open = async (subprotocol = 'foxglove.websocket.v1'): Promise<FoxgloveViewer> => {
    const viewer = new FoxgloveViewer(world.door('foxglove'), subprotocol);
    viewers.push(viewer);
    await waitFor(() => viewer.info, { what: 'serverInfo', timeoutMs: START_MS });
    return viewer;
  };

  beforeAll(async () => {
    world = await DoorWorld.start();
    // As in every robot, the topics come a moment after the robot.
    await waitFor(async () => (await open()).channel('/robot/odom'), { timeoutMs: START_MS });
  }, 3 * START_MS);
  afterEach(() => {
    for (const { client } of viewers.splice(0)) client.close();
  });
  afterAll(() => world.stop());

  it.each(['foxglove.websocket.v1', 'foxglove.sdk.v1'])(
    'messages have the bytes that rospy serialized, with their definition (%s)',
    { timeout: TEST_MS },
    async (subprotocol) => {
      const viewer = await open(subprotocol);
      const channel = await viewer.channel('/robot/odom');
      expect(channel).toMatchObject({ encoding: 'ros1', schemaName: 'nav_msgs/Odometry', schemaEncoding: 'ros1msg' });
      expect(channel.schema).toContain('MSG: geometry_msgs/TwistWithCovariance');
      viewer.client.subscribe(channel.id);
      const third = await waitFor(() => viewer.messages[2]);
      const hex = bytesOf(third.data).toString('hex');
      await world.robot.waitFor((peer) =>
        peer.lines.some((line) => {
          const sent = sentSchema.safeParse(JSON.parse(line));
          return sent.success && sent.data.topic === '/robot/odom' && sent.data.hex === hex;
        }),
      );
      expect(Math.abs(Number(third.timestamp / 1_000_000n) - Date.now())).toBeLessThan(60_000);
    },
  );

  it('says that it is a ROS 1 robot, and offers what it has', { timeout: TEST_MS }, async () => {
    const { info } = await open();
    expect(info?.metadata?.['ROS_DISTRO']).toBe('noetic');
    expect(info?.capabilities).toEqual(
      expect.arrayContaining(['clientPublish', 'parameters', 'parametersSubscribe', 'services', 'connectionGraph']),
    );
  });

  it('a latched message comes at once', { timeout: TEST_MS }, async () => {
    const viewer = await open();
    viewer.client.subscribe((await viewer.channel('/robot/map_name')).id);
    const message = await waitFor(() => viewer.messages[0]);
    expect(bytesOf(message.data).toString()).toContain('the first floor');
  });

  it.each(['json', 'ros1'])('publishes to nodes of the robot in %s', { timeout: TEST_MS }, async (encoding) => {
    const topic = `/from_viewer_${encoding}`;
    const listener = startHelperNode(world.roscore, 'listen.py', [topic, 'std_msgs/String']);
    await listener.waitFor((peer) => peer.stdout.includes('"ready"'), START_MS);
    const { client } = await open();
    const text = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' } as const;
    const data =
      encoding === 'json'
        ? new TextEncoder().encode('{"data":"hello viewer"}')
        : codecFor(text, 'ros1').encode({ data: 'hello viewer' });
    const channelId = client.advertise({ topic, encoding, schemaName: 'std_msgs/String' });
    client.sendMessage(channelId, data);
    await listener.waitFor((peer) => peer.stdout.includes(Buffer.from('hello viewer').toString('hex')));
    await listener.stop();
  });

  it('calls services in ros1 and json, and hears why one failed', { timeout: TEST_MS }, async () => {
    const viewer = await open();
    const setBool = await viewer.service('/robot/set_bool');
    expect(setBool).toMatchObject({ type: 'std_srvs/SetBool' });
    viewer.client.sendServiceCallRequest({
      serviceId: setBool.id,
      callId: 1,
      encoding: 'ros1',
      data: new Uint8Array([1]),
    });
    const response = await waitFor(() => viewer.responses[0]);
    expect(response.encoding).toBe('ros1');
    expect(bytesOf(response.data).toString()).toContain('got True');
    const json = new TextEncoder().encode('{"data":false}');
    viewer.client.sendServiceCallRequest({ serviceId: setBool.id, callId: 2, encoding: 'json', data: json });
    const second = await waitFor(() => viewer.responses[1]);
    expect(JSON.parse(bytesOf(second.data).toString())).toEqual({ success: false, message: 'got False' });
    const fail = await viewer.service('/robot/fail');
    viewer.client.sendServiceCallRequest({ serviceId: fail.id, callId: 3, encoding: 'ros1', data: new Uint8Array(0) });
    expect(await waitFor(() => viewer.failures[0])).toContain('the "café" is closed');
  });

  it('reads, sets, watches and unsets parameters', { timeout: TEST_MS }, async () => {
    const viewer = await open();
    const { client, parameters } = viewer;
    client.setParameters([{ name: '/viewer/speed', value: 1.5 }], 'set');
    expect(await waitFor(() => parameters.find(({ id }) => id === 'set'))).toMatchObject({
      parameters: [{ name: '/viewer/speed', value: 1.5 }],
    });
    client.getParameters([], 'get-all-params');
    const all = await waitFor(() => parameters.find(({ id }) => id === 'get-all-params'));
    expect(all.parameters.map(({ name }) => name)).toContain('/viewer/speed');
    client.subscribeParameterUpdates(['/viewer/speed']);
    await runRosProgram(world.roscore, 'rosparam', ['set', '/viewer/speed', '2.5']);
    await waitFor(() => parameters.some((each) => each.parameters.some(({ value }) => value === 2.5)), {
      timeoutMs: START_MS,
    });
  });

  it('tells who publishes and who subscribes', { timeout: TEST_MS }, async () => {
    const viewer = await open();
    viewer.client.subscribeConnectionGraph();
    const graph = await waitFor(() => viewer.graphs[0], { timeoutMs: START_MS });
    expect(graph.publishedTopics).toContainEqual({ name: '/robot/odom', publisherIds: ['/sample_robot'] });
  });
});
