import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { openTurtlesim } from '@longline/turtlesim';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandAge } from './DoorRobot.ts';
import { GraphOutputs, MAX_READER_PUBLISHERS } from './GraphOutputs.ts';

const fresh: CommandAge = { ageMs: 10, mayBeFlushed: false };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const stringSchema: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };

function setup(): { graph: FakeGraph; outputs: GraphOutputs } {
  const graph = new FakeGraph(new FakeClock());
  graph.schemas.set(stringSchema.name, stringSchema);
  return { graph, outputs: new GraphOutputs({ graph }) };
}

test('JSON is encoded by the robot’s definition, and the publisher is held until the reader is gone', async () => {
  const { graph, outputs } = setup();
  for (const data of ['a', 'b']) {
    await outputs.publish({
      topic: '/s',
      type: 'std_msgs/String',
      encoding: 'json',
      data: text(`{"data":"${data}"}`),
      ...fresh,
    });
  }
  const codec = codecFor(stringSchema, 'ros1');
  expect(graph.published.map(({ data }) => codec.decode(data))).toEqual([{ data: 'a' }, { data: 'b' }]);
  expect(graph.publishers).toBe(1);
  outputs.close();
  await Promise.resolve();
  expect(graph.publishers).toBe(0);
});

test('bytes that do not match the definition, and fields that it has not, are refused', async () => {
  const { graph, outputs } = setup();
  const topic = { topic: '/s', type: 'std_msgs/String', ...fresh };
  const wrong = { ...topic, encoding: 'ros1' as const, data: new Uint8Array([1]) };
  await expect(outputs.publish(wrong)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  const unknown = { ...topic, encoding: 'json' as const, data: text('{"no":1}') };
  await expect(outputs.publish(unknown)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  expect(graph.published).toEqual([]);
});

test('what may be older than 5 s is refused, whatever it is', async () => {
  const { graph, outputs } = setup();
  const old: CommandAge = { ageMs: 5_001, mayBeFlushed: false };
  const expired = { code: 'COMMAND_EXPIRED' };
  const data = text('{}');
  await expect(
    outputs.publish({ topic: '/s', type: 'std_msgs/String', encoding: 'json', data, ...old }),
  ).rejects.toMatchObject(expired);
  await expect(
    outputs.callService({ service: '/s', encoding: 'json', data, deadlineMs: 1_000, ...old }),
  ).rejects.toMatchObject(expired);
  await expect(outputs.setParameter('/p', 1, old)).rejects.toMatchObject(expired);
  await expect(outputs.deleteParameter('/p', old)).rejects.toMatchObject(expired);
  expect(graph.parameters.size).toBe(0);
});

test('a topic that is nowhere needs a type', async () => {
  const { outputs } = setup();
  const message = { topic: '/nowhere', encoding: 'json' as const, data: text('{}'), ...fresh };
  await expect(outputs.publish(message)).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' });
});

test('services are called with JSON and answer with JSON', async () => {
  const graph = openTurtlesim();
  onTestFinished(() => graph.close());
  const outputs = new GraphOutputs({ graph });
  const answer = await outputs.callService({
    service: '/spawn',
    encoding: 'json',
    data: text('{"x":1,"y":1,"theta":0,"name":"bob"}'),
    deadlineMs: 1_000,
    ...fresh,
  });
  expect(new TextDecoder().decode(answer)).toBe('{"name":"bob"}');
});

test('a reader that publishes on ever more topics holds a bounded number of publishers', async () => {
  const { graph, outputs } = setup();
  for (let index = 0; index < MAX_READER_PUBLISHERS + 50; index++) {
    await outputs.publish({
      topic: `/s${index}`,
      type: 'std_msgs/String',
      encoding: 'json',
      data: text('{}'),
      ...fresh,
    });
  }
  expect(graph.publishers).toBe(MAX_READER_PUBLISHERS);
});

test('ROS knows an advertised topic until the last advertisement is taken back, whatever was published meanwhile', async () => {
  const { graph, outputs } = setup();
  const advertisement = { topic: '/s', type: 'std_msgs/String' };
  const [first, second] = [await outputs.advertise(advertisement), await outputs.advertise(advertisement)];
  await outputs.publish({ topic: '/s', encoding: 'json', data: text('{}'), ...fresh });
  expect(graph.publishers).toBe(1);
  first();
  first();
  expect(graph.publishers).toBe(1);
  second();
  expect(graph.publishers).toBe(0);
});
