import type { DeviceRecord } from '@longline/line';
import type { Disposer } from '@longline/ros';
import type { WireShare, WireSubscriptions } from './WireSubscriptions.ts';

/** Told of one device at a time. */
export type DeviceListener = (record: DeviceRecord) => void;

/** What the server says of its devices: asked for once somebody wants to know, kept up to date from then on. */
export class DeviceDirectory {
  readonly #wire: WireSubscriptions;
  readonly #records = new Map<string, DeviceRecord>();
  /** Devices that the present line has told; epochs are compared only among its records. */
  readonly #told = new Set<string>();
  readonly #listeners = new Set<DeviceListener>();
  #share: WireShare | undefined;

  constructor(wire: WireSubscriptions) {
    this.#wire = wire;
  }

  /** Begins to follow the devices; the promise resolves when all that exist were told once. */
  follow(): Promise<undefined> {
    this.#share ??= this.#wire.add({ kind: 'devices' });
    return this.#share.marked;
  }

  get(device: string): DeviceRecord | undefined {
    return this.#records.get(device);
  }

  /** Whether what is known of a device is from an earlier line, and the present one may still tell otherwise. */
  isStale(device: string): boolean {
    return this.#records.has(device) && !this.#told.has(device);
  }

  list(): DeviceRecord[] {
    return [...this.#records.values()].sort((a, b) => (a.device < b.device ? -1 : 1));
  }

  listen(listener: DeviceListener): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  handleDevice(record: DeviceRecord): void {
    const before = this.#records.get(record.device);
    if (before !== undefined && this.#told.has(record.device) && record.epoch < before.epoch) return;
    this.#told.add(record.device);
    this.#records.set(record.device, record);
    for (const listener of [...this.#listeners]) listener(record);
  }

  /** After the wire subscriptions were made again: what the new line does not tell exists no more. */
  handleConnected(): void {
    this.#told.clear();
    void this.#share?.marked.then(() => {
      for (const device of this.#records.keys()) if (!this.#told.has(device)) this.#records.delete(device);
    });
  }
}
