import { newestPerKey } from '@longline/line';
import type { LineRecord } from '@longline/line';
import type { WireSubscriptions } from './WireSubscriptions.ts';

/** What the server says of the lines of its devices: of each that somebody watches, every second. */
export class LineDirectory {
  readonly #wire: WireSubscriptions;
  readonly #listeners = new Set<(record: LineRecord) => void>();

  constructor(wire: WireSubscriptions) {
    this.#wire = wire;
  }

  handleLine(record: LineRecord): void {
    for (const listener of [...this.#listeners]) listener(record);
  }

  /** The line as it is now; undefined where the server does not know the device. `wait` bounds the time that it may take. */
  async once(device: string, wait: (told: Promise<undefined>) => Promise<undefined>): Promise<LineRecord | undefined> {
    let latest: LineRecord | undefined;
    const listener = (record: LineRecord): void => {
      if (record.device === device) latest = record;
    };
    this.#listeners.add(listener);
    const share = this.#wire.add({ kind: 'line', device, once: true });
    try {
      await wait(share.marked);
      return latest;
    } finally {
      share.release();
      this.#listeners.delete(listener);
    }
  }

  /** The line now and then every second, until the signal aborts. A slow loop gets the newest. */
  watch(device: string, signal: AbortSignal): AsyncIterable<LineRecord> {
    return newestPerKey((put) => {
      const listener = (record: LineRecord): void => {
        if (record.device === device) put(device, record);
      };
      this.#listeners.add(listener);
      const share = this.#wire.add({ kind: 'line', device });
      return () => {
        this.#listeners.delete(listener);
        share.release();
      };
    }, signal);
  }
}
