import type { DeadmanMemory, DeadmanRecord } from './DeadmanMemory.ts';

/** Remembers as long as this process lives: for robots that live no longer themselves. */
export class VolatileMemory implements DeadmanMemory {
  #record: DeadmanRecord | undefined;

  load(): Promise<DeadmanRecord | undefined> {
    return Promise.resolve(this.#record);
  }

  save(record: DeadmanRecord): Promise<void> {
    this.#record = structuredClone(record);
    return Promise.resolve();
  }
}
