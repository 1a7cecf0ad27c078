import { ServerError } from '../errors.ts';
import type { WaitingStop } from '../seams/StopStore.ts';

/** Stops that may wait in all; a further one is refused with `STOP_LIMIT`. */
export const MAX_WAITING_STOPS = 100_000;
/** Different stops of one device; a further one becomes one of all outputs. */
export const MAX_STOPS_PER_DEVICE = 20;

/** What changed in a {@link StopList}. */
export interface StopListChange {
  /** The one that stands for what was asked: it, or an older one that says the same or more. */
  readonly stop: WaitingStop;
  readonly isNew: boolean;
  /** Those that it makes needless. */
  readonly removed: readonly WaitingStop[];
}

/** The stops that robots have not confirmed yet, by device. A stop of all outputs stands for every other of its device. */
export class StopList {
  readonly #byDevice = new Map<string, Map<string, WaitingStop>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  of(device: string): readonly WaitingStop[] {
    return [...(this.#byDevice.get(device)?.values() ?? [])];
  }

  has({ device, id }: WaitingStop): boolean {
    return this.#byDevice.get(device)?.has(id) ?? false;
  }

  /** Throws `STOP_LIMIT`. */
  add(stop: WaitingStop): StopListChange {
    const stops = this.of(stop.device);
    const same = stops.find(({ outputs }) => outputs === undefined || outputs === stop.outputs);
    if (same !== undefined) return { stop: same, isNew: false, removed: [] };
    const isAll = stop.outputs === undefined || stops.length >= MAX_STOPS_PER_DEVICE;
    const removed = isAll ? stops : [];
    if (this.#size - removed.length >= MAX_WAITING_STOPS) {
      throw new ServerError(
        'STOP_LIMIT',
        `${MAX_WAITING_STOPS} stops wait for robots that are away, and no more are kept. Stop the robot on site.`,
        { details: { max: MAX_WAITING_STOPS } },
      );
    }
    for (const each of removed) this.delete(each);
    const added = isAll ? { ...stop, outputs: undefined } : stop;
    const kept = this.#byDevice.get(stop.device) ?? new Map<string, WaitingStop>();
    this.#byDevice.set(stop.device, kept.set(added.id, added));
    this.#size++;
    return { stop: added, isNew: true, removed };
  }

  /** Says whether it was there. */
  delete({ device, id }: WaitingStop): boolean {
    const stops = this.#byDevice.get(device);
    if (stops?.delete(id) !== true) return false;
    if (stops.size === 0) this.#byDevice.delete(device);
    this.#size--;
    return true;
  }
}
