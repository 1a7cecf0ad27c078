import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@longline/ros';
import { expect, onTestFinished, test } from 'vitest';
import type { DeadmanRecord } from './DeadmanMemory.ts';
import { FileMemory } from './FileMemory.ts';
import { RecordKeeper } from './RecordKeeper.ts';

const record: DeadmanRecord = {
  version: 1,
  highestToken: 7,
  latches: [{ outputs: '/**', by: 'ann', sinceMs: 5 }],
  outputs: [{ kind: 'topic', name: '/cmd_vel', type: 'geometry_msgs/Twist', armed: true, locked: false }],
};

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'deadman-memory-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('what was saved is there for the next, in a folder it makes, for this user only, and nothing lies beside it', async () => {
  const path = join(await folder(), 'a', 'b', 'deadman.json');
  const memory = new FileMemory({ path, log: silentLog });
  expect(await memory.load()).toBeUndefined();
  await memory.save({ ...record, highestToken: 6 });
  await memory.save(record);
  expect(await new FileMemory({ path, log: silentLog }).load()).toEqual(record);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(path, '..'))).toEqual(['deadman.json']);
});

test.each(['', '{"version":1', '{"version":2}', '{"version":1,"highestToken":-1,"latches":[],"outputs":[]}'])(
  'a file of %j is unreadable, and kept aside',
  async (content) => {
    const path = join(await folder(), 'deadman.json');
    await writeFile(path, content);
    const memory = new FileMemory({ path, log: silentLog });
    expect(await memory.load()).toBe('unreadable');
    expect(await readFile(`${path}.unreadable`, 'utf8')).toBe(content);
    expect(await memory.load()).toBeUndefined();
  },
);

test('a folder that cannot be written to fails the save, and a file that cannot be read is no empty one', async () => {
  const path = await folder();
  await writeFile(join(path, 'file'), '');
  const beneathFile = new FileMemory({ path: join(path, 'file', 'deadman.json'), log: silentLog });
  await expect(beneathFile.save(record)).rejects.toThrow();
  expect(await beneathFile.load()).toBe('unreadable');
  await chmod(path, 0o700);
});

test('changes while a write is under way go together with the next, and each caller waits for his own', async () => {
  const saved: number[] = [];
  const writes: (() => void)[] = [];
  let highestToken = 1;
  const keeper = new RecordKeeper({
    log: silentLog,
    read: () => ({ ...record, highestToken }),
    memory: {
      load: () => Promise.resolve(undefined),
      save: async (copy) => {
        await new Promise<void>((resolve) => writes.push(resolve));
        saved.push(copy.highestToken);
      },
    },
  });
  const first = keeper.flush();
  await Promise.resolve();
  await Promise.resolve();
  expect(writes.length).toBe(1);
  highestToken = 2;
  const second = keeper.flush();
  highestToken = 3;
  const third = keeper.flush();
  writes[0]!();
  await first;
  expect(saved).toEqual([1]);
  await Promise.resolve();
  await Promise.resolve();
  writes[1]!();
  await Promise.all([second, third]);
  expect(saved).toEqual([1, 3]);
});

test('a failed write fails who waited for it, and not the next', async () => {
  let isFull = true;
  const keeper = new RecordKeeper({
    log: silentLog,
    read: () => record,
    memory: {
      load: () => Promise.resolve(undefined),
      save: () => (isFull ? Promise.reject(new Error('ENOSPC')) : Promise.resolve()),
    },
  });
  await expect(keeper.flush()).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  isFull = false;
  await keeper.flush();
  keeper.freeze();
  await expect(keeper.flush()).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
});
