import type { Clock } from '@longline/ros';
import type { PackedShare } from './Packer.ts';
import type { Zstd } from './Zstd.ts';

/** Longest message, in bytes, that travels in packed records; of a longer one the data alone is compressed. */
export const MAX_PACKED_BYTES = 16 * 1024;

/** Numbers that decide what is packed. */
export interface PackingLimits {
  /** Least share of the bytes that packing has to save. Default 0.15. */
  readonly worthwhileSaving: number;
  /** Most time spent on packing, as a share of the elapsed time. Default 0.05. */
  readonly maxTimeShare: number;
  /** How much of that time may be spent at once after a quiet while, in milliseconds. Default 20. */
  readonly burstMs: number;
  /** A channel found not worth it is tried again after this, in milliseconds, and after twice as long each time. Default 5,000. */
  readonly retryMs: number;
  /** The longest such wait, in milliseconds. Default 300,000. */
  readonly maxRetryMs: number;
}

export const defaultPackingLimits: PackingLimits = {
  worthwhileSaving: 0.15,
  maxTimeShare: 0.05,
  burstMs: 20,
  retryMs: 5_000,
  maxRetryMs: 300_000,
};

/** A trial by packing ends after so many messages, or bytes. */
const TRIAL_MESSAGES = 8;
const TRIAL_BYTES = 64 * 1024;
/** Messages above this many bytes are tried by a sample from their middle, since packing them in earnest costs too much. */
const SAMPLE_BYTES = 4 * 1024;
/** So many samples in a row decide against a channel. */
const SAMPLES = 2;
/** The clock is read for every so-manieth message that is left plain. */
const PLAIN_PER_CLOCK = 32;
/** How fast figures of the past fade: weight of the newest in a moving mean. */
const NEWEST_WEIGHT = 0.1;
/** A channel that took less than this share of the time is not to blame when it ran out. */
const BLAMED_SHARE = 0.1;

interface Tried {
  packing: boolean;
  /** Messages packed since the trial began, and the bytes of their plain records. */
  packed: number;
  plainBytes: number;
  /** Share of the bytes that packing saves, a moving mean; undefined before the first was measured. */
  saving: number | undefined;
  /** Bytes saved in each millisecond spent, a moving mean. */
  savedPerMs: number;
  /** Time spent on it lately: halved whenever the time for packing ran out. */
  spentMs: number;
  refusedSamples: number;
  beganAtMs: number;
  retryAtMs: number;
  waitMs: number;
  /** Messages left plain since the clock was last read. */
  unclocked: number;
}

/**
 * Decides per channel, by what packing its messages saved and cost, whether they are packed (clause 4.6).
 *
 * The very first message of a channel is left plain, unless it is large. The next ones are tried: small ones by packing
 * them in earnest, large ones by compressing 4 KB out of their middle. What saves less than 15 % is left plain and tried again after 5 s, 10 s, ... 5 min. When packing takes
 * more than 5 % of the time, the channels with the fewest bytes saved in a millisecond are left plain in the same way.
 * One per socket or line; keeps about 100 bytes a channel until {@link forget}.
 */
export class PackingChoice {
  readonly #clock: Clock;
  readonly #zstd: Zstd | undefined;
  readonly #limits: PackingLimits;
  readonly #channels = new Map<number, Tried>();
  /** Time that may still be spent, in milliseconds; grows with time up to `burstMs`. */
  #allowanceMs: number;
  #allowanceAtMs: number;

  /** Without `zstd` nothing above 4 KB is packed. */
  constructor(options: { clock: Clock; zstd: Zstd | undefined; limits?: Partial<PackingLimits> }) {
    this.#clock = options.clock;
    this.#zstd = options.zstd;
    this.#limits = { ...defaultPackingLimits, ...options.limits };
    this.#allowanceMs = this.#limits.burstMs;
    this.#allowanceAtMs = this.#clock.monotonicMs();
  }

