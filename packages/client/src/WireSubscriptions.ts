import type { ReaderEnd, SubscribeRecord } from '@longline/line';
import { ClientError } from './errors.ts';

/** Different subscriptions that one line may have; the server ends a line that makes more. */
export const MAX_SUBSCRIPTIONS = 1_000;

/** What a subscription asks for, without the ID that the line gives it. */
export type WireQuery =
  | { readonly kind: 'devices' }
  | { readonly kind: 'line'; readonly device: string; readonly once?: boolean | undefined }
  | {
      readonly kind: 'topics';
      readonly device: string;
      readonly topic: string;
      readonly rateHz?: number | undefined;
      readonly once?: boolean | undefined;
      readonly channelsOnly?: boolean | undefined;
    };

/** One holder's share in a subscription on the line. */
export interface WireShare {
  /** Resolves when all initial values were sent on the present line, or on the next one if there is none. */
  readonly marked: Promise<undefined>;
  /** Whether they were sent on the present line. */
  readonly isMarked: boolean;
  release(): void;
}

interface WireSubscription {
  readonly id: number;
  readonly query: WireQuery;
  marked: PromiseWithResolvers<undefined>;
  isMarked: boolean;
  holders: number;
  readonly markListeners: Set<() => void>;
}

/** The reader's subscriptions as they stand on the line: identical ones share one, all are made again after a reconnect. */
export class WireSubscriptions {
  readonly #byId = new Map<number, WireSubscription>();
  readonly #byKey = new Map<string, WireSubscription>();
  #end: ReaderEnd | undefined;
  #paused = false;
  #nextId = 1;

  get size(): number {
    return this.#byId.size;
  }

  /** `handleMark` is called at every mark to come. Throws `LIMIT_EXCEEDED` beyond {@link MAX_SUBSCRIPTIONS}. */
  add(query: WireQuery, handleMark?: () => void): WireShare {
    const key = JSON.stringify(query);
    const isOnce = query.kind !== 'devices' && query.once === true;
    const existing = isOnce ? undefined : this.#byKey.get(key);
    if (existing === undefined && this.#byId.size >= MAX_SUBSCRIPTIONS) {
      throw new ClientError(
        'LIMIT_EXCEEDED',
        `${MAX_SUBSCRIPTIONS} different subscriptions are open on this connection. Close some, or use patterns: one subscription serves many topics and devices.`,
      );
    }
    const subscription = existing ?? {
      id: this.#nextId++,
      query,
      marked: Promise.withResolvers<undefined>(),
      isMarked: false,
      holders: 0,
      markListeners: new Set(),
    };
    subscription.holders++;
    // Each share hears for itself, even where two were given one function.
    const listener = handleMark && ((): void => handleMark());
    if (listener !== undefined) subscription.markListeners.add(listener);
    if (existing === undefined) {
      this.#byId.set(subscription.id, subscription);
      if (!isOnce) this.#byKey.set(key, subscription);
      this.#end?.subscribe(this.#recordOf(subscription));
    }
    let held = true;
    return {
      get marked() {
        return subscription.marked.promise;
      },
      get isMarked() {
        return subscription.isMarked;
      },
      release: () => {
        if (!held) return;
        held = false;
        if (listener !== undefined) subscription.markListeners.delete(listener);
        if (--subscription.holders > 0) return;
        this.#byId.delete(subscription.id);
        if (!isOnce) this.#byKey.delete(key);
        if (this.#end?.state === 'open') this.#end.unsubscribe(subscription.id);
      },
    };
  }

  handleConnected(end: ReaderEnd): void {
    this.#end = end;
    for (const subscription of this.#byId.values()) end.subscribe(this.#recordOf(subscription));
  }

  /**
   * While paused no messages come: subscriptions of topics and lines are ended on the line, further ones get their initial
   * values only. Resumed, they begin anew with the last values. Devices and channels are told throughout.
   */
  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (this.#end?.state !== 'open') return;
    for (const subscription of this.#byId.values()) {
      if (!goesOn(subscription.query)) continue;
      if (paused) this.#end.unsubscribe(subscription.id);
      else this.#end.subscribe(this.#recordOf(subscription));
    }
  }

  handleDisconnected(): void {
    this.#end = undefined;
    for (const subscription of this.#byId.values()) {
      if (!subscription.isMarked) continue;
      subscription.isMarked = false;
      subscription.marked = Promise.withResolvers();
    }
  }

  handleMark(id: number): void {
    const subscription = this.#byId.get(id);
    if (subscription === undefined) return;
    subscription.isMarked = true;
    subscription.marked.resolve(undefined);
    for (const listener of [...subscription.markListeners]) listener();
  }

  #recordOf({ id, query }: WireSubscription): SubscribeRecord {
    if (query.kind === 'devices') return { id, kind: 'devices' };
    const once = this.#paused && goesOn(query) ? true : query.once;
    if (query.kind === 'line') {
      return { id, kind: 'line', device: query.device, ...(once === undefined ? {} : { once }) };
    }
    const { device, topic, rateHz, channelsOnly } = query;
    return {
      id,
      kind: 'topics',
      device,
      topic,
      ...(rateHz === undefined ? {} : { rateHz }),
      ...(once === undefined ? {} : { once }),
      ...(channelsOnly === undefined ? {} : { channelsOnly }),
    };
  }
}

/** Whether messages, or line records, come for as long as it stands. */
const goesOn = (query: WireQuery): boolean =>
  query.kind !== 'devices' && query.once !== true && !(query.kind === 'topics' && query.channelsOnly === true);
