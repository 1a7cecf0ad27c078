import { Inbox } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import type { Bus } from './Bus.ts';
import { MemoryBus } from './MemoryBus.ts';

/** Every implementation, each opened empty. */
const implementations: Readonly<Record<string, () => Promise<Bus>>> = {
  MemoryBus: () => Promise.resolve(new MemoryBus()),
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

describe.each(Object.entries(implementations))('%s', (_name, open) => {
  test('every listener of a subject hears its messages in order, others hear none', async () => {
    const bus = await open();
    const [one, two, other] = [new Inbox<string>(), new Inbox<string>(), new Inbox<string>()];
    await bus.subscribe('a.b', (data) => one.add(text(data)));
    await bus.subscribe('a.b', (data) => two.add(text(data)));
    await bus.subscribe('a.c', (data) => other.add(text(data)));
    await Promise.all(['1', '2', '3'].map((word) => bus.publish('a.b', bytes(word))));
    expect(await one.take(3)).toEqual(['1', '2', '3']);
    expect(await two.take(3)).toEqual(['1', '2', '3']);
    expect(other.items).toEqual([]);
    await bus.close();
    await bus.close();
  });

  test('after its disposer a listener hears nothing more', async () => {
    const bus = await open();
    const [gone, stays] = [new Inbox<string>(), new Inbox<string>()];
    const dispose = await bus.subscribe('a', (data) => gone.add(text(data)));
    await bus.subscribe('a', (data) => stays.add(text(data)));
    dispose();
    dispose();
    await bus.publish('a', bytes('1'));
    await stays.first();
    expect(gone.items).toEqual([]);
    await bus.close();
  });
});
