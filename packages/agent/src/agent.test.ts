import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph, FakeLineServer } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { Agent } from './Agent.ts';
import type { AgentConfigInput } from './config/AgentConfig.ts';
import { parseAgentConfig } from './config/parseAgentConfig.ts';
import { silentLog } from './Log.ts';
import { TOPIC_GONE_MS } from './up/Uplink.ts';

const twist: Schema = {
  name: 'geometry_msgs/Twist',
  encoding: 'ros1msg',
  text: `Vector3 linear\nVector3 angular\n${'='.repeat(80)}\nMSG: geometry_msgs/Vector3\nfloat64 x\nfloat64 y\nfloat64 z\n`,
};
const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
const number: Schema = { name: 'std_msgs/Int32', encoding: 'ros1msg', text: 'int32 data\n' };
const clockSchema: Schema = { name: 'rosgraph_msgs/Clock', encoding: 'ros1msg', text: 'time clock\n' };
const stamped: Schema = {
  name: 'test/Stamped',
  encoding: 'ros1msg',
  text: `Header header\nint32 data\n${'='.repeat(80)}\nMSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id\n`,
};

const forward = '{"linear":{"x":1},"angular":{"z":1}}';
const bytesOf = (schema: Schema, value: unknown): Uint8Array => codecFor(schema, 'ros1').encode(value);
const zeros = bytesOf(twist, {});
const decode = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload);

/** A running agent between a fake robot and a fake server. */
class World {
  readonly clock = new FakeClock({ startMs: 1_000_000 });
  readonly graph = new FakeGraph(this.clock);
  readonly server = new FakeLineServer(this.clock);
  readonly agent: Agent;

  constructor(config: AgentConfigInput = {}) {
    this.graph.setTopic('/chatter', text);
    this.graph.setTopic('/cmd_vel', twist, { publishers: [] });
    let ids = 0;
    this.agent = new Agent({
      config: parseAgentConfig({ device: 'r1', allow: { publish: ['/cmd_vel', '/note'] }, ...config }),
      graph: this.graph,
      dial: this.server.dial,
      clock: this.clock,
      log: silentLog,
      random: () => 1,
      makeId: () => `id${++ids}`,
    });
  }

  async started(): Promise<this> {
    this.agent.start();
    await this.clock.advance(200);
    return this;
  }

  /** What was published on a topic of the robot, as hexadecimal of the bytes. */
  published(topic: string): Uint8Array[] {
    return this.graph.published.filter((published) => published.topic === topic).map(({ data }) => data);
  }

  standing(holdMs = 1_000, rateHz = 10): ReturnType<FakeLineServer['line']['request']> {
    return this.server.line.request(
      { kind: 'standing.set', topic: '/cmd_vel', encoding: 'json', rateHz, holdMs },
      forward,
    );
  }
}

const publishTwist = { kind: 'publish', topic: '/cmd_vel', encoding: 'json' } as const;

