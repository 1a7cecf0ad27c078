import { FakeGraph } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { AgentWorld, bytesOf, decode, forward, publishTwist, twist, zeros } from './AgentWorld.fixture.ts';

const isZeros = (data: Uint8Array): boolean => Buffer.compare(data, zeros) === 0;

describe('standing commands', () => {
  test('a message is repeated at its exact rate while it is renewed, then ends with zeros', async () => {
    const world = await (await new AgentWorld().started()).leased();
    const replies = world.standing(1_000, 30);
    await world.clock.advance(10);
    expect(decode(replies[0]?.payload)).toBe('{"motion":true,"holdMs":500}');
    for (let renewal = 0; renewal < 40; renewal++) {
      await world.clock.advance(250);
      world.standing(1_000, 30);
    }
    const repeated = world.published('/cmd_vel').length;
    expect(repeated).toBeGreaterThanOrEqual(300);
    expect(repeated).toBeLessThanOrEqual(302);
    const before = world.graph.published.map(({ atMs }) => atMs);
    expect(Math.max(...before.slice(1).map((atMs, index) => atMs - before[index]!))).toBeLessThan(34);
    await world.clock.advance(600);
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
    expect(world.server.line.statuses.at(-1)?.standing).toEqual([
      { topic: '/cmd_vel', state: 'ended', reason: 'its holder did not renew it' },
    ]);
    await world.clock.advance(2_000);
    const count = world.graph.published.length;
    await world.clock.advance(5_000);
    expect(world.graph.published.length).toBe(count);
  });

  test('on what moves the robot it holds no longer than the output allows, whatever was asked for', async () => {
    const world = await (await new AgentWorld().started()).leased();
    const startMs = world.clock.monotonicMs();
    world.standing(60_000, 10);
    await world.clock.advance(2_000);
    const moving = world.graph.published.filter(({ data }) => !isZeros(data));
    expect(moving.at(-1)!.atMs - startMs).toBeLessThan(500);
    expect(world.graph.published.find(({ data }) => isZeros(data))!.atMs - startMs).toBeLessThanOrEqual(500);
  });

  test('without the lease, or under one that is over, it does not begin', async () => {
    const world = await new AgentWorld().started();
    const none = world.standing();
    await world.clock.advance(10);
    expect(none).toMatchObject([{ state: 'rejected', code: 'LEASE_NEEDED' }]);
    await world.leased();
    await world.clock.advance(10);
    const release = world.move({ kind: 'lease.release' });
    const late = world.standing();
    await world.clock.advance(100);
    expect(release).toMatchObject([{ state: 'done' }]);
    expect(late).toMatchObject([{ state: 'rejected', code: 'LEASE_LOST' }]);
    expect(world.published('/cmd_vel')).toEqual([]);
    expect(world.server.line.statuses.at(-1)?.standing).toEqual([
      { topic: '/cmd_vel', state: 'ended', reason: 'it was refused on the robot: LEASE_LOST' },
    ]);
  });

  test('it ends with its lease, and the one of the next holder is not disturbed by renewals of the last', async () => {
    const world = await (await new AgentWorld().started()).leased();
    world.standing(500, 10);
    await world.clock.advance(100);
    await world.leased(5);
    await world.clock.advance(200);
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
    expect(world.server.line.statuses.at(-1)?.standing).toMatchObject([{ topic: '/cmd_vel', state: 'ended' }]);
    world.standing(500, 10);
    await world.clock.advance(10);
    const late = world.standing(500, 10, { token: 1 });
    await world.clock.advance(100);
    expect(late).toMatchObject([{ state: 'rejected', code: 'LEASE_STALE' }]);
    expect(world.server.line.statuses.at(-1)?.standing).toMatchObject([{ topic: '/cmd_vel', state: 'active' }]);
    expect(isZeros(world.published('/cmd_vel').at(-1)!)).toBe(false);
  });

  test('motion ends with the line at once, and is not re-armed by the reconnect', async () => {
    const world = await (await new AgentWorld().started()).leased();
    world.standing(500);
    await world.clock.advance(300);
    const before = world.published('/cmd_vel').length;
    world.server.kill();
    await world.clock.advance(0);
    expect(world.published('/cmd_vel').slice(before)).toEqual([zeros]);
    world.server.isUp = true;
    await world.clock.advance(10_000);
    expect(world.server.lines.length).toBe(2);
    expect(world.published('/cmd_vel').slice(before).every(isZeros)).toBe(true);
    const again = world.standing();
    await world.clock.advance(10);
    expect(again).toMatchObject([{ state: 'rejected', code: 'LEASE_LOST' }]);
  });

  test('what a server says again after a reconnect arms no motion, whatever the server believes', async () => {
    const world = await (await new AgentWorld().started()).leased();
    const action = { kind: 'standing.set', encoding: 'json', rateHz: 10, holdMs: 10_000, resumed: true } as const;
    const motion = world.move({ ...action, topic: '/cmd_vel' }, '{"linear":{"x":1}}');
    const other = world.move({ ...action, topic: '/note', type: 'std_msgs/String' }, '{"data":"x"}');
    await world.clock.advance(500);
    expect(motion).toMatchObject([{ state: 'rejected', code: 'MOTION_NOT_RESUMED' }]);
    expect(world.published('/cmd_vel')).toEqual([]);
    expect(other).toMatchObject([{ state: 'done' }]);
  });

  test('one that moves nothing goes on without the line until its hold runs out', async () => {
    const world = await new AgentWorld().started();
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

  test('the age at arrival counts into the hold, and no zeros come to outputs of other types', async () => {
    const outputs = [{ topic: '/note', timeoutMs: 2_000 }];
    const world = await (await new AgentWorld({ motion: { outputs } }).started()).leased();
    const action = { kind: 'standing.set', topic: '/note', type: 'std_msgs/String', encoding: 'json' } as const;
    world.move({ ...action, rateHz: 10, holdMs: 1_000 }, '{"data":"x"}', { ageMs: 600 });
    await world.clock.advance(5_000);
    expect(world.published('/note').length).toBe(4);
    const late = world.move({ ...action, rateHz: 10, holdMs: 1_000 }, '{}', { ageMs: 1_500 });
    await world.clock.advance(10);
    expect(late).toMatchObject([{ state: 'expired', code: 'COMMAND_EXPIRED' }]);
  });

  test('a stop is not overtaken by the start before it, which still waits for ROS', async () => {
    const world = await (await new AgentWorld().started()).leased();
    const ros = Promise.withResolvers<undefined>();
    world.graph.messageSchema = (type) =>
      ros.promise.then(() => FakeGraph.prototype.messageSchema.call(world.graph, type));
    const start = world.standing(60_000);
    const publish = world.move(publishTwist, forward);
    await world.clock.advance(100);
    const stop = world.server.line.request({ kind: 'standing.end', topic: '/cmd_vel' });
    await world.clock.advance(100);
    expect(stop).toMatchObject([{ state: 'done' }]);
    ros.resolve(undefined);
    await world.clock.advance(1_000);
    expect(start.at(-1)).toMatchObject({ state: 'rejected', code: 'COMMAND_OUT_OF_ORDER' });
    expect(publish.at(-1)).toMatchObject({ state: 'rejected', code: 'COMMAND_OUT_OF_ORDER' });
    expect(world.published('/cmd_vel')).toEqual([]);
    world.standing();
    await world.clock.advance(100);
    expect(world.published('/cmd_vel').length).toBeGreaterThan(0);
  });

  test('a process that stalled beyond the hold publishes nothing but the stop afterwards', async () => {
    const world = await (await new AgentWorld().started()).leased();
    world.standing(1_000, 10);
    await world.clock.advance(250);
    const before = world.published('/cmd_vel').length;
    world.clock.stall(4_000);
    await world.clock.advance(0);
    expect(world.published('/cmd_vel').length).toBeGreaterThan(before);
    expect(world.published('/cmd_vel').slice(before).every(isZeros)).toBe(true);
  });

  test('it ends by request with zeros at once, also when it is not there', async () => {
    const world = await (await new AgentWorld().started()).leased();
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
    const world = await (await new AgentWorld().started()).leased();
    world.standing(10_000, 1);
    await world.clock.advance(100);
    world.move(
      { kind: 'standing.set', topic: '/cmd_vel', encoding: 'json', rateHz: 1, holdMs: 10_000 },
      '{"linear":{"x":2}}',
    );
    await world.clock.advance(10);
    expect(world.published('/cmd_vel').at(-1)).toEqual(bytesOf(twist, { linear: { x: 2 } }));
    expect(world.published('/cmd_vel').length).toBe(2);
  });

  test('stop ends motion with zeros, closes the graph and leaves no timer', async () => {
    const world = await (await new AgentWorld().started()).leased();
    world.standing(60_000);
    await world.clock.advance(100);
    const stopped = Promise.all([world.agent.stop(), world.agent.stop()]);
    await world.clock.advance(100);
    await stopped;
    expect(world.published('/cmd_vel').at(-1)).toEqual(zeros);
    expect(world.graph.isClosed).toBe(true);
    await world.clock.advance(0);
    expect(world.graph.publishers).toBe(0);
    expect(world.server.line.close).toMatchObject({ closeCode: 1000 });
    expect(world.clock.pendingTimers).toBe(0);
  });
});
