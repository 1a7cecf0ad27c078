import type { MessageRecord } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import type { ChannelReader, ChannelState } from './ChannelState.ts';

/** Where the messages of a feed go. Must not throw. */
export interface FeedSink {
  /** The record is valid during the call only. */
  deliver(channel: ChannelState, record: MessageRecord): void;
  dropped(channel: ChannelState, count: number): void;
}

/** Drops are told at most this often per channel, in milliseconds. */
const DROP_REPORT_MS = 1_000;

/**
 * One reader's view of one channel, at the highest rate that any of its subscriptions asks for; each message once.
 *
 * A rate limit lets the first message pass and delivers the newest at the end of the interval. It copies nothing: the
 * newest is the channel's last message.
 */
export class ChannelFeed implements ChannelReader {
  readonly #channel: ChannelState;
  readonly #clock: Clock;
  readonly #sink: FeedSink;
  readonly #detach: Disposer;
  readonly #rates = new Map<unknown, number | undefined>();
  #wantedHz = 0;
  #intervalMs = 0;
  #dueMs = Number.NEGATIVE_INFINITY;
  #waiting = 0;
  #droppedUntold = 0;
  #droppedToldMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: Disposer | undefined;
  #closed = false;

  constructor(channel: ChannelState, clock: Clock, sink: FeedSink) {
    this.#channel = channel;
    this.#clock = clock;
    this.#sink = sink;
    this.#detach = channel.attach(this);
  }

  /** How many subscriptions it serves. */
  get size(): number {
    return this.#rates.size;
  }

  get wantedHz(): number {
    return this.#wantedHz;
  }

  has(subscription: unknown): boolean {
    return this.#rates.has(subscription);
  }

  add(subscription: unknown, rateHz: number | undefined): void {
    this.#rates.set(subscription, rateHz);
    this.#setInterval();
  }

  remove(subscription: unknown): void {
    if (this.#rates.delete(subscription)) this.#setInterval();
  }

  handleMessage(channel: ChannelState, record: MessageRecord): void {
    // Another reader of the same message may have closed this one.
    if (this.#closed) return;
    if (this.#intervalMs === 0) {
      this.#sink.deliver(channel, record);
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    this.#waiting++;
    if (nowMs >= this.#dueMs) this.#deliver(record, nowMs);
    else this.#cancelTimer ??= this.#clock.after(this.#dueMs - nowMs, () => this.#handleTimer());
  }

  handleDropped(_channel: ChannelState, count: number): void {
    if (this.#closed) return;
    this.#droppedUntold += count;
    this.#tellDrops(this.#clock.monotonicMs());
  }

  close(): void {
    this.#closed = true;
    this.#detach();
    this.#stopTimer();
    this.#rates.clear();
  }

  #setInterval(): void {
    let highestHz = 0;
    for (const rateHz of this.#rates.values()) highestHz = Math.max(highestHz, rateHz ?? Number.POSITIVE_INFINITY);
    this.#intervalMs = this.#rates.size === 0 ? 0 : 1000 / highestHz;
    if (highestHz !== this.#wantedHz) {
      this.#wantedHz = highestHz;
      this.#channel.handleWanted();
    }
    this.#stopTimer();
    this.#dueMs = Number.NEGATIVE_INFINITY;
    this.#handleTimer();
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #handleTimer(): void {
    this.#cancelTimer = undefined;
    if (this.#waiting === 0) return;
    const record = this.#channel.latestRecord;
    if (record !== undefined) this.#deliver(record, this.#clock.monotonicMs());
  }

  #deliver(record: MessageRecord, nowMs: number): void {
    this.#stopTimer();
    // Counting from when it was due keeps the mean rate although timers are late; after a pause it counts from now.
    const onTime = nowMs - this.#dueMs < this.#intervalMs;
    this.#dueMs = (onTime ? this.#dueMs : nowMs) + this.#intervalMs;
    this.#droppedUntold += this.#waiting - 1;
    this.#waiting = 0;
    this.#tellDrops(nowMs);
    this.#sink.deliver(this.#channel, record);
  }

  #tellDrops(nowMs: number): void {
    if (this.#droppedUntold === 0 || nowMs - this.#droppedToldMs < DROP_REPORT_MS) return;
    this.#droppedToldMs = nowMs;
    const dropped = this.#droppedUntold;
    this.#droppedUntold = 0;
    this.#sink.dropped(this.#channel, dropped);
  }
}