describe('the way up', () => {
  test('published topics are advertised with their definitions and their messages arrive in order', async () => {
    const { clock, graph, server } = await new World().started();
    expect(server.line.hello).toMatchObject({ device: 'r1', boot: 'id1', line: 'id2', robot: 'fake:' });
    expect(server.line.topics).toEqual(['/chatter']);
    for (const data of ['a', 'b']) graph.emit('/chatter', bytesOf(text, { data }));
    await clock.advance(10);
    expect(server.line.messages).toMatchObject([
      { topic: '/chatter', sequence: 0, data: bytesOf(text, { data: 'a' }) },
      { topic: '/chatter', sequence: 1, data: bytesOf(text, { data: 'b' }) },
    ]);
  });

  test('the first rule that matches decides lane, delivery and rate, or keeps the topic on the robot', async () => {
    const { clock, graph, server } = await new World({
      topics: [
        { match: '/camera/**', lane: 'bulk', delivery: 'queue', rateHz: 5 },
        { match: '/rosout*', send: false },
        { match: '/**' },
      ],
    }).started();
    graph.setTopic('/camera/left/image', number);
    graph.setTopic('/rosout_agg', text);
    await clock.advance(100);
    expect(server.line.topics).toEqual(['/camera/left/image', '/chatter']);
    expect(server.line.advertised).toContainEqual(expect.objectContaining({ lane: 'bulk', delivery: 'queue' }));
    for (let tick = 0; tick < 100; tick++) {
      graph.emit('/camera/left/image', bytesOf(number, { data: tick }));
      await clock.advance(10);
    }
    expect(server.line.messages.length).toBeGreaterThanOrEqual(5);
    expect(server.line.messages.length).toBeLessThanOrEqual(6);
  });

  test('a topic that appears later is picked up; one that is gone for ten seconds is taken back, and keeps its ID', async () => {
    const { clock, graph, server } = await new World().started();
    graph.setTopic('/late', number);
    await clock.advance(10);
    expect(server.line.topics).toEqual(['/chatter', '/late']);
    const id = server.line.advertised.at(-1)!.id;
    graph.emit('/late', bytesOf(number, { data: 1 }));
    graph.removeTopic('/late');
    await clock.advance(TOPIC_GONE_MS - 1);
    expect(server.line.topics).toContain('/late');
    await clock.advance(1 + 10);
    expect(server.line.unadvertised).toEqual([id]);
    expect(graph.subscribed).toEqual(['/chatter']);
    graph.setTopic('/late', number);
    await clock.advance(10);
    graph.emit('/late', bytesOf(number, { data: 2 }));
    await clock.advance(10);
    expect(server.line.messages.at(-1)).toMatchObject({ channelId: id, sequence: 1 });
  });

  test('a publisher that comes back within ten seconds is no news', async () => {
    const { clock, graph, server } = await new World().started();
    graph.setTopic('/chatter', text, { publishers: [] });
    await clock.advance(TOPIC_GONE_MS - 100);
    graph.setTopic('/chatter', text);
    await clock.advance(TOPIC_GONE_MS);
    expect(server.line.advertised.length).toBe(1);
    expect(server.line.unadvertised).toEqual([]);
  });

  test('a changed definition is advertised under the same ID before its first message', async () => {
    const { clock, graph, server } = await new World().started();
    graph.setTopic('/chatter', number);
    graph.emit('/chatter', bytesOf(number, { data: 7 }));
    await clock.advance(10);
    const [first, second] = server.line.advertised;
    expect(second).toMatchObject({ id: first!.id, schema: number });
    expect(server.line.messages.at(-1)?.data).toEqual(bytesOf(number, { data: 7 }));
    expect(server.line.close).toBeUndefined();
  });

  test('when ROS goes the channels stay and the status says so; when it is back data flows again', async () => {
    const { clock, graph, server } = await new World().started();
    graph.setStatus({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason: 'the master does not answer' });
    await clock.advance(TOPIC_GONE_MS * 2);
    expect(server.line.statuses.at(-1)?.ros).toMatchObject({ state: 'disconnected', code: 'ROS_UNREACHABLE' });
    expect(server.line.topics).toEqual(['/chatter']);
    graph.setStatus({ state: 'connected' });
    graph.emit('/chatter', bytesOf(text, { data: 'again' }));
    await clock.advance(50);
    expect(server.line.statuses.at(-1)?.ros).toEqual({ state: 'connected' });
    expect(server.line.messages.length).toBe(1);
  });

  test('when the server is back the same channels and the newest message come, each once', async () => {
    const { clock, graph, server } = await new World().started();
    const [before] = server.line.advertised;
    server.kill();
    for (let count = 0; count < 5; count++) graph.emit('/chatter', bytesOf(text, { data: String(count) }));
    await clock.advance(3_000);
    expect(server.dials).toBeGreaterThan(2);
    server.isUp = true;
    await clock.advance(5_100);
    expect(server.lines.length).toBe(2);
    expect(server.line.advertised).toEqual([before]);
    expect(server.line.messages).toMatchObject([{ sequence: 4, data: bytesOf(text, { data: '4' }) }]);
    await clock.advance(3_000);
    expect(server.line.dropped).toBe(4);
    expect(server.line.hello).toMatchObject({ boot: server.lines[0]!.hello!.boot });
    expect(server.line.hello!.line).not.toBe(server.lines[0]!.hello!.line);
    expect(server.line.close).toBeUndefined();
  });

  test('a definition that a line cannot carry leaves its topic out and the line alone', async () => {
    const { clock, graph, server } = await new World().started();
    graph.setTopic('/huge', { ...text, text: `string data\n${'#'.repeat(1024 * 1024)}` });
    graph.emit('/huge', bytesOf(text, { data: 'x' }));
    await clock.advance(100);
    expect(server.line.topics).toEqual(['/chatter']);
    expect(server.line.close).toBeUndefined();
  });

  test('on simulated time messages without a header carry it, others their own, and rates stay real', async () => {
    const { clock, graph, server, agent } = await new World().started();
    graph.setTopic('/stamped', stamped);
    graph.setTopic('/clock', clockSchema);
    await clock.advance(100);
    expect(agent.status.robot.simulatedTime).toBe(true);
    expect(server.line.statuses.at(-1)?.simulatedTime).toBe(true);
    const second = 1_000_000_000n;
    for (const sec of [100, 50]) {
      graph.emit('/clock', bytesOf(clockSchema, { clock: { sec, nsec: 0 } }));
      graph.emit('/chatter', bytesOf(text, { data: 'x' }));
      await clock.advance(10);
      const sent = server.line.messages.filter(({ topic }) => topic === '/chatter').at(-1);
      expect(sent?.publishTime).toBe(BigInt(sec) * second);
      expect(sent?.logTime).toBe(clock.wallNs() - 10_000_000n);
    }
    graph.emit('/stamped', bytesOf(stamped, { header: { stamp: { sec: 7, nsec: 5 } } }));
    await clock.advance(10);
    expect(server.line.messages.at(-1)?.publishTime).toBe(7n * second + 5n);
    graph.removeTopic('/clock');
    await clock.advance(100);
    expect(agent.status.robot.simulatedTime).toBe(false);
  });

  test('the parameter /use_sim_time alone makes time simulated, found within its poll', async () => {
    const { clock, graph, agent } = await new World().started();
    graph.parameters.set('/use_sim_time', true);
    await clock.advance(5_000);
    expect(agent.status.robot.simulatedTime).toBe(true);
    expect(graph.subscribed).toContain('/clock');
    graph.parameters.set('/use_sim_time', false);
    await clock.advance(5_000);
    expect(agent.status.robot.simulatedTime).toBe(false);
    expect(graph.subscribed).not.toContain('/clock');
  });
});

