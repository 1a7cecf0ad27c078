import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { addSchema, RosbridgeClient, stringSchema } from './RosbridgeClient.fixture.ts';

const call = (service: string, args: object = {}): object => ({ op: 'call_service', id: service, service, args });
/** What a successful answer holds. */
async function ask(client: RosbridgeClient, service: string, args?: object): Promise<unknown> {
  const [answer] = await client.say(call(service, args));
  expect(answer).toMatchObject({ op: 'service_response', id: service, result: true });
  return answer?.['values'];
}

test('Lichtblick’s rosbridge player subscribes with cbor-raw and no type, and reads secs, nsecs and bytes', async () => {
  const client = new RosbridgeClient();
  client.graph.setTopic('/chatter', stringSchema);
  expect(await client.say({ op: 'subscribe', topic: '/chatter', compression: 'cbor-raw' })).toEqual([]);
  client.emitText('/chatter', 'hi');
  const secs = Number(client.clock.wallNs() / 1_000_000_000n);
  const bytes = codecFor(stringSchema, 'ros1').encode({ data: 'hi' });
  expect(client.take()).toEqual([{ op: 'publish', topic: '/chatter', msg: { secs, nsecs: 0, bytes } }]);
});

test('Lichtblick’s rosbridge player gets CDR with its header from a ROS 2 robot', async () => {
  const client = new RosbridgeClient();
  const schema: Schema = { name: 'std_msgs/msg/String', encoding: 'ros2msg', text: 'string data\n' };
  client.graph.setTopic('/chatter', schema);
  await client.say({ op: 'subscribe', topic: '/chatter', compression: 'cbor-raw' });
  const bytes = codecFor(schema, 'cdr').encode({ data: 'hi' });
  client.graph.emit('/chatter', bytes);
  expect(client.take()).toMatchObject([{ msg: { bytes } }]);
  expect([...bytes.subarray(0, 4)]).toEqual([0, 1, 0, 0]);
});

test('Lichtblick’s rosbridge player asks topics_and_raw_types every 3 s, and tells ROS 1 by the type of the log', async () => {
  const client = new RosbridgeClient();
  client.graph.setTopic('/chatter', stringSchema);
  for (let round = 0; round < 3; round++) {
    const values = (await ask(client, '/rosapi/topics_and_raw_types')) as Record<string, string[]>;
    expect(values['topics']).toEqual(['/chatter', '/rosout']);
    expect(values['types']).toEqual(['std_msgs/String', 'rosgraph_msgs/Log']);
    expect(values['typedefs_full_text']?.[0]).toBe('string data\n');
    expect(values['typedefs_full_text']?.[1]).toMatch(/MSG: std_msgs\/Header/);
    await client.clock.advance(3_000);
  }
});

test('Lichtblick’s rosbridge player asks nodes, node_details and service_type', async () => {
  const client = new RosbridgeClient();
  client.graph.setTopic('/chatter', stringSchema, { publishers: ['/talker'] });
  client.graph.services.set('/add', { schema: addSchema, handle: () => Promise.reject(new Error('not called')) });
  expect(await ask(client, '/rosapi/nodes')).toEqual({ nodes: ['/node', '/rosapi', '/talker'] });
  expect(await ask(client, '/rosapi/node_details', { node: '/talker' })).toEqual({
    subscribing: [],
    publishing: ['/chatter'],
    services: [],
  });
  expect(await ask(client, '/rosapi/service_type', { service: '/add' })).toEqual({ type: 'demo/Add' });
});

test('the services’ types of a whole robot cost one question to it', async () => {
  const clock = new FakeClock();
  const graph = new FakeGraph(clock);
  let asked = 0;
  const snapshot = graph.snapshot.bind(graph);
  graph.snapshot = () => {
    asked++;
    return snapshot();
  };
  const client = new RosbridgeClient({ clock, graph });
  await client.say(...Array.from({ length: 90 }, (_, i) => call('/rosapi/service_type', { service: `/s${i}` })));
  expect(asked).toBe(1);
});
