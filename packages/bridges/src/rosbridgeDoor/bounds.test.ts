import { FakeClock, FakeGraph } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { localDoorRobot } from '../door/localDoorRobot.ts';
import { addSchema, matching, RosbridgeClient, stringSchema } from './RosbridgeClient.fixture.ts';

describe('bounds', () => {
  test('10,000 subscriptions: 1,000 are taken, the others are told in few words', async () => {
    const client = new RosbridgeClient();
    const ops = Array.from({ length: 10_000 }, (_, i) => ({
      op: 'subscribe',
      topic: `/t${i}`,
      type: 'std_msgs/String',
    }));
    const told = await client.say(...ops);
    expect(client.graph.subscribed).toHaveLength(1_000);
    expect(told.length).toBeLessThanOrEqual(50);
    expect(told[0]).toMatchObject({ op: 'status', msg: matching(/^LIMIT_EXCEEDED: /) });
    await client.clock.advance(1_000);
    expect(client.take()).toMatchObject([{ op: 'status', level: 'warning', msg: matching(/^89\d\d more/) }]);
  });

  test('10,000 advertised topics and services: 256 and 100 are taken', async () => {
    const client = new RosbridgeClient();
    client.graph.serviceSchemas.set('demo/Add', addSchema);
    await client.say(
      ...Array.from({ length: 10_000 }, (_, i) => ({ op: 'advertise', topic: `/t${i}`, type: 'std_msgs/String' })),
      ...Array.from({ length: 10_000 }, (_, i) => ({ op: 'advertise_service', service: `/s${i}`, type: 'demo/Add' })),
    );
    expect(client.graph.publishers).toBe(256);
    expect(client.graph.services.size).toBe(100);
  });

  test('a reader that never reads gets the newest of each topic later, and is told of what was dropped', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    await client.say({ op: 'subscribe', topic: '/chatter' });
    client.bufferedBytes = 1_000_000;
    for (let i = 0; i < 1_000; i++) client.emitText('/chatter', `${i}`);
    expect(client.take().filter(({ op }) => op === 'publish')).toEqual([]);
    client.bufferedBytes = 0;
    client.session.handleWritable();
    expect(client.take().filter(({ op }) => op === 'publish')).toMatchObject([{ msg: { data: '999' } }]);
    await client.clock.advance(2_500);
    expect(client.take()).toEqual([
      { op: 'status', level: 'warning', msg: matching(/^999 messages of .chatter were/) },
    ]);
  });

  test('a robot that answers nothing is given at most 1,000 messages of one reader', async () => {
    const clock = new FakeClock();
    const graph = new FakeGraph(clock);
    const robot = localDoorRobot(graph, { clock });
    robot.outputs.publish = () => new Promise(() => undefined);
    const client = new RosbridgeClient({ clock, graph, robot });
    const op = { op: 'publish', topic: '/a', type: 'std_msgs/String', msg: {} };
    const told = await client.say(...Array.from({ length: 1_001 }, () => op));
    expect(told).toMatchObject([{ op: 'status', msg: matching(/^LIMIT_EXCEEDED: /) }]);
  });

  test('everything ends with the connection', async () => {
    const client = new RosbridgeClient();
    client.graph.serviceSchemas.set('demo/Add', addSchema);
    await client.say(
      { op: 'subscribe', topic: '/a', type: 'std_msgs/String', throttle_rate: 100 },
      { op: 'advertise', topic: '/b', type: 'std_msgs/String' },
      { op: 'advertise_service', service: '/add', type: 'demo/Add' },
      { op: 'publish', topic: '/c', type: 'std_msgs/String', msg: {} },
      '{"op":',
    );
    client.session.handleClosed();
    client.session.handleClosed();
    await client.clock.advance(0);
    expect(client.graph).toMatchObject({ subscribed: [], publishers: 0 });
    expect(client.graph.services.size).toBe(0);
    expect(client.clock.pendingTimers).toBe(0);
    expect(await client.say({ op: 'subscribe', topic: '/a', type: 'std_msgs/String' })).toEqual([]);
    expect(client.graph.subscribed).toEqual([]);
  });
});
