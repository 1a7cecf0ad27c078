import type { ClientId, Compression, OpOf } from './ClientOp.ts';

/** IDs under which one reader subscribes to one topic. */
export const MAX_IDS_PER_TOPIC = 100;
/** Most messages of a subscription that wait, whatever `queue_length` says. */
export const MAX_QUEUE_LENGTH = 1_000;
/** Longest `throttle_rate`, in milliseconds. */
const MAX_THROTTLE_MS = 24 * 60 * 60 * 1_000;

/** How the messages of a topic go to one reader. */
export interface DeliveryTerms {
  /** At least so far apart, in milliseconds. */
  readonly throttleMs: number;
  /** So many wait at most. */
  readonly depth: number;
  /** Characters of one frame. */
  readonly fragmentSize: number | undefined;
  readonly compression: Compression;
}

/** The first that is wanted decides (PROTOCOLS 1.5). */
const byPreference: readonly Compression[] = ['cbor-raw', 'cbor', 'png'];

/** What one reader asked for with each of its IDs for one topic. */
export class SubscriptionSettings {
  readonly #byId = new Map<ClientId | undefined, DeliveryTerms>();

  get size(): number {
    return this.#byId.size;
  }

  has(id: ClientId | undefined): boolean {
    return this.#byId.has(id);
  }

  /** The same ID again replaces what it said before. */
  set(op: OpOf<'subscribe'>): void {
    this.#byId.set(op.id, {
      throttleMs: Math.min(op.throttle_rate ?? 0, MAX_THROTTLE_MS),
      depth: Math.min(Math.max(1, Math.floor(op.queue_length ?? 0)), MAX_QUEUE_LENGTH),
      fragmentSize: op.fragment_size === undefined ? undefined : Math.max(1, Math.floor(op.fragment_size)),
      compression: op.compression,
    });
  }

  delete(id: ClientId): void {
    this.#byId.delete(id);
  }

  /** One stream serves all IDs: the quickest rate, the shortest queue, the smallest fragments. */
  get terms(): DeliveryTerms {
    const all = [...this.#byId.values()];
    const sizes = all.flatMap(({ fragmentSize }) => (fragmentSize === undefined ? [] : [fragmentSize]));
    return {
      throttleMs: Math.min(...all.map(({ throttleMs }) => throttleMs)),
      depth: Math.min(...all.map(({ depth }) => depth)),
      fragmentSize: sizes.length === 0 ? undefined : Math.min(...sizes),
      compression: byPreference.find((wanted) => all.some(({ compression }) => compression === wanted)) ?? 'none',
    };
  }
}
