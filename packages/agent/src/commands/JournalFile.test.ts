import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalFile, MAX_JOURNAL_BYTES } from './JournalFile.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longline-journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('lines survive the process, in a file that only its owner reads, in a folder that is made', async () => {
  const path = join(folder, 'a', 'b', 'executed.jsonl');
  const journal = new JournalFile(path);
  expect(await journal.read()).toBe('');
  await journal.append('one\n');
  await journal.append('two\n');
  expect(await new JournalFile(path).read()).toBe('one\ntwo\n');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await journal.close();
  await journal.close();
});

test('it is replaced as a whole, and goes on behind that', async () => {
  const path = join(folder, 'executed.jsonl');
  const journal = new JournalFile(path);
  await journal.append('one\n');
  await journal.replace('two\n');
  await journal.append('three\n');
  await journal.close();
  expect(await journal.read()).toBe('two\nthree\n');
  expect(await readdir(folder)).toEqual(['executed.jsonl']);
});

test('one that has run away is kept aside', async () => {
  const path = join(folder, 'executed.jsonl');
  await writeFile(path, '');
  await truncate(path, MAX_JOURNAL_BYTES + 1);
  expect(await new JournalFile(path).read()).toBe('');
  expect(await readdir(folder)).toEqual(['executed.jsonl.aside']);
});
