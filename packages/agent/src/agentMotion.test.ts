import type { Reply } from '@longline/line';
import { FakeGraph } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { AgentWorld, bytesOf, decode, forward, publishTwist, text, twist, zeros } from './AgentWorld.fixture.ts';

const frame = { kind: 'motion', topic: '/cmd_vel', encoding: 'json' } as const;
const leasedWorld = async (...options: ConstructorParameters<typeof AgentWorld>): Promise<AgentWorld> =>
  (await new AgentWorld(...options).started()).leased();
const codes = (replies: readonly Reply[]): (string | undefined)[] => replies.map(({ code, state }) => code ?? state);

describe('leases', () => {
  test('one is taken with the token of the server, renewed and released; the hello names the highest token', async () => {
    const world = await new AgentWorld().started();
    const take = world.server.line.request({ kind: 'lease.take', holdMs: 500 }, '', { token: 7 });
    await world.clock.advance(400);
    expect(decode(take[0]?.payload)).toBe('{"token":7,"holdMs":500}');
    expect(world.server.line.statuses.at(-1)?.motion).toMatchObject({ token: 7, leased: true });
    const renew = world.server.line.request({ kind: 'lease.renew', holdMs: 500 }, '', { token: 7 });
    await world.clock.advance(400);
    expect(decode(renew[0]?.payload)).toBe('{"token":7,"holdMs":500}');
    expect(world.agent.status.robot.motion).toMatchObject({ leased: true });
    const release = world.server.line.request({ kind: 'lease.release' }, '', { token: 7 });
    await world.clock.advance(50);
    expect(release).toMatchObject([{ state: 'done' }]);
    expect(world.server.line.statuses.at(-1)?.motion).toMatchObject({ token: 7, leased: false });
    world.server.line.pair.cut();
    await world.clock.advance(1_000);
    expect(world.server.line.hello?.highestToken).toBe(7);
  });

  test('its age counts: one that ran out on the way is not taken, and one that is young only in part ends early', async () => {
    const world = await new AgentWorld().started();
    const late = world.server.line.request({ kind: 'lease.take', holdMs: 500 }, '', { token: 1, ageMs: 600 });
    const young = world.server.line.request({ kind: 'lease.take', holdMs: 500 }, '', { token: 2, ageMs: 400 });
    await world.clock.advance(50);
    expect(codes(late)).toEqual(['COMMAND_EXPIRED']);
    expect(codes(young)).toEqual(['done']);
    await world.clock.advance(100);
    expect(world.agent.status.robot.motion).toMatchObject({ leased: false });
  });

  test('whether doors may take it by moving is told in the status, where the configuration lets them', async () => {
    const world = await new AgentWorld({ motion: { implicitLease: true } }).started();
    expect(world.agent.status.robot.motion).toMatchObject({ implicitLease: true });
    const other = await new AgentWorld().started();
    expect(other.agent.status.robot.motion).not.toHaveProperty('implicitLease');
  });

  test('a lease ends with its line; an older token is refused for ever', async () => {
    const world = await leasedWorld();
    await world.leased(5);
    world.server.line.pair.cut();
    await world.clock.advance(1_000);
    const commands = [5, 4].map((token) => world.move(publishTwist, forward, { token }));
    await world.clock.advance(50);
    expect(commands.map(codes)).toEqual([['LEASE_LOST'], ['LEASE_STALE']]);
    expect(world.published('/cmd_vel')).toEqual([]);
  });
});

