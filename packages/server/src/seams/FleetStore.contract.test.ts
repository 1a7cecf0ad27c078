import { describe, expect, test } from 'vitest';
import type { FleetStore } from './FleetStore.ts';
import { MemoryFleetStore } from './MemoryFleetStore.ts';

/** Every implementation, each opened empty. */
const implementations: Readonly<Record<string, () => Promise<FleetStore>>> = {
  MemoryFleetStore: () => Promise.resolve(new MemoryFleetStore()),
};

describe.each(Object.entries(implementations))('%s', (_name, open) => {
  test('epochs of one device only grow, on whichever server', async () => {
    const store = await open();
    const epochs = await Promise.all([
      store.openLine('r1', 'a'),
      store.openLine('r1', 'b'),
      store.openLine('r2', 'a'),
      store.openLine('r1', 'a'),
    ]);
    const [first, second, , third] = epochs;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
    await store.close();
  });

  test('only the newest line can make its device offline', async () => {
    const store = await open();
    const older = await store.openLine('r1', 'a');
    const newer = await store.openLine('r1', 'b');
    expect(await store.closeLine('r1', older)).toBe(false);
    expect(await store.presence('r1')).toEqual({ epoch: newer, online: true, server: 'b' });
    expect(await store.closeLine('r1', newer)).toBe(true);
    expect(await store.closeLine('r1', newer)).toBe(false);
    expect(await store.presence('r1')).toEqual({ epoch: newer, online: false, server: 'b' });
    expect(await store.presence('r9')).toBeUndefined();
    await store.close();
    await store.close();
  });
});
