import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { WaitingStop } from '../seams/StopStore.ts';
import { openDatabase } from './sqlite/openDatabase.ts';
import { SqliteStopStore } from './sqlite/SqliteStopStore.ts';

const stop = (id: string, outputs?: string): WaitingStop => ({ id, device: 'r1', outputs, by: 'ann', sinceMs: 5 });

test('stops survive the process until they are deleted', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'longline-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const clock = new FakeClock();
  const database = await openDatabase(directory);
  const before = new SqliteStopStore(database, clock);
  await before.put(stop('a'));
  await before.put(stop('b', '/x'));
  await before.put(stop('b', '/y'));
  expect(await before.all()).toEqual([stop('a'), stop('b', '/y')]);
  await clock.advance(20);
  await before.delete('a');
  expect(await before.all()).toEqual([stop('b', '/y')]);
  await before.put(stop('c'));
  await before.close();
  await before.close();
  database.close();

  const again = await openDatabase(directory);
  const after = new SqliteStopStore(again, clock);
  expect(await after.all()).toEqual([stop('b', '/y'), stop('c')]);
  await after.delete('b');
  await after.delete('none');
  await after.close();
  expect(await new SqliteStopStore(again, clock).all()).toEqual([stop('c')]);
  again.close();
  expect(clock.pendingTimers).toBe(0);
});
