import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { headerText, matching, RosbridgeClient, textOf } from './RosbridgeClient.fixture.ts';

describe('publish', () => {
  test('advertised or with its type, absolute or not, a message reaches the robot', async () => {
    const client = new RosbridgeClient();
    const told = await client.say(
      { op: 'advertise', topic: '/a', type: 'std_msgs/String', id: 'adv' },
      { op: 'publish', topic: 'a', msg: { data: 'one' } },
      { op: 'publish', topic: '/b', type: 'std_msgs/msg/String', msg: { data: 'two' } },
    );
    expect(told).toEqual([]);
    expect(client.graph.published.map(({ topic, data }) => [topic, textOf(data)])).toEqual([
      ['/a', { data: 'one' }],
      ['/b', { data: 'two' }],
    ]);
  });

  test('ROS knows a topic from advertise to the last unadvertise', async () => {
    const client = new RosbridgeClient();
    const op = { op: 'advertise', topic: '/a', type: 'std_msgs/String' };
    await client.say({ ...op, id: '1' }, { ...op, id: '1' }, { ...op, id: '2' });
    expect(client.graph.publishers).toBe(1);
    await client.say({ op: 'unadvertise', topic: '/a', id: '1' });
    expect(client.graph.publishers).toBe(1);
    await client.say({ op: 'unadvertise', topic: '/a', id: '2' });
    expect(client.graph.publishers).toBe(0);
  });

  test('what cannot be published is told with the code and the ID', async () => {
    const client = new RosbridgeClient();
    await client.say({ op: 'advertise', topic: '/a', type: 'std_msgs/String' });
    const cases: [object, string][] = [
      [{ topic: '/nowhere', msg: {} }, 'TOPIC_UNKNOWN'],
      [{ topic: '/a', msg: { no: 1 } }, 'MESSAGE_INVALID'],
      [{ topic: '/a', type: 'std_msgs/Int32', msg: {} }, 'TYPE_MISMATCH'],
      [{ topic: '/not a name', msg: {} }, 'NAME_INVALID'],
      [{ msg: {} }, 'FRAME_MALFORMED'],
    ];
    for (const [fields, code] of cases) {
      const told = await client.say({ op: 'publish', id: code, ...fields });
      expect(told).toEqual([{ op: 'status', level: 'error', msg: matching(new RegExp(`^${code}: `)), id: code }]);
    }
    expect(client.graph.published).toEqual([]);
  });

  test('a header without a stamp and the text "now" get the robot’s time, the very first message too', async () => {
    const client = new RosbridgeClient();
    const schema: Schema = {
      name: 'demo/Stamped',
      encoding: 'ros1msg',
      text: `std_msgs/Header header\ntime at\n${headerText}`,
    };
    client.graph.schemas.set(schema.name, schema);
    await client.say(
      { op: 'advertise', topic: '/s', type: 'demo/Stamped' },
      { op: 'publish', topic: '/s', msg: { header: { frame_id: 'map' }, at: 'now' } },
      { op: 'publish', topic: '/s', msg: { header: { stamp: { secs: 1, nsecs: 2 } } } },
    );
    const sec = Number(client.clock.wallNs() / 1_000_000_000n);
    const [first, second] = client.graph.published.map(({ data }) => codecFor(schema, 'ros1').decode(data));
    expect(first).toEqual({ header: { seq: 0, stamp: { sec, nsec: 0 }, frame_id: 'map' }, at: { sec, nsec: 0 } });
    expect(second).toMatchObject({ header: { stamp: { sec: 1, nsec: 2 } }, at: { sec: 0, nsec: 0 } });
  });

  test('the age of a message is the time since the newest ping that was answered left', async () => {
    const client = new RosbridgeClient();
    const ages: { ageMs: number; mayBeFlushed: boolean }[] = [];
    const { outputs } = client.robot;
    const publish = outputs.publish.bind(outputs);
    outputs.publish = (message) => {
      ages.push({ ageMs: message.ageMs, mayBeFlushed: message.mayBeFlushed });
      return publish(message);
    };
    const op = { op: 'publish', topic: '/a', type: 'std_msgs/String', msg: {} };
    await client.say(op);
    await client.clock.advance(500);
    await client.say(op);
    client.answersPings = false;
    await client.clock.advance(7_000);
    const told = await client.say(op);
    expect(ages[0]).toEqual({ ageMs: 0, mayBeFlushed: true });
    expect(ages[1]?.mayBeFlushed).toBe(false);
    expect(ages[1]?.ageMs).toBeLessThanOrEqual(200);
    expect(ages[2]?.ageMs).toBeGreaterThanOrEqual(6_900);
    expect(told).toMatchObject([{ op: 'status', msg: matching(/^COMMAND_EXPIRED: /) }]);
    expect(client.graph.published).toHaveLength(2);
  });

  test('a message in fragments is as old as its first fragment', async () => {
    const client = new RosbridgeClient();
    await client.clock.advance(1_000);
    const whole = JSON.stringify({ op: 'publish', topic: '/a', type: 'std_msgs/String', msg: {} });
    const fragment = (num: number, data: string): object => ({ op: 'fragment', id: 'f', num, total: 2.0, data });
    await client.say(fragment(0, whole.slice(0, 30)));
    await client.clock.advance(6_000);
    const told = await client.say(fragment(1, whole.slice(30)));
    expect(told).toMatchObject([{ op: 'status', msg: matching(/^COMMAND_EXPIRED: /) }]);
    expect(client.graph.published).toEqual([]);
  });

  test('equal refusals of a stream of messages are told about twice a second', async () => {
    const client = new RosbridgeClient();
    let told = 0;
    for (let i = 0; i < 100; i++) {
      told += (await client.say({ op: 'publish', topic: '/nowhere', msg: {} })).length;
      await client.clock.advance(10);
    }
    expect(told).toBe(2);
  });
});
