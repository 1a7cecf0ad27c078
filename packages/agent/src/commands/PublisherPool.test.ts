import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { GraphView } from '../robot/GraphView.ts';
import { TopicTypes } from '../robot/TopicTypes.ts';
import { IDLE_MS, PublisherPool } from './PublisherPool.ts';

const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
const number: Schema = { name: 'std_msgs/Int32', encoding: 'ros1msg', text: 'int32 data\n' };

function makePool(maxPublishers?: number): { clock: FakeClock; graph: FakeGraph; pool: PublisherPool } {
  const clock = new FakeClock();
  const graph = new FakeGraph(clock);
  for (const topic of ['/a', '/b', '/c', '/moves']) graph.setTopic(topic, text);
  graph.schemas.set(number.name, number);
  const view = new GraphView(graph);
  view.start();
  return {
    clock,
    graph,
    pool: new PublisherPool({
      graph,
      types: new TopicTypes({ graph, view, clock }),
      clock,
      isOutput: (topic) => topic === '/moves',
      ...(maxPublishers === undefined ? {} : { maxPublishers }),
    }),
  };
}

test('a publisher is opened once for many uses and closed a minute after the last', async () => {
  const { clock, graph, pool } = makePool();
  const uses = await Promise.all([pool.acquire({ topic: '/a' }, {}), pool.acquire({ topic: '/a' }, {})]);
  expect(graph.publishers).toBe(1);
  for (const use of uses) use.release();
  await clock.advance(IDLE_MS - 1);
  expect(graph.publishers).toBe(1);
  await clock.advance(1);
  expect(graph.publishers).toBe(0);
});

test('a latched publisher stays for its message', async () => {
  const { clock, graph, pool } = makePool();
  (await pool.acquire({ topic: '/a', latched: true }, {})).release();
  await clock.advance(IDLE_MS * 2);
  expect(graph.publishers).toBe(1);
  pool.close();
  await clock.advance(0);
  expect(graph.publishers).toBe(0);
});

test('the one unused longest makes room; where all are in use, one more is refused', async () => {
  const { clock, graph, pool } = makePool(2);
  const first = await pool.acquire({ topic: '/a' }, {});
  (await pool.acquire({ topic: '/b' }, {})).release();
  await pool.acquire({ topic: '/c' }, {});
  await clock.advance(0);
  expect(graph.publishers).toBe(2);
  await expect(pool.acquire({ topic: '/b' }, {})).rejects.toMatchObject({ code: 'PUBLISHER_LIMIT' });
  first.release();
  await pool.acquire({ topic: '/b' }, {});
  expect(pool.size).toBe(2);
});

test('a topic that came back with another type gets another publisher', async () => {
  const { clock, graph, pool } = makePool();
  (await pool.acquire({ topic: '/a' }, {})).release();
  graph.setTopic('/a', number);
  const use = await pool.acquire({ topic: '/a' }, {});
  await clock.advance(0);
  expect(use.publisher.schema).toBe(number);
  expect(graph.publishers).toBe(1);
});

test('a broken publisher is not used again', async () => {
  const { clock, graph, pool } = makePool();
  (await pool.acquire({ topic: '/a' }, {})).release(true);
  await clock.advance(0);
  expect(graph.publishers).toBe(0);
  expect(pool.size).toBe(0);
});

test('on what moves the robot it opens nothing, latched or not', async () => {
  const { graph, pool } = makePool();
  await expect(pool.acquire({ topic: '/moves', latched: true }, {})).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  await expect(pool.acquire({ topic: '/moves' }, {})).rejects.toMatchObject({ code: 'LEASE_NEEDED' });
  expect(graph.publishers).toBe(0);
});
