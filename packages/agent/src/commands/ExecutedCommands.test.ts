import { silentLog } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { ExecutedCommands, KEPT_MS } from './ExecutedCommands.ts';
import { MAX_KEPT_PAYLOAD_BYTES } from './journalLine.ts';
import { DISK_MS, RETRY_MS } from './JournalWriter.ts';
import { MemoryStore } from './MemoryStore.fixture.ts';

const nothing = new Uint8Array(0);
const failing = (): Promise<void> => Promise.reject(new Error('ENOSPC: no space left on device'));

class World {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore();
  executed = this.restarted();

  restarted(max = 5): ExecutedCommands {
    return new ExecutedCommands({ store: this.store, clock: this.clock, log: silentLog, max });
  }

  /** What a next run of the agent finds: state or code by ID. */
  async found(): Promise<Record<string, string>> {
    const commands = await this.restarted().load();
    return Object.fromEntries([...commands].map(([id, { reply }]) => [id, reply.code ?? reply.state]));
  }

  async execute(id: string, payload = nothing): Promise<void> {
    await this.executed.begin(id, `f-${id}`, true);
    this.executed.end({ id, state: 'done', encoding: 'json', robotMs: 5 }, payload);
    await this.clock.advance(0);
  }
}

test('what was answered is found as it was answered, what only began is uncertain', async () => {
  const world = new World();
  await world.execute('a', new Uint8Array([1, 2]));
  await world.executed.begin('b', 'f-b', true);
  const found = await world.restarted().load();
  expect(found.get('a')).toEqual({
    fingerprint: 'f-a',
    reply: { id: 'a', state: 'done', encoding: 'json', robotMs: 5 },
    payload: new Uint8Array([1, 2]),
  });
  expect(found.get('b')).toMatchObject({
    fingerprint: 'f-b',
    reply: { id: 'b', state: 'failed', code: 'COMMAND_UNCERTAIN' },
  });
});

test('a command is on disk before it goes on, and those of one turn go there together', async () => {
  const { clock, executed, store } = new World();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  store.beforeWrite = () => promise;
  let begun = 0;
  for (const id of ['a', 'b', 'c']) void executed.begin(id, 'f', true).then(() => (begun += 1));
  await clock.advance(10);
  expect(begun).toBe(0);
  resolve(undefined);
  await clock.advance(0);
  expect(begun).toBe(3);
  expect(store.writes).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test('of a long answer it is only kept that there was one', async () => {
  const world = new World();
  await world.execute('a', new Uint8Array(MAX_KEPT_PAYLOAD_BYTES + 1));
  expect(await world.found()).toEqual({ a: 'REPLY_FORGOTTEN' });
});

test('what never began is not noted, and nothing is noted twice', async () => {
  const { executed, store } = new World();
  executed.end({ id: 'refused', state: 'rejected' }, nothing);
  await executed.begin('a', 'f', true);
  await executed.begin('a', 'f', true);
  expect(store.text.split('\n').length).toBe(2);
});

test('the oldest are forgotten beyond the bound and after a day', async () => {
  const world = new World();
  for (let id = 0; id < 8; id++) await world.execute(`${id}`);
  expect(world.executed.size).toBe(5);
  expect(Object.keys(await world.found())).toEqual(['3', '4', '5', '6', '7']);
  world.clock.stall(KEPT_MS + 1);
  await world.execute('new');
  expect(await world.found()).toEqual({ new: 'done' });
});

test('the store does not grow for ever: it is written anew without what is forgotten', async () => {
  const world = new World();
  const payload = new Uint8Array(MAX_KEPT_PAYLOAD_BYTES);
  // 24 MB of lines.
  for (let id = 0; id < 24_000; id++) {
    void world.executed.begin(`${id}`, 'f', true);
    world.executed.end({ id: `${id}`, state: 'failed', message: 'x'.repeat(300) }, payload);
    if (id % 1_000 === 0) await world.clock.advance(0);
  }
  await world.clock.advance(0);
  expect(world.store.replacements).toBe(1);
  expect(world.store.text.length).toBeLessThan(17e6);
  expect(Object.keys(await world.found()).at(-1)).toBe('23999');
});

test('half a line and lines of others are passed over, and the next one begins a line of its own', async () => {
  const world = new World();
  await world.execute('a');
  world.store.text = `junk\n["began",1]\n["ended",1,{"id":"b","state":"maybe"},""]\n${world.store.text}["began",17`;
  world.executed = world.restarted();
  await world.executed.load();
  await world.execute('b');
  expect(await world.found()).toEqual({ a: 'done', b: 'done' });
});

test('where the disk takes nothing, only what needs the journal is refused; when it does again, nothing is missing', async () => {
  const world = new World();
  await world.execute('a');
  world.store.beforeWrite = failing;
  await expect(world.executed.begin('motion', 'f', true)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  await world.executed.begin('note', 'f', false);
  expect(world.executed.state).toMatchObject({
    state: 'unwritable',
    reason: expect.stringContaining('ENOSPC') as string,
  });
  const { writes } = world.store;
  await world.executed.begin('soon', 'f', false);
  expect(world.store.writes).toBe(writes);
  world.store.beforeWrite = () => Promise.resolve();
  await world.clock.advance(RETRY_MS);
  await world.execute('b');
  expect(world.executed.state).toEqual({ state: 'kept' });
  expect(await world.found()).toEqual({ a: 'done', note: 'COMMAND_UNCERTAIN', soon: 'COMMAND_UNCERTAIN', b: 'done' });
});

test('a disk that hangs holds nothing up for longer than a second', async () => {
  const world = new World();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  world.store.beforeWrite = () => promise;
  const needed = world.executed.begin('motion', 'f', true);
  const refused = expect(needed).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  const other = world.executed.begin('note', 'f', false);
  await world.clock.advance(DISK_MS);
  await refused;
  await other;
  await world.clock.advance(10 * RETRY_MS);
  await world.executed.begin('more', 'f', false);
  expect(world.store.writes).toBe(1);
  resolve(undefined);
  await world.clock.advance(0);
  await world.execute('b');
  expect(await world.found()).toMatchObject({ note: 'COMMAND_UNCERTAIN', more: 'COMMAND_UNCERTAIN', b: 'done' });
  expect(world.clock.pendingTimers).toBe(0);
});
