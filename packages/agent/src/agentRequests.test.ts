import type { FakeLineServer } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { AgentWorld, bytesOf, decode, forward, publishTwist, text, twist } from './AgentWorld.fixture.ts';

const note = { kind: 'publish', topic: '/note', type: 'std_msgs/String', encoding: 'json' } as const;
const hi = '{"data":"hi"}';

describe('requests', () => {
  test('an allowed publish reaches ROS and answers its subscribers', async () => {
    const world = await (await new AgentWorld().started()).leased();
    const replies = world.move(publishTwist, forward);
    await world.clock.advance(10);
    expect(replies).toMatchObject([{ state: 'done', robotMs: expect.any(Number) as number }]);
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
      'a latched message that would move the robot whenever a node subscribes',
      [{ ...publishTwist, latched: true }, forward],
      { state: 'rejected', code: 'NOT_SUPPORTED', message: expect.stringContaining('unlatched') as string },
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
    const world = await (await new AgentWorld().started()).leased();
    const replies = world.move(...request);
    await world.clock.advance(100);
    expect(replies).toMatchObject([expected]);
    expect(world.graph.published).toEqual([]);
    expect(world.server.line.close).toBeUndefined();
  });

  test('a topic that the robot does not have is made with the given type', async () => {
    const world = await new AgentWorld().started();
    world.server.line.request(
      { kind: 'publish', topic: '/note', type: 'std_msgs/String', encoding: 'json' },
      '{"data":"hi"}',
    );
    await world.clock.advance(10);
    expect(world.published('/note')).toEqual([bytesOf(text, { data: 'hi' })]);
  });

  test('a repeated ID is executed once and answered again', async () => {
    const world = await new AgentWorld().started();
    const first = world.server.line.request(note, hi, { id: 'same' });
    await world.clock.advance(10);
    const second = world.server.line.request(note, hi, { id: 'same' });
    await world.clock.advance(10);
    expect(world.published('/note').length).toBe(1);
    expect(second).toEqual(first);
  });

  test('a repeated ID that asks for something else is refused, not answered with what was done before', async () => {
    const world = await new AgentWorld().started();
    world.server.line.request(note, hi, { id: '1' });
    await world.clock.advance(10);
    const other = world.server.line.request(note, '{"data":"ho"}', { id: '1' });
    await world.clock.advance(10);
    expect(other).toMatchObject([{ state: 'rejected', code: 'COMMAND_ID_REUSED' }]);
    const again = world.server.line.request(note, hi, { id: '1' });
    await world.clock.advance(10);
    expect(again).toMatchObject([{ state: 'done' }]);
    expect(world.published('/note').length).toBe(1);
  });

  test('a repeated ID is executed once across lines', async () => {
    const world = await new AgentWorld().started();
    world.server.line.request(note, hi, { id: 'same' });
    await world.clock.advance(10);
    world.server.line.pair.cut();
    await world.clock.advance(1_000);
    const again = world.server.line.request(note, hi, { id: 'same' });
    await world.clock.advance(10);
    expect(again).toMatchObject([{ state: 'done' }]);
    expect(world.published('/note').length).toBe(1);
  });

  test('a call that takes long is answered received, then its response; a late one is expired before ROS', async () => {
    const world = await new AgentWorld({ allow: { call: ['/echo'] } }).started();
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
    const world = await new AgentWorld({ allow: { setParameters: ['/turtle/**'] } }).started();
    world.graph.parameters.set('/big', 9_007_199_254_740_993n);
    const ask = async (...request: Parameters<FakeLineServer['line']['request']>): Promise<string> => {
      const replies = world.server.line.request(...request);
      await world.clock.advance(10);
      return replies[0]?.state === 'done' ? decode(replies[0].payload) : `${replies[0]?.state} ${replies[0]?.code}`;
    };
    const { version, ...graph } = JSON.parse(await ask({ kind: 'graph' })) as Record<string, string>;
    expect(graph).toMatchObject({ rosVersion: 1, services: [] });
    expect(await ask({ kind: 'graph', known: version })).toBe('{"unchanged":true}');
    world.graph.setTopic('/new', text);
    expect(await ask({ kind: 'graph', known: version })).toContain('/new');
    expect(JSON.parse(await ask({ kind: 'schema.message', type: 'std_msgs/msg/String' }))).toEqual(text);
    expect(await ask({ kind: 'parameter.get', name: '/big' })).toBe('9007199254740993');
    expect(await ask({ kind: 'parameter.get', name: '/none' })).toBe('rejected PARAMETER_UNKNOWN');
    expect(await ask({ kind: 'parameter.set', name: '/turtle/speed' }, '[1.5,true]')).toBe('{}');
    expect(world.graph.parameters.get('/turtle/speed')).toEqual([1.5, true]);
    expect(await ask({ kind: 'parameter.set', name: '/turtle/speed' }, '[null]')).toBe('rejected PARAMETER_INVALID');
    expect(await ask({ kind: 'parameter.list' })).toBe('{"names":["/big","/turtle/speed"]}');
  });
});