describe('requests', () => {
  test('an allowed publish reaches ROS and answers its subscribers', async () => {
    const world = await new World().started();
    const replies = world.server.line.request(publishTwist, forward);
    await world.clock.advance(10);
    expect(replies).toMatchObject([{ state: 'done' }]);
    expect(decode(replies[0]?.payload)).toBe('{"subscribers":1}');
    expect(world.published('/cmd_vel')).toEqual([bytesOf(twist, { linear: { x: 1 }, angular: { z: 1 } })]);
  });

  const refusals: readonly (readonly [string, Parameters<FakeLineServer['line']['request']>, object])[] = [
    [
      'publishing what is not allowed names the key of the config',
      [{ kind: 'publish', topic: '/chatter', encoding: 'json' }, '{}'],
      { state: 'rejected', code: 'NOT_ALLOWED', message: expect.stringContaining('"allow: publish:"') as string },
    ],
    [
      'a standing command needs the same permission',
      [{ kind: 'standing.set', topic: '/chatter', encoding: 'json', rateHz: 1, holdMs: 1_000 }, '{}'],
      { state: 'rejected', code: 'NOT_ALLOWED' },
    ],
    [
      'calling what is not allowed',
      [{ kind: 'call', service: '/reset', encoding: 'json' }, '{}'],
      { state: 'rejected', code: 'NOT_ALLOWED', message: expect.stringContaining('"allow: call:"') as string },
    ],
    [
      'setting a parameter that is not allowed',
      [{ kind: 'parameter.set', name: '/a' }, '1'],
      { state: 'rejected', code: 'NOT_ALLOWED', message: expect.stringContaining('"allow: setParameters:"') as string },
    ],
    [
      'a field that the type does not have',
      [publishTwist, '{"linear":{"y":0,"speed":1}}'],
      { state: 'rejected', code: 'MESSAGE_INVALID', message: expect.stringContaining('speed') as string },
    ],
    [
      'bytes that do not match the definition',
      [{ ...publishTwist, encoding: 'ros1' }, new Uint8Array(3)],
      { state: 'rejected', code: 'MESSAGE_INVALID' },
    ],
    [
      'bytes of the other ROS',
      [{ ...publishTwist, encoding: 'cdr' }, new Uint8Array(52)],
      { state: 'rejected', code: 'NOT_SUPPORTED' },
    ],
    [
      'another type than the topic has',
      [{ ...publishTwist, type: 'std_msgs/String' }, '{}'],
      { state: 'rejected', code: 'TYPE_MISMATCH' },
    ],
    [
      'a topic that the robot does not have, without a type',
      [{ kind: 'publish', topic: '/note', encoding: 'json' }, '{}'],
      { state: 'rejected', code: 'TOPIC_UNKNOWN' },
    ],
    [
      'a request past its deadline',
      [publishTwist, forward, { ageMs: 500, deadlineMs: 400 }],
      { state: 'expired', code: 'COMMAND_EXPIRED' },
    ],
  ];
  test.each(refusals)('refused: %s', async (_name, request, expected) => {
    const world = await new World().started();
    const replies = world.server.line.request(...request);
    await world.clock.advance(100);
    expect(replies).toMatchObject([expected]);
    expect(world.graph.published).toEqual([]);
    expect(world.server.line.close).toBeUndefined();
  });

  test('a topic that the robot does not have is made with the given type', async () => {
    const world = await new World().started();
    world.server.line.request(
      { kind: 'publish', topic: '/note', type: 'std_msgs/String', encoding: 'json' },
      '{"data":"hi"}',
    );
    await world.clock.advance(10);
    expect(world.published('/note')).toEqual([bytesOf(text, { data: 'hi' })]);
  });

  test('a repeated ID is executed once and answered again', async () => {
    const world = await new World().started();
    const first = world.server.line.request(publishTwist, forward, { id: 'same' });
    await world.clock.advance(10);
    const second = world.server.line.request(publishTwist, forward, { id: 'same' });
    await world.clock.advance(10);
    expect(world.published('/cmd_vel').length).toBe(1);
    expect(second).toEqual(first);
  });

  test('a repeated ID is executed once across lines', async () => {
    const world = await new World().started();
    world.server.line.request(publishTwist, forward, { id: 'same' });
    await world.clock.advance(10);
    world.server.line.pair.cut();
    await world.clock.advance(1_000);
    const again = world.server.line.request(publishTwist, forward, { id: 'same' });
    await world.clock.advance(10);
    expect(again).toMatchObject([{ state: 'done' }]);
    expect(world.published('/cmd_vel').length).toBe(1);
  });

  test('under a lease an older token and a sequence out of order are refused', async () => {
    const world = await new World().started();
    const states = async (token: number, sequence: number): Promise<string | undefined> => {
      const replies = world.server.line.request(publishTwist, forward, { id: `${token}/${sequence}`, token, sequence });
      await world.clock.advance(10);
      return replies[0]?.code ?? replies[0]?.state;
    };
    expect(await states(5, 2)).toBe('done');
    expect(await states(5, 1)).toBe('COMMAND_OUT_OF_ORDER');
    expect(await states(5, 3)).toBe('done');
    expect(await states(6, 0)).toBe('done');
    expect(await states(5, 4)).toBe('LEASE_STALE');
    expect(await states(0, 9)).toBe('LEASE_STALE');
    world.server.line.pair.cut();
    await world.clock.advance(1_000);
    expect(world.server.line.hello?.highestToken).toBe(6);
  });

  test('a call that takes long is answered received, then its response; a late one is expired before ROS', async () => {
    const world = await new World({ allow: { call: ['/echo'] } }).started();
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    const schema = { name: 'test/Echo', request: { ...text, name: 'test/Echo_Request' }, response: text };
    world.graph.services.set('/echo', { schema, handle: () => promise });
    const replies = world.server.line.request({ kind: 'call', service: '/echo', encoding: 'json' }, '{"data":"x"}');
    await world.clock.advance(60);
    expect(replies).toMatchObject([{ state: 'received' }]);
    resolve(bytesOf(text, { data: 'y' }));
    await world.clock.advance(10);
    expect(replies[1]).toMatchObject({ state: 'done', encoding: 'json' });
    expect(decode(replies[1]?.payload)).toBe('{"data":"y"}');
  });

  test('graph, definitions and parameters can be read, and allowed parameters set', async () => {
    const world = await new World({ allow: { setParameters: ['/turtle/**'] } }).started();
    world.graph.parameters.set('/big', 9_007_199_254_740_993n);
    const ask = async (...request: Parameters<FakeLineServer['line']['request']>): Promise<string> => {
      const replies = world.server.line.request(...request);
      await world.clock.advance(10);
      return replies[0]?.state === 'done' ? decode(replies[0].payload) : `${replies[0]?.state} ${replies[0]?.code}`;
    };
    expect(await ask({ kind: 'graph' })).toContain('"rosVersion":1');
    expect(JSON.parse(await ask({ kind: 'schema.message', type: 'std_msgs/msg/String' }))).toEqual(text);
    expect(await ask({ kind: 'parameter.get', name: '/big' })).toBe('9007199254740993');
    expect(await ask({ kind: 'parameter.get', name: '/none' })).toBe('rejected PARAMETER_UNKNOWN');
    expect(await ask({ kind: 'parameter.set', name: '/turtle/speed' }, '[1.5,true]')).toBe('{}');
    expect(world.graph.parameters.get('/turtle/speed')).toEqual([1.5, true]);
    expect(await ask({ kind: 'parameter.set', name: '/turtle/speed' }, '[null]')).toBe('rejected PARAMETER_INVALID');
    expect(await ask({ kind: 'parameter.list' })).toBe('{"names":["/big","/turtle/speed"]}');
  });
});

