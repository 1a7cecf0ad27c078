import { RosError, silentLog } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { MAX_ASKED_AT_ONCE, RETRY_MS } from './DefinitionPool.ts';
import { GraphChannels } from './GraphChannels.ts';

const text = (name: string, fields: string): Schema => ({ name, encoding: 'ros1msg', text: fields });
const string = text('std_msgs/String', 'string data\n');

class AskedGraph extends FakeGraph {
  readonly asked: string[] = [];
  underWay = 0;
  mostUnderWay = 0;
  refuses = false;

  override async messageSchema(type: string): Promise<Schema> {
    this.asked.push(type);
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    await new Promise(setImmediate);
    this.underWay--;
    if (this.refuses) throw new RosError('TYPE_UNKNOWN', 'no');
    return super.messageSchema(type);
  }
}

function setup(): { clock: FakeClock; graph: AskedGraph; heard: string[]; watch: () => GraphChannels } {
  const clock = new FakeClock();
  const graph = new AskedGraph(clock);
  const heard: string[] = [];
  const watch = (): GraphChannels => {
    const channels = new GraphChannels({ graph, clock, log: silentLog });
    onTestFinished(
      channels.watch({
        handleChannel: ({ topic, schema, encoding }) => heard.push(`${topic} ${schema.text.trim()} ${encoding}`),
        handleChannelGone: (topic) => heard.push(`${topic} gone`),
      }),
    );
    return channels;
  };
  return { clock, graph, heard, watch };
}

const settle = async (clock: FakeClock): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await clock.advance(0);
};

test('topics are offered with their definitions, each type asked for once and a few at a time', async () => {
  const { clock, graph, heard, watch } = setup();
  graph.setTopic('/a', string);
  graph.setTopic('/b', string);
  for (let i = 0; i < 20; i++) graph.setTopic(`/n${i}`, text(`p/T${i}`, 'int32 x\n'));
  const channels = watch();
  expect(heard).toEqual([]);
  await settle(clock);
  expect(heard.slice(0, 2)).toEqual(['/a string data ros1', '/b string data ros1']);
  expect(heard).toHaveLength(22);
  expect(graph.asked).toHaveLength(21);
  expect(graph.mostUnderWay).toBe(MAX_ASKED_AT_ONCE);
  expect(channels.find('/a')?.schema.name).toBe('std_msgs/String');
  graph.removeTopic('/a');
  expect(heard.at(-1)).toBe('/a gone');
  expect(channels.find('/a')).toBeUndefined();
});

test('a topic whose definition cannot be had is left out, and offered when it can', async () => {
  const { clock, graph, heard, watch } = setup();
  graph.refuses = true;
  graph.setTopic('/a', string);
  watch();
  await settle(clock);
  expect(heard).toEqual([]);
  graph.refuses = false;
  await clock.advance(RETRY_MS);
  await settle(clock);
  expect(heard).toEqual(['/a string data ros1']);
});

test('after the robot was away its definitions are asked for again, and only what changed is told', async () => {
  const { clock, graph, heard, watch } = setup();
  graph.setTopic('/a', string);
  graph.setTopic('/b', text('p/B', 'int32 x\n'));
  watch();
  await settle(clock);
  heard.length = 0;
  graph.setStatus({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason: 'away' });
  graph.setTopic('/b', text('p/B', 'int64 x\n'));
  graph.setStatus({ state: 'connected' });
  await settle(clock);
  expect(heard).toEqual(['/b int64 x ros1']);
});

test('who watches later hears what is known, and nothing before watch returned', async () => {
  const { clock, graph, watch } = setup();
  graph.setTopic('/a', string);
  const channels = watch();
  await settle(clock);
  const late: string[] = [];
  const stop = channels.watch({ handleChannel: ({ topic }) => late.push(topic), handleChannelGone: () => undefined });
  expect(late).toEqual([]);
  await settle(clock);
  expect(late).toEqual(['/a']);
  stop();
});

test('the graph is watched only while somebody watches', async () => {
  const { clock, graph } = setup();
  graph.setTopic('/a', string);
  const channels = new GraphChannels({ graph, clock, log: silentLog });
  const stop = channels.watch({ handleChannel: () => undefined, handleChannelGone: () => undefined });
  await settle(clock);
  stop();
  stop();
  graph.setTopic('/b', string);
  expect([...channels.list()]).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
});