describe('commands on what moves the robot', () => {
  test('without a lease all kinds are refused: publish, call and parameter', async () => {
    const outputs = [{ service: '/go' }, { parameter: '/turtle/speed' }];
    const allow = { publish: ['/cmd_vel'], call: ['/go'], setParameters: ['/**'] };
    const world = await new AgentWorld({ motion: { outputs }, allow }).started();
    let calls = 0;
    world.graph.services.set('/go', {
      schema: { name: 'test/Go', request: text, response: text },
      handle: () => Promise.resolve((calls += 1)).then(() => bytesOf(text, { data: 'gone' })),
    });
    const ask = async (token: number): Promise<(string | undefined)[]> => {
      const replies = [
        world.move(publishTwist, forward, { token }),
        world.move({ kind: 'call', service: '/go', encoding: 'json' }, '{}', { token }),
        world.move({ kind: 'parameter.set', name: '/turtle/speed' }, '2', { token }),
        world.move({ kind: 'parameter.set', name: '/turtle' }, '{"speed":2}', { token }),
        world.move({ kind: 'parameter.set', name: '/turtle/speed/x' }, '2', { token }),
        world.move({ kind: 'parameter.set', name: '/turtle//speed' }, '2', { token }),
      ];
      await world.clock.advance(100);
      return replies.flatMap(codes);
    };
    const never = ['NOT_SUPPORTED', 'NOT_SUPPORTED', 'NAME_INVALID'];
    expect(await ask(0)).toEqual(['LEASE_NEEDED', 'LEASE_NEEDED', 'LEASE_NEEDED', ...never]);
    expect(calls).toBe(0);
    expect(world.graph.parameters.size).toBe(0);
    await world.leased();
    expect(await ask(world.token)).toEqual(['done', 'done', 'done', ...never]);
    expect(calls).toBe(1);
    expect(world.graph.parameters.get('/turtle/speed')).toBe(2);
    expect(world.published('/cmd_vel')[0]).toEqual(bytesOf(twist, { linear: { x: 1 }, angular: { z: 1 } }));
  });

  test('in order of their sequence, and not beyond the output’s timeout, whatever the deadline says', async () => {
    const world = await leasedWorld();
    const state = async (sequence: number, ageMs = 0): Promise<(string | undefined)[]> => {
      const replies = world.move(publishTwist, forward, { sequence, ageMs });
      await world.clock.advance(10);
      return codes(replies);
    };
    expect(await state(12)).toEqual(['done']);
    expect(await state(11)).toEqual(['COMMAND_OUT_OF_ORDER']);
    expect(await state(13, 600)).toEqual(['COMMAND_EXPIRED']);
    expect(await state(14)).toEqual(['done']);
  });

  test('while the clocks are known too little, motion is refused and leases are not', async () => {
    const world = await new AgentWorld({}, { delayMs: 300 }).started();
    await world.clock.advance(3_000);
    const take = world.server.line.request({ kind: 'lease.take', holdMs: 10_000 }, '', { token: 1 });
    await world.clock.advance(700);
    expect(codes(take).at(-1)).toBe('done');
    const publish = world.move(publishTwist, forward, { token: 1, sequence: 1 });
    const stream: Reply[] = [];
    world.server.line.robot.openStream('s', (reply) => void stream.push(reply));
    world.frame(2, forward, { token: 1, id: 's' });
    await world.clock.advance(700);
    expect(codes(publish)).toEqual(['CLOCK_UNSURE']);
    expect(codes(stream)).toEqual(['CLOCK_UNSURE']);
  });

  test('what a topic that nobody hears takes is no success', async () => {
    const world = await new AgentWorld().started();
    world.graph.advertise = async (advertisement) => ({
      ...(await FakeGraph.prototype.advertise.call(world.graph, advertisement)),
      publish: () => Promise.resolve({ subscribers: 0 }),
    });
    await world.leased();
    const publish = world.move(publishTwist, forward);
    await world.clock.advance(50);
    expect(codes(publish)).toEqual(['NO_SUBSCRIBER']);
  });
});