describe('standing commands', () => {
  test('a message is repeated at its exact rate while it is renewed, then ends with zeros', async () => {
    const world = await new World().started();
    const replies = world.standing(1_000, 30);
    await world.clock.advance(10);
    expect(decode(replies[0]?.payload)).toBe('{"motion":true}');
    for (let renewal = 0; renewal < 20; renewal++) {
      await world.clock.advance(500);
      world.standing(1_000, 30);
    }
    const repeated = world.published('/cmd_vel').length;
    expect(repeated).toBeGreaterThanOrEqual(300);
    expect(repeated).toBeLessThanOrEqual(302);
    const before = world.graph.published.map(({ atMs }) => atMs);
    expect(Math.max(...before.slice(1).map((atMs, index) => atMs - before[index]!))).toBeLessThan(34);
    await world.clock.advance(2_000);
    const last = world.graph.published.at(-1)!;
    expect(last.data).toEqual(zeros);
    expect(world.server.line.statuses.at(-1)?.standing).toEqual([
      { topic: '/cmd_vel', state: 'ended', reason: 'its holder did not renew it' },
    ]);
    const count = world.graph.published.length;
    await world.clock.advance(5_000);
    expect(world.graph.published.length).toBe(count);
  });

  test('motion ends with the line at once, with one message of zeros, and is not re-armed by the reconnect', async () => {
    const world = await new World().started();
    world.standing(60_000);
    await world.clock.advance(500);
    const before = world.published('/cmd_vel').length;
    world.server.kill();
    await world.clock.advance(0);
    expect(world.published('/cmd_vel').length).toBe(before + 1);
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
    world.server.isUp = true;
    await world.clock.advance(10_000);
    expect(world.server.lines.length).toBe(2);
    expect(world.published('/cmd_vel').length).toBe(before + 1);
  });

  test('one that moves nothing goes on without the line until its hold runs out', async () => {
    const world = await new World().started();
    const action = { kind: 'standing.set', topic: '/note', type: 'std_msgs/String', encoding: 'json' } as const;
    const replies = world.server.line.request({ ...action, rateHz: 10, holdMs: 2_000 }, '{"data":"x"}');
    await world.clock.advance(10);
    expect(decode(replies[0]?.payload)).toBe('{"motion":false}');
    world.server.kill();
    await world.clock.advance(1_000);
    const count = world.published('/note').length;
    expect(count).toBeGreaterThan(9);
    await world.clock.advance(5_000);
    expect(world.published('/note').length).toBe(20);
  });

  test('the age at arrival counts into the hold, and zeros come to other motion topics of the config only by type', async () => {
    const world = await new World({ motion: { topics: ['/note'] } }).started();
    const action = { kind: 'standing.set', topic: '/note', type: 'std_msgs/String', encoding: 'json' } as const;
    world.server.line.request({ ...action, rateHz: 10, holdMs: 1_000 }, '{"data":"x"}', { ageMs: 600 });
    await world.clock.advance(5_000);
    expect(world.published('/note').length).toBe(4);
    const late = world.server.line.request({ ...action, rateHz: 10, holdMs: 1_000 }, '{}', { ageMs: 1_500 });
    await world.clock.advance(10);
    expect(late).toMatchObject([{ state: 'expired', code: 'COMMAND_EXPIRED' }]);
  });

  test('it ends by request with zeros, also when it is not there', async () => {
    const world = await new World().started();
    world.standing();
    await world.clock.advance(50);
    for (const topic of ['/cmd_vel', '/none']) {
      const replies = world.server.line.request({ kind: 'standing.end', topic });
      await world.clock.advance(10);
      expect(replies).toMatchObject([{ state: 'done' }]);
    }
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
  });

  test('another message takes the place of the one before at once', async () => {
    const world = await new World().started();
    world.standing(10_000, 1);
    await world.clock.advance(100);
    world.server.line.request(
      { kind: 'standing.set', topic: '/cmd_vel', encoding: 'json', rateHz: 1, holdMs: 10_000 },
      '{"linear":{"x":2}}',
    );
    await world.clock.advance(10);
    expect(world.published('/cmd_vel').at(-1)).toEqual(bytesOf(twist, { linear: { x: 2 } }));
    expect(world.published('/cmd_vel').length).toBe(2);
  });

  test('stop ends motion with zeros, closes the graph and leaves no timer', async () => {
    const world = await new World().started();
    world.standing(60_000);
    await world.clock.advance(100);
    const stopped = Promise.all([world.agent.stop(), world.agent.stop()]);
    await world.clock.advance(0);
    await stopped;
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
    expect(world.graph.isClosed).toBe(true);
    expect(world.graph.publishers).toBe(0);
    await world.clock.advance(0);
    expect(world.server.line.close).toMatchObject({ closeCode: 1000 });
    expect(world.clock.pendingTimers).toBe(0);
  });
});
