import { FakeClock, FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { twist } from './GateWorld.fixture.ts';
import { RosPulse } from './RosPulse.ts';

function pulseOf(name: string, isBusy = true) {
  const clock = new FakeClock({ startMs: 5_000 });
  const graph = new FakeGraph(clock);
  Object.defineProperty(graph, 'name', { value: name });
  let asked = 0;
  const snapshot = graph.snapshot.bind(graph);
  graph.snapshot = () => {
    asked += 1;
    return snapshot();
  };
  const pulse = new RosPulse({
    graph,
    clock,
    agentNode: '/longline_1f',
    isBusy: () => isBusy,
    handleSnapshot: () => undefined,
  });
  return { clock, graph, pulse, asked: () => asked };
}

test('ROS is asked often while it matters, and now and then otherwise', async () => {
  const busy = pulseOf('fake:');
  busy.pulse.start();
  await busy.clock.advance(7_000);
  expect(busy.asked()).toBe(11);
  const idle = pulseOf('fake:', false);
  idle.pulse.start();
  await idle.clock.advance(60_000);
  expect(idle.asked()).toBe(3);
  idle.pulse.close();
  expect(idle.clock.pendingTimers).toBe(0);
});

test('ROS is alive for two seconds after an answer, counted from when it was asked', async () => {
  const { clock, graph, pulse } = pulseOf('fake:', false);
  await pulse.checkAlive();
  graph.setStatus({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason: 'away' });
  await clock.advance(2_000);
  await pulse.checkAlive();
  await clock.advance(1);
  await expect(pulse.checkAlive()).rejects.toMatchObject({ code: 'ROS_SILENT' });
});

test('who else publishes is told; the node through which the deadman publishes is no other', async () => {
  for (const [name, others] of [
    ['ros1://r', ['/nav', '/rosbridge_websocket', '/longline']],
    ['rosbridge://r', ['/nav', '/longline']],
    ['turtlesim:', ['/nav', '/rosbridge_websocket']],
  ] as const) {
    const { graph, pulse } = pulseOf(name);
    graph.setTopic('/cmd_vel', twist, {
      publishers: ['/nav', '/rosbridge_websocket', '/longline', '/longline_of_old'],
    });
    await pulse.ask();
    expect(pulse.othersOn('/cmd_vel')).toEqual(others);
  }
});

test('agents that watch a topic are not those who hear it', () => {
  const hears = (name: string, ...subscribers: string[]): boolean =>
    pulseOf(name).pulse.isHeard({ name: '/cmd_vel', type: '', publishers: ['/nav'], subscribers });
  expect(hears('ros1://r', '/longline_1f', '/longline_of_old')).toBe(false);
  expect(hears('ros1://r', '/longline_1f', '/driver')).toBe(true);
  expect(hears('ros1://r', '/rosbridge_websocket')).toBe(true);
  expect(hears('rosbridge://r', '/rosbridge_websocket')).toBe(false);
  expect(hears('foxglove://r', '/foxglove_bridge')).toBe(false);
  expect(hears('foxglove://r', '/rosbridge_websocket')).toBe(true);
});

test('a graph that names no node may not know: its topics count as heard', () => {
  expect(pulseOf('fake:').pulse.isHeard({ name: '/cmd_vel', type: '', publishers: [], subscribers: [] })).toBe(true);
});

test('of the subscribers only the agent that lives is connected and drives nothing; the master may list dead ones', async () => {
  const subscribers = ['/driver', '/longline_1f', '/longline_of_old'];
  const { graph, pulse } = pulseOf('ros1://r');
  const topic = { name: '/cmd_vel', type: twist.name, publishers: [], subscribers };
  graph.snapshot = () => Promise.resolve({ rosVersion: 1, topics: [topic], services: [] });
  await pulse.ask();
  expect(pulse.watchersOf('/cmd_vel')).toBe(1);
});
