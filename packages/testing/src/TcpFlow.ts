import type { Socket } from 'node:net';
import type { Clock, Disposer } from '@longline/ros';

/** How one direction of a {@link TcpProxy} treats what flows through it. */
export interface FlowConditions {
  /** Every byte arrives this much later, in milliseconds. Default 0. */
  readonly delayMs: number;
  /** Bytes per second. Default without bound. */
  readonly bytesPerS: number;
  /** While set, nothing comes out, nor word of an end; it all comes when it is taken back. Default false. */
  readonly held: boolean;
  /** Changes what passes, piece by piece as it came. Default: nothing does. */
  readonly alter?: ((data: Buffer) => Buffer) | undefined;
}

export const openFlow: FlowConditions = { delayMs: 0, bytesPerS: Number.POSITIVE_INFINITY, held: false };

/** Bytes under way in one flow beyond which its source is not read. */
const MAX_QUEUED_BYTES = 256 * 1024;
/** A rate is kept in portions of this time, in milliseconds. */
const PORTION_MS = 10;

/** One direction of one connection: reads a socket, writes another, later and slower. An end of the source is its last word. */
export class TcpFlow {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #clock: Clock;
  readonly #count: (bytes: number) => void;
  readonly #queue: { readonly data: Buffer; readonly atMs: number }[] = [];
  #conditions: FlowConditions;
  #queuedBytes = 0;
  /** When the rate allows the next byte. */
  #freeMs = 0;
  #hasEnded = false;
  #cancel: Disposer | undefined;

  constructor(options: {
    readonly source: Socket;
    readonly sink: Socket;
    readonly clock: Clock;
    readonly conditions: FlowConditions;
    /** Told of the bytes that came out. */
    readonly count: (bytes: number) => void;
  }) {
    this.#source = options.source;
    this.#sink = options.sink;
    this.#clock = options.clock;
    this.#count = options.count;
    this.#conditions = options.conditions;
    this.#source.on('data', (data: Buffer) => this.#take(data));
    this.#source.on('end', () => this.#end());
    this.#source.on('close', () => this.#end());
    this.#sink.on('drain', () => this.#run());
    this.#run();
  }

  set conditions(conditions: FlowConditions) {
    this.#conditions = conditions;
    this.#run();
  }

  /** Drops what is under way. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#queue.length = 0;
    this.#conditions = { ...this.#conditions, held: true };
  }

  #take(came: Buffer): void {
    const data = this.#conditions.alter?.(came) ?? came;
    const portion = Math.max(1, Math.ceil((this.#conditions.bytesPerS * PORTION_MS) / 1_000));
    const atMs = this.#clock.monotonicMs();
    for (let start = 0; start < data.length; start += portion)
      this.#queue.push({ data: data.subarray(start, start + portion), atMs });
    this.#queuedBytes += data.length;
    this.#run();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#run();
  }

  /** Writes what is due, and looks again when the next is. */
  #run(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const { bytesPerS, delayMs, held } = this.#conditions;
    if (!held) {
      const nowMs = this.#clock.monotonicMs();
      for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
        const dueMs = Math.max(next.atMs + delayMs, this.#freeMs);
        if (dueMs > nowMs) {
          this.#cancel = this.#clock.after(dueMs - nowMs, () => this.#run());
          break;
        }
        if (this.#sink.writableNeedDrain) break;
        this.#queue.shift();
        this.#queuedBytes -= next.data.length;
        this.#freeMs = Math.max(this.#freeMs, nowMs - PORTION_MS) + (next.data.length / bytesPerS) * 1_000;
        this.#count(next.data.length);
        if (this.#sink.writable) this.#sink.write(next.data);
      }
      if (this.#hasEnded && this.#queue.length === 0) this.#sink.end();
    }
    // A socket that is not read notices no end either, as on a dead link.
    if (held || this.#queuedBytes >= MAX_QUEUED_BYTES) this.#source.pause();
    else this.#source.resume();
  }
}
