import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { commandRecord } from './commandRecord.fixture.ts';
import { GroupCommit } from './GroupCommit.ts';
import { openDatabase } from './sqlite/openDatabase.ts';
import { SqliteCommandStore } from './sqlite/SqliteCommandStore.ts';

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'longline-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const open = async (directory: string, clock = new FakeClock()): Promise<SqliteCommandStore> =>
  new SqliteCommandStore(await openDatabase(directory), clock);

test('the history survives the process, and the numbers go on', async () => {
  const directory = temporaryDirectory();
  const before = await open(directory);
  before.put(
    commandRecord({ order: before.nextOrder(), id: 'done', state: 'done', times: { acceptedMs: 1, finishedMs: 2 } }),
  );
  before.put(commandRecord({ order: before.nextOrder(), id: 'open', state: 'sent', payload: Uint8Array.of(5) }));
  before.addAudit({ what: 'stop', principal: 'ann' }, 1);
  before.close();
  before.close();

  const after = await open(directory);
  expect(after.leftOpen()).toMatchObject([{ id: 'open', state: 'sent', payload: Uint8Array.of(5) }]);
  expect(after.find('r1', 'done')).toMatchObject({ state: 'done' });
  expect(after.size).toBe(2);
  expect(after.nextOrder()).toBe(3);
  after.addAudit({ what: 'stop', principal: 'eve' }, 2);
  expect(after.listAudit({ limit: 9 }).map(({ order, principal }) => [order, principal])).toEqual([
    [2, 'eve'],
    [1, 'ann'],
  ]);
  after.close();
});

test('changes of one command within 20 ms are one row written', async () => {
  const clock = new FakeClock();
  const store = await open(temporaryDirectory(), clock);
  const record = commandRecord({ order: store.nextOrder() });
  store.put(record);
  store.put({ ...record, state: 'sent' });
  await clock.advance(19);
  expect(store.health).toEqual({ waitingRows: 1, writtenRows: 0, lostRows: 0 });
  await clock.advance(1);
  expect(store.health).toEqual({ waitingRows: 0, writtenRows: 1, lostRows: 0 });
  store.close();
});

test('a file that is no database, or a newer one, is refused with what to do', async () => {
  const garbage = temporaryDirectory();
  writeFileSync(join(garbage, 'longline.db'), 'this is not a database, and long enough to be read as one'.repeat(100));
  await expect(openDatabase(garbage)).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
  const newer = temporaryDirectory();
  const database = await openDatabase(newer);
  database.exec('PRAGMA user_version = 99');
  database.close();
  await expect(openDatabase(newer)).rejects.toThrow('update Longline');
  await expect(openDatabase(join(garbage, 'longline.db', 'below-a-file'))).rejects.toMatchObject({
    code: 'STORE_UNUSABLE',
  });
});

test('a directory has one server at a time', async () => {
  const directory = temporaryDirectory();
  const first = await openDatabase(directory);
  await expect(openDatabase(directory)).rejects.toThrow('Another server uses it');
  first.close();
  (await openDatabase(directory)).close();
});

test('while the disk is full commands go on, the newest are found, and all is written when there is room', async () => {
  const clock = new FakeClock();
  const faults: (string | undefined)[] = [];
  const database = await openDatabase(temporaryDirectory());
  const store = new SqliteCommandStore(database, clock, (fault) => void faults.push(fault));
  store.put(commandRecord({ order: store.nextOrder(), id: 'before' }));
  await clock.advance(20);
  // As small as it is now: the next page does not fit, as on a full disk.
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const message = 'x'.repeat(100_000);
  store.put(
    commandRecord({ order: store.nextOrder(), id: 'large', message, state: 'unknown', payload: Uint8Array.of(1) }),
  );
  store.addAudit({ what: 'stop', principal: 'ann' }, 1);
  await clock.advance(20);
  expect(faults).toEqual([expect.stringContaining('full')]);
  expect(store.health).toMatchObject({ waitingRows: 2, fault: faults[0] });
  expect(store.find('r1', 'large')).toMatchObject({ state: 'unknown' });
  expect(store.list({ limit: 9 }).map(({ id }) => id)).toEqual(['large', 'before']);
  expect(store.list({ state: 'unknown', limit: 9 }).map(({ id }) => id)).toEqual(['large']);
  expect(store.unsettled('r1', 0, 9).map(({ id }) => id)).toEqual(['large']);
  expect(store.listAudit({ limit: 9 })).toHaveLength(1);
  await clock.advance(5_000);
  expect(faults).toHaveLength(1);
  database.exec('PRAGMA max_page_count = 1000000');
  await clock.advance(1_000);
  expect(faults[1]).toBeUndefined();
  expect(store.health).toEqual({ waitingRows: 0, writtenRows: 3, lostRows: 0 });
  store.close();
});

test('what waits for a failing disk is bounded, the oldest are given up', async () => {
  const clock = new FakeClock();
  const commit = new GroupCommit<number>({
    clock,
    bytesOf: (row) => (row > 100 ? row : 1),
    maxWaitingRows: 3,
    maxWaitingBytes: 1_000,
    write: () => {
      throw new Error('disk is gone');
    },
  });
  for (let n = 1; n <= 5; n++) commit.put(String(n), n);
  await clock.advance(10_000);
  expect([...commit.waiting.values()]).toEqual([3, 4, 5]);
  expect([commit.lostRows, commit.fault]).toEqual([2, 'disk is gone']);
  commit.put('large', 990);
  commit.put('large', 991);
  expect([...commit.waiting.values()]).toEqual([4, 5, 991]);
  commit.put('too large', 2_000);
  expect([...commit.waiting.values()]).toEqual([]);
  commit.close();
  expect(clock.pendingTimers).toBe(0);
});
