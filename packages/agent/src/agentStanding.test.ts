import { FakeGraph } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { AgentWorld, bytesOf, decode, forward, publishTwist, twist, zeros } from './AgentWorld.fixture.ts';

describe('standing commands', () => {
  test('a message is repeated at its exact rate while it is renewed, then ends with zeros', async () => {
    const world = await new AgentWorld().started();
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
    const world = await new AgentWorld().started();
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

  test('what a server says again after a reconnect arms no motion, whatever the server believes', async () => {
    const world = await new AgentWorld().started();
    const action = { kind: 'standing.set', encoding: 'json', rateHz: 10, holdMs: 10_000, resumed: true } as const;
    const motion = world.server.line.request({ ...action, topic: '/cmd_vel' }, '{"linear":{"x":1}}');
    const other = world.server.line.request({ ...action, topic: '/note', type: 'std_msgs/String' }, '{"data":"x"}');
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

  test('the age at arrival counts into the hold, and zeros come to other motion topics of the config only by type', async () => {
    const world = await new AgentWorld({ motion: { topics: ['/note'] } }).started();
    const action = { kind: 'standing.set', topic: '/note', type: 'std_msgs/String', encoding: 'json' } as const;
    world.server.line.request({ ...action, rateHz: 10, holdMs: 1_000 }, '{"data":"x"}', { ageMs: 600 });
    await world.clock.advance(5_000);
    expect(world.published('/note').length).toBe(4);
    const late = world.server.line.request({ ...action, rateHz: 10, holdMs: 1_000 }, '{}', { ageMs: 1_500 });
    await world.clock.advance(10);
    expect(late).toMatchObject([{ state: 'expired', code: 'COMMAND_EXPIRED' }]);
  });

  test('a stop is not overtaken by the start before it, which still waits for ROS', async () => {
    const world = await new AgentWorld().started();
    const ros = Promise.withResolvers<undefined>();
    world.graph.advertise = (advertisement) =>
      ros.promise.then(() => FakeGraph.prototype.advertise.call(world.graph, advertisement));
    const start = world.standing(60_000);
    const publish = world.server.line.request(publishTwist, forward);
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
    const world = await new AgentWorld().started();
    world.standing(1_000, 10);
    await world.clock.advance(250);
    const before = world.published('/cmd_vel').length;
    world.clock.stall(4_000);
    await world.clock.advance(0);
    expect(world.published('/cmd_vel').slice(before)).toEqual([zeros]);
  });

  test('what ROS still holds back when the line ends is not published after the stop', async () => {
    const world = await new AgentWorld().started();
    const ready = Promise.withResolvers<undefined>();
    world.graph.advertise = async (advertisement) => {
      const publisher = await FakeGraph.prototype.advertise.call(world.graph, advertisement);
      return {
        ...publisher,
        publish: async (data, options) => {
          await ready.promise;
          options?.signal?.throwIfAborted();
          return publisher.publish(data, options);
        },
      };
    };
    world.standing(60_000);
    world.server.line.request(publishTwist, forward);
    await world.clock.advance(100);
    world.server.kill();
    await world.clock.advance(0);
    ready.resolve(undefined);
    await world.clock.advance(100);
    expect(world.published('/cmd_vel')).toEqual([zeros]);
  });

  test('it ends by request with zeros, also when it is not there', async () => {
    const world = await new AgentWorld().started();
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
    const world = await new AgentWorld().started();
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
    const world = await new AgentWorld().started();
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
