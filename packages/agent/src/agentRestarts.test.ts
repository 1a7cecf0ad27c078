import { expect, test } from 'vitest';
import { AgentWorld, forward, publishTwist, text } from './AgentWorld.fixture.ts';
import { MemoryStore } from './commands/MemoryStore.fixture.ts';

const note = { kind: 'publish', topic: '/note', type: 'std_msgs/String', encoding: 'json' } as const;
const hi = '{"data":"hi"}';

test('an ID that was executed before a restart of the agent is answered as then, and not executed again', async () => {
  const journal = new MemoryStore();
  const before = await new AgentWorld({}, { journal }).started();
  const first = before.server.line.request(note, hi, { id: 'same' });
  await before.clock.advance(10);
  const after = await new AgentWorld({}, { journal }).started();
  const second = after.server.line.request(note, hi, { id: 'same' });
  await after.clock.advance(10);
  const other = after.server.line.request(note, '{"data":"ho"}', { id: 'same' });
  await after.clock.advance(10);
  expect(second).toEqual(first);
  expect(other).toMatchObject([{ code: 'COMMAND_ID_REUSED' }]);
  expect(after.published('/note')).toEqual([]);
});

test('one that was killed between the beginning and the answer is uncertain, and not executed again', async () => {
  const journal = new MemoryStore();
  const allow = { call: ['/slow'] };
  const before = await new AgentWorld({ allow }, { journal }).started();
  const call = { kind: 'call', service: '/slow', encoding: 'json' } as const;
  let calls = 0;
  const service = {
    schema: { name: 'test/Slow', request: text, response: text },
    handle: () => new Promise<Uint8Array>(() => (calls += 1)),
  };
  before.graph.services.set('/slow', service);
  before.server.line.request(call, hi, { id: 'same' });
  await before.clock.advance(100);
  expect(calls).toBe(1);
  const after = await new AgentWorld({ allow }, { journal }).started();
  after.graph.services.set('/slow', service);
  const again = after.server.line.request(call, hi, { id: 'same' });
  await after.clock.advance(100);
  expect(again).toMatchObject([{ state: 'failed', code: 'COMMAND_UNCERTAIN' }]);
  expect(calls).toBe(1);
});

test('what was refused before it took effect is not noted', async () => {
  const journal = new MemoryStore();
  const world = await new AgentWorld({}, { journal }).started();
  world.server.line.request(publishTwist, forward);
  world.server.line.request({ ...note, topic: '/other' }, hi);
  world.server.line.request(note, '{"nope":1}');
  await world.clock.advance(100);
  expect(journal.text).toBe('');
});

test('where the disk takes nothing, what moves the robot is refused and the rest goes on', async () => {
  const journal = new MemoryStore();
  const world = await (await new AgentWorld({}, { journal }).started()).leased();
  journal.beforeWrite = () => Promise.reject(new Error('EROFS: read-only file system'));
  const publish = world.move(publishTwist, forward);
  const other = world.move(note, hi);
  const stop = world.server.line.request({ kind: 'stop' });
  await world.clock.advance(100);
  expect(publish).toMatchObject([{ state: 'rejected', code: 'STATE_UNWRITABLE' }]);
  expect(other).toMatchObject([{ state: 'done' }]);
  expect(stop).toMatchObject([{ state: 'done' }]);
  expect(world.agent.status.journal).toMatchObject({ state: 'unwritable' });
});
