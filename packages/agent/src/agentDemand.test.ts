import { decodeSnapshot } from '@longline/line';
import type { Reply } from '@longline/line';
import { describe, expect, test } from 'vitest';
import { AgentWorld, bytesOf, number, text } from './AgentWorld.fixture.ts';
import type { AgentConfigInput } from './config/AgentConfig.ts';

const watched: AgentConfigInput = {
  topics: [{ match: '/secret/**', send: false }, { match: '/watched', demand: 'watched' }, { match: '/**' }],
};

test('a watched topic flows over the line while the server says that somebody looks', async () => {
  const { clock, graph, server } = await new AgentWorld(watched).started();
  graph.setTopic('/watched', number);
  await clock.advance(100);
  const channel = server.line.advertised.at(-1)!;
  expect(channel).toMatchObject({ topic: '/watched', demand: 'watched' });
  graph.emit('/watched', bytesOf(number, { data: 1 }));
  await clock.advance(100);
  server.line.robot.demand([{ id: channel.id, rateHz: null }]);
  await clock.advance(100);
  graph.emit('/watched', bytesOf(number, { data: 2 }));
  await clock.advance(100);
  server.line.robot.demand([{ id: channel.id, rateHz: 0 }]);
  await clock.advance(100);
  graph.emit('/watched', bytesOf(number, { data: 3 }));
  await clock.advance(100);
  expect(server.line.messages.map(({ data }) => data)).toEqual([bytesOf(number, { data: 2 })]);
  expect(graph.subscribed).toEqual(['/chatter']);
});

describe('a snapshot', () => {
  const ask = (world: AgentWorld, topic: string, deadlineMs = 5_000): Reply[] =>
    world.server.line.request({ kind: 'snapshot', topic }, '', { deadlineMs });

  test('of a topic that nobody looks at is its next message, and leaves no subscription behind', async () => {
    const world = await new AgentWorld(watched).started();
    const { clock, graph } = world;
    graph.setTopic('/watched', number);
    await clock.advance(100);
    const replies = ask(world, '/watched');
    await clock.advance(100);
    expect(replies.map(({ state }) => state)).toEqual(['received']);
    graph.emit('/watched', bytesOf(number, { data: 7 }));
    graph.emit('/watched', bytesOf(number, { data: 8 }));
    await clock.advance(100);
    expect(replies[1]).toMatchObject({ state: 'done', encoding: 'ros1' });
    expect(decodeSnapshot(replies[1]!.payload)).toMatchObject({
      channel: { topic: '/watched', schema: number },
      value: { data: 7 },
    });
    expect(graph.subscribed).toEqual(['/chatter']);
    expect(world.server.line.messages).toEqual([]);
  });

  test.each([
    ['/nowhere', 'TOPIC_UNKNOWN', 'rejected'],
    ['/secret/plan', 'NOT_ALLOWED', 'rejected'],
    ['no topic', 'NAME_INVALID', 'rejected'],
    ['/silent', 'ROS_TIMEOUT', 'failed'],
  ])('of %s is refused with %s', async (topic, code, state) => {
    const world = await new AgentWorld(watched).started();
    const { clock, graph } = world;
    graph.setTopic('/silent', text);
    graph.setTopic('/secret/plan', text);
    await clock.advance(100);
    const replies = ask(world, topic, 1_000);
    // In time for the answer to come back before the deadline.
    await clock.advance(800);
    expect(replies.at(-1)).toMatchObject({ state, code });
    expect(graph.subscribed).not.toContain('/secret/plan');
    expect(graph.subscribed.filter((name) => name === '/silent').length).toBe(1);
  });

  test('without ROS says so', async () => {
    const world = await new AgentWorld(watched).started();
    world.graph.setStatus({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason: 'the master is gone' });
    await world.clock.advance(100);
    const replies = ask(world, '/chatter');
    await world.clock.advance(100);
    expect(replies.at(-1)).toMatchObject({ code: 'ROS_UNREACHABLE', message: 'the master is gone' });
  });
});

test('a data budget counts what leaves, cuts what it must, and is told in the status', async () => {
  const idle = await new AgentWorld().started();
  await idle.agent.stop();
  const { agent, clock, graph, server } = await new AgentWorld({ budget: { bytesPerDay: 1024 * 1024 } }).started();
  expect(agent.status.budget).toMatchObject({ usedBytes: 0, level: 'free' });
  for (let count = 0; count < 15; count++) {
    graph.emit('/chatter', bytesOf(text, { data: 'x'.repeat(100_000) }));
    await clock.advance(1_000);
  }
  expect(agent.status.budget).toMatchObject({ level: 'spent' });
  expect(agent.status.budget!.laneBytes.telemetry).toBeGreaterThan(1024 * 1024);
  expect(server.line.messages.length).toBeLessThan(15);
  expect(server.line.statuses.map(({ budget }) => budget?.level)).toEqual(['free', 'thinned', 'sparse', 'spent']);
  expect(server.line.channels.values().next().value).toMatchObject({ topic: '/chatter', demand: 'watched' });
  await agent.stop();
  expect(clock.pendingTimers).toBe(idle.clock.pendingTimers);
});
