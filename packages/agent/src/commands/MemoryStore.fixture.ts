import type { JournalStore } from './JournalStore.ts';

/** A store that outlives the agents of a test, and fails or hangs when told to. */
export class MemoryStore implements JournalStore {
  text = '';
  writes = 0;
  replacements = 0;
  /** Before each write. */
  beforeWrite: () => Promise<void> = () => Promise.resolve();

  read(): Promise<string> {
    return Promise.resolve(this.text);
  }

  async append(text: string): Promise<void> {
    this.writes += 1;
    await this.beforeWrite();
    this.text += text;
  }

  async replace(text: string): Promise<void> {
    this.writes += 1;
    this.replacements += 1;
    await this.beforeWrite();
    this.text = text;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
