import { isIPv6 } from 'node:net';
import type { Clock } from '@longline/ros';
import { ServerError } from '../errors.ts';

/** So many failures an address has at once, and then so many a second. */
const BURST = 20;
const PER_SECOND = 1;
/** Addresses remembered; the one that failed longest ago goes first. */
const MAX_ADDRESSES = 10_000;

/** Failures that an address has left at a time of the monotonic clock. */
interface Bucket {
  left: number;
  atMs: number;
}

/** How often an address came with wrong credentials of late. It only chooses the answer: right ones are taken whatever went before. */
export class FailureLimit {
  readonly #clock: Clock;
  /** In the order of their last failures. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Addresses remembered, 10,000 at most. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Counts a failure. Throws `TOO_MANY_FAILURES` where there were 20 more than one a second. */
  count(address: string): void {
    const key = networkOf(address);
    const nowMs = this.#clock.monotonicMs();
    const { left, atMs } = this.#buckets.get(key) ?? { left: BURST, atMs: nowMs };
    const present = Math.min(BURST, left + ((nowMs - atMs) / 1_000) * PER_SECOND);
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: Math.max(0, present - 1), atMs: nowMs });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_ADDRESSES && oldest !== undefined) this.#buckets.delete(oldest);
    if (present >= 1) return;
    throw new ServerError(
      'TOO_MANY_FAILURES',
      'Too many attempts with wrong credentials came from this address. Right ones are still taken; correct the program that goes on trying.',
    );
  }
}

/** Who has one IPv6 address has 2^64 of them. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  return (address.split('::', 1)[0] ?? '').split(':').slice(0, 4).join(':');
}
