import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JournalStore } from './JournalStore.ts';

/** A file larger than this is not of this program, or has run away: it is kept aside, and a new one begun. In bytes. */
export const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;

/** A journal in a file that only its owner may read. */
export class JournalFile implements JournalStore {
  readonly #path: string;
  #handle: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<string> {
    try {
      if ((await stat(this.#path)).size > MAX_JOURNAL_BYTES) {
        await rename(this.#path, `${this.#path}.aside`);
        return '';
      }
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    }
  }

  async append(text: string): Promise<void> {
    this.#handle ??= await this.#open(this.#path, 'a');
    await this.#handle.appendFile(text);
  }

  async replace(text: string): Promise<void> {
    const path = `${this.#path}.new`;
    const handle = await this.#open(path, 'w');
    try {
      await handle.writeFile(text);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await this.close();
    await rename(path, this.#path);
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #open(path: string, flags: string): Promise<FileHandle> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return open(path, flags, 0o600);
  }
}
