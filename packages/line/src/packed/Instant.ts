/** A u64 of nanoseconds as its two halves, both u32: cheaper than a bigint, and exact. */
export interface Instant {
  readonly high: number;
  readonly low: number;
}

/** Distances are told while they stay below this (half the exact range of a number), in nanoseconds. */
export const MAX_DISTANCE_NS = 2 ** 52;

const SECOND_NS = 1_000_000_000n;
/** 2^32 modulo 1000. */
const HIGH_REST = 296;

/** Nanoseconds from `b` to `a`: exact while below {@link MAX_DISTANCE_NS}, and never below it by mistake. */
export const distanceNs = (a: Instant, b: Instant): number => (a.high - b.high) * 2 ** 32 + (a.low - b.low);

/** The instant so many nanoseconds later, less than 2^53 of them; wraps as a u64 does. */
export function shifted({ high, low }: Instant, ns: number): Instant {
  const total = low + ns;
  return { high: (high + Math.floor(total / 2 ** 32)) >>> 0, low: total >>> 0 };
}

/** Nanoseconds since the last whole microsecond: 0 to 999. */
export const restNs = ({ high, low }: Instant): number => ((high % 1000) * HIGH_REST + (low % 1000)) % 1000;

export const sameInstant = (a: Instant, b: Instant): boolean => a.high === b.high && a.low === b.low;

/**
 * What the eight bytes after a message's first four mean as u32 seconds and u32 nanoseconds: the stamp of a header in ROS 1
 * and in CDR. The caller has made sure that the message has 12 bytes.
 */
export function stampIn(records: Uint8Array, dataStart: number): Instant {
  const total = BigInt(u32(records, dataStart + 4)) * SECOND_NS + BigInt(u32(records, dataStart + 8));
  return { high: Number(total >> 32n), low: Number(total & 0xffff_ffffn) };
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}
