import { expect, test } from 'vitest';
import { jsonOf, PlainWorld } from './PlainWorld.fixture.ts';

const latestOf = (world: PlainWorld, topic: string) => world.rooms.fleet.device('esp1')?.channels.get(topic)?.latest;

test('what a device publishes is a channel with a definition, as ROS 1 has it', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'advertise', topic: '/temperature', type: 'std_msgs/msg/Float64' });
  client.say({ op: 'publish', topic: '/temperature', msg: { data: 21.5 } });
  const message = latestOf(world, '/temperature');
  expect(message?.channel).toMatchObject({ encoding: 'ros1', schema: { name: 'std_msgs/Float64' } });
  expect(message?.value).toEqual({ data: 21.5 });
  expect(message?.publishTime).toBe(message?.logTime);
  expect(world.rooms.fleet.device('esp1')).toMatchObject({ online: true, robot: 'plain:', software: 'test' });
});

test('a type that the server does not know goes as the JSON that came', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'publish', topic: 'soil', type: 'garden/Soil', msg: { wet: 0.25, tag: 'a' } });
  const message = latestOf(world, '/soil');
  expect(message?.channel).toMatchObject({ encoding: 'json', schema: { name: 'garden/Soil', encoding: '', text: '' } });
  expect(message?.value).toEqual({ wet: 0.25, tag: 'a' });
});

test('a stamp counts as the publish time where it can be true', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  const type = 'sensor_msgs/Temperature';
  const stamp = { secs: 1_767_225_500, nsecs: 5 };
  client.say({ op: 'publish', topic: '/t', type, msg: { header: { stamp }, temperature: 1 } });
  expect(latestOf(world, '/t')?.publishTime).toBe(1_767_225_500_000_000_005n);
  client.say({ op: 'publish', topic: '/t', type, msg: { header: { stamp: { secs: 12, nsecs: 0 } }, temperature: 1 } });
  const message = latestOf(world, '/t');
  expect(message?.publishTime).toBe(message?.logTime);
  client.say({
    op: 'publish',
    topic: '/j',
    type: 'a/B',
    msg: { header: { stamp: { sec: 1_767_225_500, nanosec: 7 } } },
  });
  expect(latestOf(world, '/j')?.publishTime).toBe(1_767_225_500_000_000_007n);
});

test('a message that is none of its type is refused with a status, and nothing of it is kept', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'publish', topic: '/t', type: 'std_msgs/Float64', msg: { date: 1 } });
  expect(client.codes).toEqual(['MESSAGE_INVALID']);
  expect(client.received[0]).toMatchObject({ op: 'status', level: 'error' });
  expect(latestOf(world, '/t')).toBeUndefined();
});

test.each<[string, string, string]>([
  ['MESSAGE_INVALID', 'no JSON', '{"op":'],
  ['MESSAGE_INVALID', 'no object', '[]'],
  ['MESSAGE_INVALID', 'deep nesting', '['.repeat(100_000)],
  [
    'MESSAGE_INVALID',
    'a topic with a length of its own',
    '{"op":"advertise","topic":{"length":{"toString":1,"valueOf":1}}}',
  ],
  ['NOT_SUPPORTED', 'an unknown operation', '{"op":"fragment"}'],
  ['TYPE_UNKNOWN', 'an advertise without a type', '{"op":"advertise","topic":"/a"}'],
  ['TYPE_UNKNOWN', 'a publish without either', '{"op":"publish","topic":"/a","msg":{}}'],
  ['TYPE_UNKNOWN', 'a subscribe without a type', '{"op":"subscribe","topic":"/a"}'],
  ['NAME_INVALID', 'a name that is none', '{"op":"advertise","topic":"/a b","type":"std_msgs/String"}'],
  ['NAME_INVALID', 'a type that is none', '{"op":"advertise","topic":"/a","type":"x"}'],
  ['SERVICE_UNKNOWN', 'an answer to no call', '{"op":"service_response","id":"x","values":{},"result":true}'],
])('%s for %s', async (code, _what, text) => {
  const client = await new PlainWorld().connect();
  client.session.handleText(text);
  expect(client.codes).toEqual([code]);
  expect(client.closedWith).toBeUndefined();
});

