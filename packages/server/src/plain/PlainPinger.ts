import type { Clock, Disposer } from '@longline/ros';

/** How often a device is pinged, in milliseconds; while a lease is held the second. */
const PING_MS = 1_000;
const LEASED_PING_MS = 100;
/** Without a pong for so long the device is gone, in milliseconds. */
export const SILENT_MS = 3_000;
/** Pings under way; beyond it none is sent until a pong comes. */
const MAX_OPEN_PINGS = 1_000;

/** What a {@link PlainPinger} is given. */
export interface PlainPingerOptions {
  readonly clock: Clock;
  readonly ping: (payload: Uint8Array) => void;
  readonly handlePong: () => void;
  readonly handleSilent: () => void;
}

interface Ping {
  readonly sentMs: number;
  /** Told that all that was sent before it has reached the device. */
  readonly listeners: readonly (() => void)[];
}

/**
 * Pings a device: it has no heartbeats of its own. Every WebSocket library answers pings by itself and in order, so a pong also says that what
 * was sent before its ping has come there.
 */
export class PlainPinger {
  readonly #options: PlainPingerOptions;
  readonly #pings = new Map<number, Ping>();
  #next = 0;
  #listeners: (() => void)[] = [];
  #answeredMs: number;
  #roundTripMs: number | undefined;
  #cancel: Disposer = () => undefined;
  #closed = false;
  #periodMs = PING_MS;

  constructor(options: PlainPingerOptions) {
    this.#options = options;
    this.#answeredMs = options.clock.monotonicMs();
    this.#tick();
  }

  /** Of the last ping, in milliseconds; undefined before the first pong. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** How long ago the newest ping was sent whose pong came, in milliseconds: what is sent now may be under way for as long. */
  get answeredAgoMs(): number {
    return this.#options.clock.monotonicMs() - this.#answeredMs;
  }

  /** Whether somebody may move the device now: then it is to be known sooner that it is gone. */
  set isLeased(isLeased: boolean) {
    const periodMs = isLeased ? LEASED_PING_MS : PING_MS;
    if (periodMs === this.#periodMs) return;
    this.#periodMs = periodMs;
    this.#cancel();
    this.#tick();
  }

  /** Resolves when all that was sent up to now has reached the device; never, where the connection ends before. */
  reached(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#listeners.push(() => resolve(undefined));
    // All that is sent in one go is confirmed by one ping after it.
    if (this.#listeners.length === 1) queueMicrotask(() => this.#ping());
    return promise;
  }

  handlePong(payload: Uint8Array): void {
    if (payload.length !== 4 || this.#closed) return;
    const number = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
    const answered = this.#pings.get(number);
    if (answered === undefined) return;
    this.#answeredMs = answered.sentMs;
    this.#roundTripMs = this.#options.clock.monotonicMs() - answered.sentMs;
    for (const [earlier, { listeners }] of this.#pings) {
      if (earlier > number) break;
      this.#pings.delete(earlier);
      for (const listener of listeners) listener();
    }
    this.#options.handlePong();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#pings.clear();
    this.#listeners = [];
  }

  #tick(): void {
    if (this.#closed) return;
    if (this.answeredAgoMs >= SILENT_MS) {
      this.#options.handleSilent();
      return;
    }
    this.#cancel = this.#options.clock.after(this.#periodMs, () => this.#tick());
    this.#ping();
  }

  #ping(): void {
    if (this.#closed || this.#pings.size >= MAX_OPEN_PINGS) return;
    const payload = new Uint8Array(4);
    const number = this.#next++;
    new DataView(payload.buffer).setUint32(0, number);
    this.#pings.set(number, { sentMs: this.#options.clock.monotonicMs(), listeners: this.#listeners });
    this.#listeners = [];
    this.#options.ping(payload);
  }
}
