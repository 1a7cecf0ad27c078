import type { StopStore, WaitingStop } from './StopStore.ts';

/** The store of a server without a data directory. What it keeps is bounded by its user. */
export class MemoryStopStore implements StopStore {
  readonly #stops = new Map<string, WaitingStop>();

  all(): Promise<readonly WaitingStop[]> {
    return Promise.resolve([...this.#stops.values()]);
  }

  put(stop: WaitingStop): Promise<void> {
    this.#stops.set(stop.id, stop);
    return Promise.resolve();
  }

  delete(id: string): Promise<void> {
    this.#stops.delete(id);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