test('10,000 topics end at a bound that is told, at most twice a second', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  for (let i = 0; i < 10_000; i++) client.say({ op: 'advertise', topic: `/t${i}`, type: 'std_msgs/String' });
  expect(world.rooms.fleet.device('esp1')?.channels.size).toBe(1_000);
  const before = client.received.length;
  for (let i = 0; i < 1_000; i++) client.say({ op: 'advertise', topic: '/t9999', type: 'std_msgs/String' });
  expect(client.received.length - before).toBeLessThanOrEqual(1);
  client.bufferedBytes = 1e6;
  await world.rooms.clock.advance(1_000);
  const words = client.received.length;
  client.say({ op: 'advertise', topic: '/t9999', type: 'std_msgs/String' });
  expect(client.received.length, 'one who reads nothing is told nothing').toBe(words);
});

test('a message for the device is done when it has reached it', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'subscribe', topic: 'led', type: 'std_msgs/Bool' });
  const action = { kind: 'publish', topic: '/led', encoding: 'json' } as const;
  const reply = await world.ask(action, { data: true });
  expect(reply.state).toBe('done');
  expect(jsonOf(reply)).toEqual({ subscribers: 1 });
  expect(client.ops('publish'), 'under the name that it chose').toEqual([
    { op: 'publish', topic: 'led', msg: { data: true } },
  ]);
  client.say({ op: 'unsubscribe', topic: 'led' });
  expect(jsonOf(await world.ask({ ...action, type: 'std_msgs/Bool' }, { data: true }))).toEqual({ subscribers: 0 });
  expect(await world.ask(action, { data: true })).toMatchObject({ state: 'rejected', code: 'TOPIC_UNKNOWN' });
});

test('a message in the wire format of ROS 1 reaches the device as JSON', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'subscribe', topic: '/led', type: 'std_msgs/Bool' });
  const request = { device: 'esp1', principal: world.principal, payload: Uint8Array.of(1) };
  const reply = await world.rooms.requests.request({
    ...request,
    action: { kind: 'publish', topic: '/led', encoding: 'ros1' },
  });
  expect(reply.state).toBe('done');
  expect(client.ops('publish')).toEqual([{ op: 'publish', topic: '/led', msg: { data: true } }]);
});

test('a message that is none of its type, too old, or for a device that takes nothing is refused', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'subscribe', topic: '/led', type: 'std_msgs/Bool' });
  const action = { kind: 'publish', topic: '/led', encoding: 'json' } as const;
  expect(await world.ask(action, { date: true })).toMatchObject({ state: 'rejected', code: 'MESSAGE_INVALID' });
  expect(await world.ask(action, {}, { ageMs: 6_000 })).toMatchObject({ state: 'expired', code: 'COMMAND_EXPIRED' });
  expect(await world.ask({ ...action, type: 'std_msgs/String' })).toMatchObject({ code: 'TYPE_MISMATCH' });
  client.bufferedBytes = 2e6;
  expect(await world.ask(action, { data: true })).toMatchObject({ state: 'rejected', code: 'AGENT_BUSY' });
  expect(client.ops('publish')).toEqual([]);
});

test('a call goes to the device and its answer back', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'advertise_service', service: '/lamp', type: 'std_srvs/SetBool' });
  const asked = world.ask({ kind: 'call', service: '/lamp', encoding: 'json' }, { data: true });
  await world.rooms.clock.advance(10);
  const [call] = client.ops('call_service');
  expect(call).toMatchObject({ op: 'call_service', service: '/lamp', type: 'std_srvs/SetBool', args: { data: true } });
  client.say({
    op: 'service_response',
    service: '/lamp',
    id: call?.['id'],
    values: { success: true, message: 'on' },
    result: true,
  });
  const reply = await asked;
  expect(reply.state).toBe('done');
  expect(jsonOf(reply)).toEqual({ success: true, message: 'on' });
});

test.each([
  ['failed', 'SERVICE_FAILED', { values: 'no lamp', result: false }],
  ['failed', 'RESPONSE_INVALID', { values: { succes: true } }],
] as const)('a call %s with %s', async (state, code, response) => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'advertise_service', service: '/lamp', type: 'std_srvs/SetBool' });
  const asked = world.ask({ kind: 'call', service: '/lamp', encoding: 'json' });
  await world.rooms.clock.advance(0);
  client.say({ op: 'service_response', id: client.ops('call_service')[0]?.['id'], ...response });
  expect(await asked).toMatchObject({ state, code });
});

test('a call that is not answered, or whose device leaves, has an unknown outcome', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'advertise_service', service: '/lamp', type: 'std_srvs/SetBool' });
  const call = { kind: 'call', service: '/lamp', encoding: 'json' } as const;
  const silent = world.ask(call);
  await world.rooms.clock.advance(5_001);
  expect(await silent).toMatchObject({ state: 'unknown', code: 'REPLY_MISSING' });
  const lost = world.ask(call);
  await world.rooms.clock.advance(0);
  client.session.handleClosed();
  expect(await lost).toMatchObject({ state: 'unknown', code: 'LINE_CLOSED' });
  expect(await world.ask({ kind: 'call', service: '/x', encoding: 'json' })).toMatchObject({ code: 'DEVICE_OFFLINE' });
});

