import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@longline/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commandRecord } from './commandRecord.fixture.ts';
import type { CommandStore } from './CommandStore.ts';
import { MemoryCommandStore } from './MemoryCommandStore.ts';
import { openDatabase } from './sqlite/openDatabase.ts';
import { SqliteCommandStore } from './sqlite/SqliteCommandStore.ts';

/** Every implementation, each opened empty. */
const implementations: Readonly<Record<string, () => Promise<CommandStore>>> = {
  MemoryCommandStore: () => Promise.resolve(new MemoryCommandStore({ maxCommandsPerDevice: 100, maxCommands: 100 })),
  SqliteCommandStore: async () => {
    const directory = mkdtempSync(join(tmpdir(), 'longline-store-'));
    const store = new SqliteCommandStore(await openDatabase(directory), new FakeClock());
    onTestFinished(() => {
      store.close();
      rmSync(directory, { recursive: true });
    });
    return store;
  },
};

const everything = { commandsSinceMs: 0, maxCommands: 1e9, auditSinceMs: 0, maxAudit: 1e9 };

describe.each(Object.entries(implementations))('%s', (_name, open) => {
  test('what is put is found at once, as it was put last', async () => {
    const store = await open();
    const record = commandRecord({ order: store.nextOrder(), payload: Uint8Array.of(1, 2), boot: 'b' });
    store.put(record);
    expect(store.find('r1', 'c1')).toMatchObject(record);
    const times = { acceptedMs: 1_000, sentMs: 1_001, receivedMs: 1_002, finishedMs: 1_003.5, finishedRobotMs: 900 };
    const done = { ...record, state: 'done', times, payload: undefined, result: Uint8Array.of(7) } as const;
    store.put(done);
    expect(store.list({ limit: 10 })).toHaveLength(1);
    expect(store.list({ limit: 10 })[0]).toMatchObject(done);
    expect(store.find('r1', 'c1')).toMatchObject({ state: 'done', times });
    expect(store.find('r2', 'c1')).toBeUndefined();
  });

  test('the list is newest first and knows filters and pages', async () => {
    const store = await open();
    for (let n = 1; n <= 6; n++) {
      const device = n % 2 === 0 ? 'r2' : 'r1';
      const state = n < 4 ? 'done' : 'failed';
      store.put(
        commandRecord({ order: store.nextOrder(), id: `c${n}`, device, state, issuer: n === 5 ? 'eve' : 'ann' }),
      );
    }
    const ids = (filter: Omit<Parameters<CommandStore['list']>[0], 'limit'>, limit = 10): string[] =>
      store.list({ ...filter, limit }).map(({ id }) => id);
    expect(ids({})).toEqual(['c6', 'c5', 'c4', 'c3', 'c2', 'c1']);
    expect(ids({ device: 'r1' })).toEqual(['c5', 'c3', 'c1']);
    expect(ids({ device: 'r1', before: 5 }, 1)).toEqual(['c3']);
    expect(ids({ state: 'failed', issuer: 'ann' })).toEqual(['c6', 'c4']);
    expect(ids({ kind: 'publish' })).toEqual([]);
    expect(ids({ device: 'r9' })).toEqual([]);
  });

  test('unsettled commands are those of unknown outcome whose payload is kept', async () => {
    const store = await open();
    const put = (id: string, more: Parameters<typeof commandRecord>[0]): void =>
      store.put(commandRecord({ order: store.nextOrder(), id, payload: Uint8Array.of(1), state: 'unknown', ...more }));
    put('old', { times: { acceptedMs: 10 } });
    put('a', {});
    put('b', {});
    put('nothing-to-ask-with', { payload: undefined });
    put('done', { state: 'done', times: { acceptedMs: 1_000, finishedMs: 1_001 } });
    put('other', { device: 'r2' });
    expect(store.unsettled('r1', 500, 10).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(store.unsettled('r1', 500, 1).map(({ id }) => id)).toEqual(['b']);
  });

  test('the audit is newest first and knows filters and pages', async () => {
    const store = await open();
    store.addAudit({ what: 'command', principal: 'ann', device: 'r1', target: '/s', outcome: 'done', token: 3 }, 1_000);
    store.addAudit({ what: 'stop', principal: 'eve', device: 'r2', details: { big: 2n ** 60n } }, 2_000);
    store.addAudit({ what: 'stop', principal: 'ann', device: 'r1', code: 'NOT_EXCLUSIVE' }, 3_000);
    const all = store.listAudit({ limit: 10 });
    expect(all).toEqual([
      { order: 3, timeMs: 3_000, what: 'stop', principal: 'ann', device: 'r1', code: 'NOT_EXCLUSIVE' },
      { order: 2, timeMs: 2_000, what: 'stop', principal: 'eve', device: 'r2', details: { big: 2n ** 60n } },
      {
        order: 1,
        timeMs: 1_000,
        what: 'command',
        principal: 'ann',
        device: 'r1',
        target: '/s',
        outcome: 'done',
        token: 3,
      },
    ]);
    const orders = (filter: Omit<Parameters<CommandStore['listAudit']>[0], 'limit'>, limit = 10): number[] =>
      store.listAudit({ ...filter, limit }).map(({ order }) => order);
    expect(orders({ device: 'r1' })).toEqual([3, 1]);
    expect(orders({ principal: 'ann', what: 'stop' })).toEqual([3]);
    expect(orders({ fromMs: 1_000, toMs: 3_000 })).toEqual([2, 1]);
    expect(orders({ before: 3 }, 1)).toEqual([2]);
  });

  test('details that are too long are left out', async () => {
    const store = await open();
    store.addAudit({ what: 'stop', principal: 'ann', details: { long: 'x'.repeat(10_000) } }, 1);
    expect(store.listAudit({ limit: 1 })[0]?.details).toEqual({ leftOut: '10011 characters' });
  });

  test('a sweep forgets the oldest, by age and by number', async () => {
    const store = await open();
    for (let n = 1; n <= 10; n++) {
      store.put(commandRecord({ order: store.nextOrder(), id: `c${n}`, times: { acceptedMs: n }, state: 'done' }));
      store.addAudit({ what: 'stop', principal: 'ann' }, n);
    }
    const sweep = (bounds: Partial<typeof everything>): void => {
      while (store.sweep({ ...everything, ...bounds }));
    };
    sweep({});
    expect(store.size).toBe(10);
    sweep({ commandsSinceMs: 4, auditSinceMs: 9 });
    expect(store.list({ limit: 100 }).map(({ times }) => times.acceptedMs)).toEqual([10, 9, 8, 7, 6, 5, 4]);
    expect(store.listAudit({ limit: 100 }).map(({ timeMs }) => timeMs)).toEqual([10, 9]);
    sweep({ maxCommands: 2, maxAudit: 1 });
    expect(store.list({ limit: 100 }).map(({ order }) => order)).toEqual([10, 9]);
    expect(store.listAudit({ limit: 100 }).map(({ order }) => order)).toEqual([10]);
    expect(store.size).toBe(2);
    sweep({ commandsSinceMs: 100, auditSinceMs: 100 });
    expect([store.list({ limit: 100 }), store.listAudit({ limit: 100 }), store.size]).toEqual([[], [], 0]);
  });
});

test('a store in memory forgets the oldest commands that have ended', () => {
  const store = new MemoryCommandStore({ maxCommandsPerDevice: 2, maxCommands: 3 });
  const put = (device: string, id: string, state: 'sent' | 'done' | 'unknown'): void =>
    store.put(commandRecord({ order: store.nextOrder(), device, id, state }));
  put('r1', 'a', 'sent');
  put('r1', 'b', 'unknown');
  put('r1', 'c', 'done');
  expect(store.list({ device: 'r1', limit: 9 }).map(({ id }) => id)).toEqual(['c', 'a']);
  put('r2', 'd', 'done');
  put('r2', 'e', 'done');
  expect(store.list({ limit: 9 }).map(({ id }) => id)).toEqual(['e', 'd', 'a']);
});