describe('motion streams', () => {
  test('frames reach ROS without a word back; refusals come, each ten times a second', async () => {
    const world = await leasedWorld();
    const stream: Reply[] = [];
    world.server.line.robot.openStream('s', (reply) => void stream.push(reply));
    for (let sequence = 1; sequence <= 50; sequence++) {
      world.frame(sequence, forward, { id: 's' });
      await world.clock.advance(20);
    }
    expect(world.published('/cmd_vel').length).toBe(50);
    expect(stream).toEqual([]);
    for (let count = 0; count < 50; count++) {
      world.frame(1, forward, { id: 's' });
      world.frame(100, forward, { id: 's', token: 0 });
      await world.clock.advance(20);
    }
    const told = codes(stream);
    expect(told.filter((code) => code === 'COMMAND_OUT_OF_ORDER').length).toBe(10);
    expect(told.filter((code) => code === 'LEASE_NEEDED').length).toBe(10);
    expect(world.published('/cmd_vel').filter((data) => Buffer.compare(data, zeros) !== 0).length).toBe(50);
  });

  test('while ROS takes one the newest waits, and those between are left out', async () => {
    const world = await leasedWorld();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    world.graph.messageSchema = (type) => promise.then(() => FakeGraph.prototype.messageSchema.call(world.graph, type));
    for (let sequence = 1; sequence <= 100; sequence++) world.frame(sequence, `{"linear":{"x":${sequence}}}`);
    await world.clock.advance(100);
    resolve(undefined);
    await world.clock.advance(10);
    expect(world.published('/cmd_vel')).toEqual([1, 100].map((x) => bytesOf(twist, { linear: { x } })));
  });

  test('when frames stop coming, or the line ends, the robot is stopped', async () => {
    const world = await leasedWorld();
    world.frame(1);
    await world.clock.advance(400);
    expect(world.published('/cmd_vel').at(-1)).not.toEqual(zeros);
    await world.clock.advance(150);
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
    world.frame(2);
    await world.clock.advance(100);
    expect(world.published('/cmd_vel').at(-1)).not.toEqual(zeros);
    world.server.kill();
    await world.clock.advance(0);
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
  });

  test('what does not move the robot is no stream', async () => {
    const world = await leasedWorld();
    const stream: Reply[] = [];
    world.server.line.robot.openStream('s', (reply) => void stream.push(reply));
    world.frame(1, '{"data":"x"}', { id: 's' }, { ...frame, topic: '/note', type: 'std_msgs/String' });
    await world.clock.advance(50);
    expect(codes(stream)).toEqual(['NOT_SUPPORTED']);
  });
});

describe('stops', () => {
  test('a stop needs no lease and no deadline, names its issuer, and holds until it is released under a lease', async () => {
    const world = await leasedWorld();
    world.standing(10_000);
    await world.clock.advance(100);
    const stop = world.server.line.request({ kind: 'stop' }, '', { issuer: 'ann', ageMs: 9_000, deadlineMs: 5_000 });
    await world.clock.advance(100);
    expect(JSON.parse(decode(stop.at(-1)?.payload))).toEqual({
      outputs: [{ kind: 'topic', name: '/cmd_vel', delivered: true, others: [] }],
    });
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
    expect(world.agent.status.robot.motion?.latches).toMatchObject([{ by: 'ann' }]);
    const frames = world.move(publishTwist, forward);
    const none = world.server.line.request({ kind: 'stop.release' });
    await world.clock.advance(100);
    expect(codes(frames)).toEqual(['STOP_LATCHED']);
    expect(codes(none)).toEqual(['LEASE_NEEDED']);
    expect(world.agent.status.robot.standing).toMatchObject([
      { topic: '/cmd_vel', state: 'ended', reason: 'it was refused on the robot: STOP_LATCHED' },
    ]);
    const release = world.move({ kind: 'stop.release' });
    await world.clock.advance(100);
    expect(codes(release)).toEqual(['done']);
    const again = world.move(publishTwist, forward);
    await world.clock.advance(100);
    expect(codes(again)).toEqual(['done']);
  });

  test('a stop after a release stays, however close', async () => {
    const world = await leasedWorld();
    world.server.line.request({ kind: 'stop' });
    await world.clock.advance(100);
    const release = world.move({ kind: 'stop.release' });
    const stop = world.server.line.request({ kind: 'stop' });
    await world.clock.advance(100);
    expect([...codes(release), ...codes(stop)]).toEqual(['done', 'done']);
    expect(world.agent.status.robot.motion?.latches.length).toBe(1);
  });
});
