/**
 * A clock that every process of this machine reads alike, to the microsecond: the monotonic one. `Date.now()` has whole
 * milliseconds, and each process would add its own fraction.
 */
export const sharedNowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Put before shared times in a message's stamp, so that they look like dates: 2026-01-01. */
const STAMP_EPOCH_NS = 1_767_225_600_000_000_000n;

/** The stamp in nanoseconds since 1970 for a shared time. */
export const stampOf = (atMs: number): bigint => STAMP_EPOCH_NS + BigInt(Math.round(atMs * 1e6));

/** The shared time of a stamp's two fields. */
export const sharedTimeOf = (seconds: number, nanoseconds: number): number =>
  (seconds - Number(STAMP_EPOCH_NS / 1_000_000_000n)) * 1000 + nanoseconds / 1e6;
