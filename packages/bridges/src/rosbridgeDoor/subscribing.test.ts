import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { matching, RosbridgeClient, stringSchema } from './RosbridgeClient.fixture.ts';

describe('subscribe', () => {
  test('messages come as publish with the name that the client used', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    await client.say({ op: 'subscribe', topic: 'chatter' }, { op: 'subscribe', topic: '/chatter', id: 's:1' });
    client.emitText('/chatter', 'hello');
    expect(client.take()).toEqual([
      { op: 'publish', topic: 'chatter', msg: { data: 'hello' } },
      { op: 'publish', topic: '/chatter', msg: { data: 'hello' } },
    ]);
  });

  test('the same subscription again, as after a reconnect, makes no second message', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    const op = { op: 'subscribe', topic: '/chatter', id: 's:1', type: 'std_msgs/String' };
    await client.say(op, op, { ...op, id: 's:2' });
    client.emitText('/chatter', 'hello');
    expect(client.take()).toHaveLength(1);
    expect(client.graph.subscribed).toEqual(['/chatter']);
  });

  test('a topic ends with its last ID, or with all when none is given', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    const op = { op: 'subscribe', topic: '/chatter' };
    await client.say({ ...op, id: 'a' }, { ...op, id: 'b' }, { op: 'unsubscribe', topic: '/chatter', id: 'a' });
    expect(client.graph.subscribed).toEqual(['/chatter']);
    await client.say({ op: 'unsubscribe', topic: '/chatter', id: 'b' });
    expect(client.graph.subscribed).toEqual([]);
    await client.say({ ...op, id: 'a' }, { ...op, id: 'b' }, { op: 'unsubscribe', topic: '/chatter' });
    expect(client.graph.subscribed).toEqual([]);
  });

  test('a topic that is nowhere is told, and its messages come when it appears', async () => {
    const client = new RosbridgeClient();
    expect(await client.say({ op: 'subscribe', topic: '/later', id: 7 })).toEqual([
      { op: 'status', level: 'error', msg: matching(/^TOPIC_UNKNOWN: /), id: 7 },
    ]);
    client.graph.setTopic('/later', stringSchema);
    client.emitText('/later', 'here');
    expect(client.take()).toEqual([{ op: 'publish', topic: '/later', msg: { data: 'here' } }]);
  });

  test('another type than the topic has is told, and no message comes', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    const [told] = await client.say({ op: 'subscribe', topic: '/chatter', type: 'std_msgs/Int32' });
    expect(told).toMatchObject({ op: 'status', level: 'error', msg: matching(/^TYPE_MISMATCH: /) });
    client.emitText('/chatter', 'hello');
    expect(client.take()).toEqual([]);
  });

  test('throttle_rate keeps the last value', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    await client.say({ op: 'subscribe', topic: '/chatter', throttle_rate: 100 });
    for (const text of ['a', 'b', 'c']) client.emitText('/chatter', text);
    expect(client.take().map(({ msg }) => msg)).toEqual([{ data: 'a' }]);
    await client.clock.advance(100);
    expect(client.take().map(({ msg }) => msg)).toEqual([{ data: 'c' }]);
  });

  test('queue_length keeps so many, which leave one in each interval', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    await client.say({ op: 'subscribe', topic: '/chatter', throttle_rate: 100, queue_length: 2 });
    for (const text of ['a', 'b', 'c', 'd']) client.emitText('/chatter', text);
    const heard: unknown[] = [];
    for (let step = 0; step < 4; step++) {
      heard.push(client.take().map(({ msg }) => msg));
      await client.clock.advance(100);
    }
    expect(heard).toEqual([[{ data: 'a' }], [{ data: 'c' }], [{ data: 'd' }], []]);
  });

  test('fragment_size cuts text frames into fragments that make the frame again', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    await client.say({ op: 'subscribe', topic: '/chatter', fragment_size: 20 });
    client.emitText('/chatter', 'x'.repeat(30));
    const fragments = client.take();
    expect(fragments.map(({ op, num, total }) => [op, num, total])).toEqual(
      fragments.map((_, num) => ['fragment', num, fragments.length]),
    );
    const whole = fragments.map(({ data }) => String(data)).join('');
    expect(JSON.parse(whole)).toEqual({ op: 'publish', topic: '/chatter', msg: { data: 'x'.repeat(30) } });
  });

  test('numbers are exact, NaN is null, bytes are base64', async () => {
    const client = new RosbridgeClient();
    const schema: Schema = {
      name: 'demo/Mixed',
      encoding: 'ros1msg',
      text: 'int64 big\nfloat64 ratio\nuint8[] bytes\nfloat32[2] pair\ntime at\n',
    };
    client.graph.setTopic('/mixed', schema);
    await client.say({ op: 'subscribe', topic: '/mixed' });
    const value = { big: 2n ** 60n + 1n, ratio: Number.NaN, bytes: [1, 2, 3], pair: [1, 2], at: { sec: 5, nsec: 6 } };
    client.graph.emit('/mixed', codecFor(schema, 'ros1').encode(value));
    expect(client.frames).toEqual([
      '{"op":"publish","topic":"/mixed","msg":{"big":1152921504606846977,"ratio":null,"bytes":"AQID","pair":[1,2],"at":{"secs":5,"nsecs":6}}}',
    ]);
  });

  test('a message that cannot be decoded is told, and the next one comes', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    await client.say({ op: 'subscribe', topic: '/chatter' });
    client.graph.emit('/chatter', new Uint8Array([9]));
    client.emitText('/chatter', 'good');
    expect(client.take()).toEqual([
      { op: 'status', level: 'error', msg: matching(/^MESSAGE_INVALID: /) },
      { op: 'publish', topic: '/chatter', msg: { data: 'good' } },
    ]);
  });

  test('the qos object is checked and accepted', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    const qos = { history: 'keep_last', depth: 5, reliability: 'best_effort', lifespan: { secs: 1, nsecs: 0 } };
    expect(await client.say({ op: 'subscribe', topic: '/chatter', qos })).toEqual([]);
    const [told] = await client.say({ op: 'subscribe', topic: '/chatter', id: 'w', qos: { reliability: 'perhaps' } });
    expect(told).toMatchObject({
      op: 'status',
      id: 'w',
      msg: matching(/^FRAME_MALFORMED: .*reliability/),
    });
  });
});