test('the graph, definitions and the newest message are told as those of a robot; what needs an agent is not', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  client.say({ op: 'publish', topic: '/t', type: 'std_msgs/Float64', msg: { data: 1 } });
  client.say({ op: 'subscribe', topic: '/led', type: 'std_msgs/Bool' });
  client.say({ op: 'advertise_service', service: '/lamp', type: 'std_srvs/SetBool' });
  expect(jsonOf(await world.ask({ kind: 'graph' }))).toMatchObject({
    rosVersion: 1,
    topics: [
      { name: '/t', type: 'std_msgs/Float64', publishers: ['/esp1'], subscribers: [] },
      { name: '/led', type: 'std_msgs/Bool', publishers: [], subscribers: ['/esp1'] },
    ],
    services: [{ name: '/lamp', type: 'std_srvs/SetBool', providers: ['/esp1'] }],
  });
  expect(jsonOf(await world.ask({ kind: 'schema.message', type: 'std_msgs/msg/Bool' }))).toMatchObject({
    encoding: 'ros1msg',
  });
  expect(await world.ask({ kind: 'schema.message', type: 'a/B' })).toMatchObject({ code: 'TYPE_UNKNOWN' });
  expect(jsonOf(await world.ask({ kind: 'schema.service', service: '/lamp' }))).toMatchObject({
    name: 'std_srvs/SetBool',
  });
  expect((await world.ask({ kind: 'snapshot', topic: '/t' })).state).toBe('done');
  expect(jsonOf(await world.ask({ kind: 'parameter.list' }))).toEqual({ names: [] });
  const parameter = await world.ask({ kind: 'parameter.set', name: '/p' }, 1);
  expect(parameter).toMatchObject({ state: 'rejected', code: 'NOT_SUPPORTED' });
});

test('a device finds the time here, and nothing else', async () => {
  const client = await new PlainWorld().connect();
  client.say({ op: 'call_service', service: 'rosapi/get_time', id: 'a' });
  client.say({ op: 'call_service', service: '/rosapi/topics', id: 'b' });
  expect(client.ops('service_response')).toMatchObject([
    { id: 'a', result: true, values: { time: { secs: 1_767_225_600, nsecs: 0 } } },
    { id: 'b', result: false },
  ]);
});

test('a device that answers no ping for 3 s is offline', async () => {
  const world = new PlainWorld();
  const client = await world.connect();
  await world.rooms.clock.advance(10_000);
  expect(world.rooms.fleet.device('esp1')).toMatchObject({ online: true, clock: { roundTripMs: 0 } });
  client.answersPings = false;
  await world.rooms.clock.advance(4_000);
  expect(world.rooms.fleet.device('esp1')?.online).toBe(false);
  expect(client.closedWith).toBe('4408 LINE_SILENT');
  expect(world.rooms.clock.pendingTimers).toBe(0);
});

test('the newest connection of an ID wins, and a late word of the older changes nothing', async () => {
  const world = new PlainWorld();
  const older = await world.connect();
  const newer = await world.connect();
  expect(older.closedWith).toBe('4409 LINE_REPLACED');
  older.say({ op: 'publish', topic: '/t', type: 'std_msgs/Float64', msg: { data: 1 } });
  older.session.handleClosed();
  expect(world.rooms.fleet.device('esp1')).toMatchObject({ online: true, epoch: 2 });
  expect(latestOf(world, '/t')).toBeUndefined();
  expect(newer.closedWith).toBeUndefined();
});

test('what comes before the device was let in waits, up to a bound', async () => {
  const world = new PlainWorld();
  const epoch = Promise.withResolvers<number>();
  Object.assign(world.host, { openEpoch: () => epoch.promise });
  const early = await world.connect();
  early.say({ op: 'publish', topic: '/t', type: 'std_msgs/Float64', msg: { data: 1 } });
  const flood = await world.connect('esp2');
  for (let i = 0; i < 100; i++) flood.session.handleText(' '.repeat(20_000));
  expect(flood.closedWith).toBe('4429 LIMIT_EXCEEDED');
  epoch.resolve(1);
  await world.rooms.clock.advance(0);
  expect(latestOf(world, '/t')?.value).toEqual({ data: 1 });
});
