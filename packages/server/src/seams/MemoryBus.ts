import type { Disposer } from '@longline/ros';
import type { Bus, BusListener } from './Bus.ts';

/** The bus of a server that is alone. */
export class MemoryBus implements Bus {
  readonly #listeners = new Map<string, Set<BusListener>>();

  async publish(subject: string, data: Uint8Array): Promise<void> {
    // As over a network: never within the publisher's own call.
    await Promise.resolve();
    for (const listener of [...(this.#listeners.get(subject) ?? [])]) listener(data);
  }

  subscribe(subject: string, listener: BusListener): Promise<Disposer> {
    const listeners = this.#listeners.get(subject) ?? new Set();
    this.#listeners.set(subject, listeners.add(listener));
    return Promise.resolve(() => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(subject) === listeners) this.#listeners.delete(subject);
    });
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }
}