  /** Whether to pack the next message of a channel, whose data is given. */
  shouldPack(channelId: number, data: Uint8Array): boolean {
    let channel = this.#channels.get(channelId);
    if (channel === undefined) {
      this.#channels.set(channelId, (channel = this.#newChannel()));
      // Where no second one comes it would save nothing, and the other side would remember it for nothing.
      if (data.length <= MAX_PACKED_BYTES) return false;
    }
    if (channel.packing) {
      return data.length <= SAMPLE_BYTES || channel.saving !== undefined || this.#sample(channel, data);
    }
    channel.unclocked += 1;
    // Large messages are rare, and reading the clock costs them nothing.
    if (channel.unclocked < PLAIN_PER_CLOCK && data.length <= SAMPLE_BYTES) return false;
    channel.unclocked = 0;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < channel.retryAtMs) return false;
    beginTrial(channel, nowMs);
    return data.length <= SAMPLE_BYTES || this.#sample(channel, data);
  }

  /** Is told what each packed body (or compressed large message) was worth, and the time it took. */
  handlePacked(shares: readonly PackedShare[], spentMs: number): void {
    let plainBytes = 0;
    for (const share of shares) plainBytes += share.plainBytes;
    for (const share of shares) {
      const channel = this.#channels.get(share.channelId);
      if (channel === undefined) continue;
      const savedBytes = share.plainBytes - share.packedBytes;
      const ownMs = Math.max(1e-4, (spentMs * share.plainBytes) / plainBytes);
      channel.packed += share.messages;
      channel.plainBytes += share.plainBytes;
      channel.spentMs += ownMs;
      // The plain mean of the first ten: the very first message travels whole and saves little.
      const weight = Math.max(1 - (1 - NEWEST_WEIGHT) ** share.messages, share.messages / channel.packed);
      channel.saving = (channel.saving ?? 0) * (1 - weight) + (savedBytes / share.plainBytes) * weight;
      channel.savedPerMs += (savedBytes / ownMs - channel.savedPerMs) * weight;
      if (channel.packing && (channel.packed >= TRIAL_MESSAGES || channel.plainBytes >= TRIAL_BYTES))
        this.#judge(channel);
    }
    this.#spend(spentMs);
  }

  /** The channel is gone; one with its ID is tried anew. */
  forget(channelId: number): void {
    this.#channels.delete(channelId);
  }

  #newChannel(): Tried {
    return {
      packing: true,
      packed: 0,
      plainBytes: 0,
      saving: undefined,
      savedPerMs: 0,
      spentMs: 0,
      refusedSamples: 0,
      beganAtMs: this.#clock.monotonicMs(),
      retryAtMs: 0,
      waitMs: this.#limits.retryMs,
      unclocked: 0,
    };
  }

  #judge(channel: Tried): void {
    if ((channel.saving ?? 0) < this.#limits.worthwhileSaving) this.#leavePlain(channel);
  }

  #sample(channel: Tried, data: Uint8Array): boolean {
    if (this.#zstd === undefined) {
      this.#leavePlain(channel);
      return false;
    }
    const startedMs = this.#clock.monotonicMs();
    const start = Math.max(0, (data.length - SAMPLE_BYTES) >>> 1);
    const sample = data.subarray(start, start + SAMPLE_BYTES);
    const saving = 1 - this.#zstd.compress(sample, undefined).length / sample.length;
    this.#spend(this.#clock.monotonicMs() - startedMs);
    if (saving >= this.#limits.worthwhileSaving) {
      channel.refusedSamples = 0;
      return channel.packing;
    }
    channel.refusedSamples += 1;
    if (channel.refusedSamples >= SAMPLES) this.#leavePlain(channel);
    return false;
  }

  #leavePlain(channel: Tried): void {
    channel.packing = false;
    channel.unclocked = 0;
    const nowMs = this.#clock.monotonicMs();
    // It was worth it for longer than it would be left plain now: begin with short waits again.
    if (nowMs - channel.beganAtMs >= channel.waitMs) channel.waitMs = this.#limits.retryMs;
    channel.retryAtMs = nowMs + channel.waitMs;
    channel.waitMs = Math.min(this.#limits.maxRetryMs, channel.waitMs * 2);
  }

  /** When more was spent than the share allows, the worst channel goes, and half of the burst is there for the rest. */
  #spend(spentMs: number): void {
    const { maxTimeShare, burstMs } = this.#limits;
    const nowMs = this.#clock.monotonicMs();
    const earnedMs = (nowMs - this.#allowanceAtMs) * maxTimeShare;
    this.#allowanceAtMs = nowMs;
    this.#allowanceMs = Math.min(burstMs, this.#allowanceMs + earnedMs) - spentMs;
    if (this.#allowanceMs >= 0) return;
    this.#allowanceMs = burstMs / 2;
    let allMs = 0;
    for (const channel of this.#channels.values()) allMs += channel.spentMs;
    let worst: Tried | undefined;
    for (const channel of this.#channels.values()) {
      const blamed = channel.packing && channel.saving !== undefined && channel.spentMs >= allMs * BLAMED_SHARE;
      if (blamed && channel.savedPerMs < (worst?.savedPerMs ?? Infinity)) worst = channel;
      channel.spentMs /= 2;
    }
    if (worst !== undefined) this.#leavePlain(worst);
  }
}

function beginTrial(channel: Tried, nowMs: number): void {
  channel.packing = true;
  channel.beganAtMs = nowMs;
  channel.packed = 0;
  channel.plainBytes = 0;
  channel.savedPerMs = 0;
  channel.saving = undefined;
  channel.refusedSamples = 0;
}
