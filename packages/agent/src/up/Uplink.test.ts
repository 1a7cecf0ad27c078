import { Outbox } from '@longline/line';
import { codecFor, silentLog } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { GraphView } from '../robot/GraphView.ts';
import { RosTime } from '../robot/RosTime.ts';
import { ChannelIds } from './ChannelIds.ts';
import { Selection } from './Selection.ts';
import { Uplink } from './Uplink.ts';

const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };

function makeUplink(maxChannels: number): {
  clock: FakeClock;
  graph: FakeGraph;
  uplink: Uplink;
  outbox: Outbox;
  warnings: string[];
} {
  const clock = new FakeClock();
  const graph = new FakeGraph(clock);
  const view = new GraphView(graph);
  const outbox = new Outbox(clock);
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (details: unknown) => void warnings.push(JSON.stringify(details)) };
  const rosTime = new RosTime({ graph, view, clock, log, handleChange: () => undefined });
  const selection = new Selection([{ match: '/**', send: true }]);
  const uplink = new Uplink({ graph, view, selection, outbox, clock, rosTime, log, maxChannels });
  uplink.start();
  view.start();
  return { clock, graph, uplink, outbox, warnings };
}

test('beyond the bound topics are left out with one warning, and come in when others go', async () => {
  const { clock, graph, uplink, warnings } = makeUplink(2);
  for (const topic of ['/a', '/b', '/c', '/d']) graph.setTopic(topic, text);
  await clock.advance(10);
  expect(graph.subscribed).toEqual(['/a', '/b']);
  expect(warnings.length).toBe(1);
  expect(warnings[0]).toContain('CHANNEL_LIMIT');
  graph.removeTopic('/a');
  await clock.advance(10_000);
  graph.setTopic('/e', text);
  await clock.advance(10);
  expect(graph.subscribed).toEqual(['/b', '/c']);
  expect(uplink.size).toBe(2);
});

test('without a line the newest message waits, and does not keep the buffer it came in alive', async () => {
  const { clock, graph, outbox, uplink } = makeUplink(10);
  graph.setTopic('/a', text);
  await clock.advance(10);
  const buffer = new Uint8Array(1024 * 1024);
  const message = codecFor(text, 'ros1').encode({ data: 'x' });
  buffer.set(message);
  const kept: Uint8Array[] = [];
  const push = outbox.push.bind(outbox);
  outbox.push = (id, parts) => {
    kept.push(parts.data);
    push(id, parts);
  };
  for (let count = 0; count < 3; count++) graph.emit('/a', buffer.subarray(0, message.length));
  expect(outbox.bytes).toBeLessThan(100);
  expect(outbox.droppedTotal).toBe(2);
  expect(kept.every((data) => data.buffer.byteLength === message.length)).toBe(true);
  uplink.stop();
  expect(outbox.bytes).toBe(0);
  expect(graph.subscribed).toEqual([]);
});

test('channel IDs stay with their topics and are never given to another', () => {
  const ids = new ChannelIds(2);
  const [a, b] = [ids.of('/a'), ids.of('/b')];
  expect(ids.of('/a')).toBe(a);
  const c = ids.of('/c');
  expect(ids.of('/b')).not.toBe(b);
  expect(new Set([a.id, b.id, c.id, ids.of('/b').id]).size).toBe(4);
});
