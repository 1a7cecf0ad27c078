import type { Disposer } from '@longline/ros';
import type { DeviceInfo } from './DeviceInfo.ts';
import { deviceInfo } from './DeviceInfo.ts';
import type { DeviceState } from './DeviceState.ts';
import type { DeviceWatcher, FleetState } from './FleetState.ts';

/** Changes of devices for one consumer: for each device that changed since it was last taken, as it is when taken. */
export class DeviceStream implements AsyncIterableIterator<DeviceInfo, undefined>, DeviceWatcher {
  /** Bounded by the number of devices. */
  readonly #changed = new Set<DeviceState>();
  #waiting: ((result: IteratorResult<DeviceInfo, undefined>) => void) | undefined;
  #stop: Disposer;
  #ended = false;

  /** Begins with every device that is known. Ends with the signal, or when the loop is left. */
  constructor(fleet: FleetState, signal?: AbortSignal) {
    for (const device of fleet.devices) this.#changed.add(device);
    const stopWatching = fleet.watchDevices(this);
    const end = (): void => this.end();
    signal?.addEventListener('abort', end, { once: true });
    this.#stop = () => {
      stopWatching();
      signal?.removeEventListener('abort', end);
    };
    if (signal?.aborted === true) this.end();
  }

  handleDevice(device: DeviceState): void {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#changed.add(device);
    } else {
      this.#waiting = undefined;
      waiting({ done: false, value: deviceInfo(device) });
    }
  }

  next(): Promise<IteratorResult<DeviceInfo, undefined>> {
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    const [device] = this.#changed;
    if (device !== undefined) {
      this.#changed.delete(device);
      return Promise.resolve({ done: false, value: deviceInfo(device) });
    }
    this.#waiting?.({ done: true, value: undefined });
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  return(): Promise<IteratorResult<DeviceInfo, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop();
    this.#changed.clear();
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
