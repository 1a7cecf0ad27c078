import type { GraphSnapshot } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { localAdministrator } from '../access/Principal.ts';
import { int64Schema } from '../testing/schemas.ts';
import { SharedGraphs } from './SharedGraphs.ts';

/** A robot that counts what it is asked. */
class CountedGraph extends FakeGraph {
  readonly asked: string[] = [];
  /** It answers no sooner. */
  answers: Promise<void> = Promise.resolve();
  override async snapshot(): Promise<GraphSnapshot> {
    this.asked.push('graph');
    await this.answers;
    return super.snapshot();
  }
  override messageSchema(type: string): ReturnType<FakeGraph['messageSchema']> {
    this.asked.push(type);
    return super.messageSchema(type);
  }
}

function setUp() {
  const clock = new FakeClock();
  const graph = new CountedGraph(clock);
  graph.setTopic('/t', int64Schema);
  const graphs = new SharedGraphs(clock, () => graph);
  const sessions = Array.from({ length: 3 }, () => graphs.acquire(localAdministrator, 'r1'));
  return { clock, graph, graphs, sessions };
}

test('what sessions ask at the same time, and the definitions, are asked once', async () => {
  const { clock, graph, sessions } = setUp();
  await clock.advance(0);
  await Promise.all(sessions.flatMap(({ graph: each }) => [each.snapshot(), each.messageSchema('std_msgs/Int64')]));
  expect(graph.asked.toSorted()).toEqual(['graph', 'std_msgs/Int64']);
  await clock.advance(1_000);
  await Promise.all(sessions.flatMap(({ graph: each }) => [each.snapshot(), each.messageSchema('std_msgs/Int64')]));
  expect(graph.asked.toSorted()).toEqual(['graph', 'graph', 'std_msgs/Int64']);
});

test('what could not be had is asked again, and definitions are after ROS was away', async () => {
  const { clock, graph, sessions } = setUp();
  const [{ graph: shared }] = sessions as [(typeof sessions)[0]];
  await clock.advance(0);
  await expect(shared.messageSchema('a/B')).rejects.toMatchObject({ code: 'TYPE_UNKNOWN' });
  await expect(shared.messageSchema('a/B')).rejects.toMatchObject({ code: 'TYPE_UNKNOWN' });
  await shared.messageSchema('std_msgs/Int64');
  graph.setStatus({ state: 'connected' });
  await clock.advance(0);
  await shared.messageSchema('std_msgs/Int64');
  expect(graph.asked).toEqual(['a/B', 'a/B', 'std_msgs/Int64', 'std_msgs/Int64']);
});

test('one who gives up does not end the wait of the others', async () => {
  const { graph, sessions } = setUp();
  const answers = Promise.withResolvers<undefined>();
  graph.answers = answers.promise.then(() => undefined);
  const [one, other] = sessions as [(typeof sessions)[0], (typeof sessions)[0]];
  const gone = new AbortController();
  const first = one.graph.snapshot({ signal: gone.signal });
  const second = other.graph.snapshot();
  gone.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  answers.resolve(undefined);
  expect((await second).topics.map(({ name }) => name)).toEqual(['/t']);
});

test('the graph is watched once for all, told to who comes later, and ends with the last session', async () => {
  const { clock, graph, graphs, sessions } = setUp();
  const told: string[] = [];
  const watch = (index: number) =>
    sessions[index]!.graph.watch({
      handleGraph: ({ topics }) => void told.push(`${index} ${topics.map(({ name }) => name).join()}`),
    });
  const stop = watch(0);
  await clock.advance(10);
  watch(1);
  await clock.advance(10);
  stop();
  graph.setTopic('/u', int64Schema);
  await clock.advance(10);
  expect(told).toEqual(['0 /t', '1 /t', '1 /t,/u']);
  await sessions[0]!.graph.close();
  for (const session of sessions) session.release();
  sessions[0]!.release();
  expect(graphs.size).toBe(0);
  expect(graph.isClosed).toBe(true);
});
