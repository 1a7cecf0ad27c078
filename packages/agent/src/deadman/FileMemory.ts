import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '@longline/ros';
import { deadmanRecordSchema } from './DeadmanMemory.ts';
import type { DeadmanMemory, DeadmanRecord } from './DeadmanMemory.ts';

/**
 * The record in a small JSON file, written beside it, synced and renamed over it, so that a power cut leaves the old one or
 * the new one. A file that cannot be read is kept aside as `FILE.unreadable`.
 */
export class FileMemory implements DeadmanMemory {
  readonly #path: string;
  readonly #log: Log;

  constructor(options: { readonly path: string; readonly log: Log }) {
    this.#path = options.path;
    this.#log = options.log;
  }

  async load(): Promise<DeadmanRecord | 'unreadable' | undefined> {
    try {
      const content: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      return deadmanRecordSchema.parse(content);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      this.#log.error(
        { path: this.#path, err: error },
        'what the deadman kept on disk cannot be read; it is kept aside',
      );
      await rename(this.#path, `${this.#path}.unreadable`).catch(() => undefined);
      return 'unreadable';
    }
  }

  async save(record: DeadmanRecord): Promise<void> {
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const beside = `${this.#path}.new`;
    await synced(beside, 'w', async (file) => file.writeFile(`${JSON.stringify(record)}\n`));
    await rename(beside, this.#path);
    await synced(folder, 'r');
  }
}

type FileHandle = Awaited<ReturnType<typeof open>>;

async function synced(path: string, flags: 'r' | 'w', write?: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await write?.(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
