import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { GraphView } from '../robot/GraphView.ts';
import { TopicTypes } from '../robot/TopicTypes.ts';
import { AdvertisedTopics, MAX_ADVERTISED } from './AdvertisedTopics.ts';
import { IDLE_MS, PublisherPool } from './PublisherPool.ts';

const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
const request = { topic: '/a', type: text.name };

function make() {
  const clock = new FakeClock();
  const graph = new FakeGraph(clock);
  graph.schemas.set(text.name, text);
  const types = new TopicTypes({ graph, view: new GraphView(graph), clock });
  const opened: string[] = [];
  const handleOpening = (topic: string): void => void opened.push(`${topic} of ${graph.publishers}`);
  const pool = new PublisherPool({ graph, types, clock, isOutput: () => false, handleOpening });
  return { clock, graph, pool, opened, advertised: new AdvertisedTopics(pool) };
}

test('a publisher stays open as long as anybody holds it, and is closed at once after that', async () => {
  const { clock, graph, advertised, opened } = make();
  await advertised.advertise('one', request, {});
  await advertised.advertise('one', request, {});
  await advertised.advertise('two', request, {});
  await clock.advance(2 * IDLE_MS);
  advertised.unadvertise('one', '/a');
  await clock.advance(0);
  expect(graph.publishers).toBe(1);
  advertised.unadvertise('two', '/a');
  await clock.advance(0);
  expect(graph.publishers).toBe(0);
  // The way up hears of a topic before ROS does.
  expect(opened).toEqual(['/a of 0']);
});

test('nothing is held after the line ended, and a failure holds nothing', async () => {
  const { clock, graph, advertised } = make();
  await advertised.advertise('one', request, {});
  advertised.handleLineClosed();
  await clock.advance(IDLE_MS);
  expect(graph.publishers).toBe(0);
  await expect(advertised.advertise('one', { topic: '/b', type: 'no/Such' }, {})).rejects.toMatchObject({
    code: 'TYPE_UNKNOWN',
  });
  graph.schemas.set('no/Such', { ...text, name: 'no/Such' });
  await advertised.advertise('one', { topic: '/b', type: 'no/Such' }, {});
  expect(graph.publishers).toBe(1);
});

test('so many are held at most', async () => {
  const { advertised } = make();
  for (let i = 0; i < MAX_ADVERTISED; i++) await advertised.advertise(`holder ${i}`, request, {});
  await expect(advertised.advertise('one more', request, {})).rejects.toMatchObject({ code: 'PUBLISHER_LIMIT' });
  advertised.unadvertise('holder 0', '/a');
  await advertised.advertise('one more', request, {});
});
