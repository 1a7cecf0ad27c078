import { newestPerKey } from '@longline/line';
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

  /** Tells every device now, on a later microtask, and at every change. */
  tell(listener: DeviceListener): Disposer {
    let stop: Disposer | undefined;
    let watching = true;
    queueMicrotask(() => {
      if (!watching) return;
      const known = this.list();
      stop = this.listen(listener);
      void this.follow();
      for (const record of known) listener(record);
    });
    return () => {
      watching = false;
      stop?.();
    };
  }

  /** The devices, or the one named, now and at every change until the signal aborts. A slow loop gets the newest of each. */
  watch(signal: AbortSignal, device?: string): AsyncIterable<DeviceRecord> {
    return newestPerKey((put) => {
      const handle = (record: DeviceRecord): void => {
        if (device === undefined || record.device === device) put(record.device, record);
      };
      const stop = this.listen(handle);
      void this.follow();
      for (const record of this.list()) handle(record);
      return stop;
    }, signal);
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
