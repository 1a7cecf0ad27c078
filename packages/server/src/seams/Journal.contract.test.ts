import { describe, expect, test } from 'vitest';
import type { Journal, JournalEntry } from './Journal.ts';
import { MemoryJournal } from './MemoryJournal.ts';

/** Every implementation, each opened empty. */
const implementations: Readonly<Record<string, () => Promise<Journal>>> = {
  MemoryJournal: () => Promise.resolve(new MemoryJournal()),
};

const entries = (...sequences: number[]): JournalEntry[] =>
  sequences.map((sequence) => ({ sequence, topic: '/a', record: new Uint8Array([sequence]) }));

describe.each(Object.entries(implementations))('%s', (_name, open) => {
  test('what is appended twice is stored once, in order, and the high-water mark says how far', async () => {
    const journal = await open();
    expect(await journal.highWater('r1', 's')).toBe(-1);
    expect(await journal.append({ device: 'r1', spool: 's', entries: entries(0, 1, 2) })).toBe(2);
    expect(await journal.append({ device: 'r1', spool: 's', entries: entries(1, 2, 3, 7) })).toBe(7);
    expect(await journal.append({ device: 'r1', spool: 's', entries: entries(0) })).toBe(7);
    expect(await journal.append({ device: 'r1', spool: 's', entries: [] })).toBe(7);
    expect((await journal.read('r1', 's', -1, 100)).map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 7]);
    expect((await journal.read('r1', 's', 1, 2)).map(({ record }) => record[0])).toEqual([2, 3]);
    expect(await journal.highWater('r1', 's')).toBe(7);
    await journal.close();
    await journal.close();
  });

  test('devices and spools have marks of their own', async () => {
    const journal = await open();
    await journal.append({ device: 'r1', spool: 's', entries: entries(5) });
    expect(await journal.append({ device: 'r1', spool: 't', entries: entries(0) })).toBe(0);
    expect(await journal.append({ device: 'r2', spool: 's', entries: entries(1) })).toBe(1);
    expect(await journal.highWater('r1', 's')).toBe(5);
    await journal.close();
  });

  test('the bytes are the journal’s own', async () => {
    const journal = await open();
    const [entry] = entries(0);
    await journal.append({ device: 'r1', spool: 's', entries: [entry!] });
    entry!.record[0] = 99;
    expect((await journal.read('r1', 's', -1, 1))[0]?.record[0]).toBe(0);
    await journal.close();
  });
});
