import { codecFor, sourceStamp } from '@longline/ros';
import type { Channel } from '@longline/ros';
import { z } from 'zod';

const part = z.number().int().min(0);
const stamped = z.object({
  header: z.object({
    stamp: z.union([
      z.object({ sec: part, nanosec: part }),
      z.object({ secs: part, nsecs: part }).transform(({ secs, nsecs }) => ({ sec: secs, nanosec: nsecs })),
    ]),
  }),
});

/** A device without a clock counts from its start, near 1970: what it says before 2020 is no time of day. */
const EARLIEST_NS = 1_577_836_800_000_000_000n;
/** Its clock may be ahead by so much, in nanoseconds. */
const AHEAD_NS = 60_000_000_000n;

/** When a message of a plain device was made: `header.stamp` where that can be true, else when it came. Nanoseconds since 1970. */
export function sourceTime(channel: Channel, data: Uint8Array, receivedNs: bigint): bigint {
  const stamp = channel.encoding === 'json' ? jsonStamp(channel, data) : sourceStamp(channel, data);
  return stamp === undefined || stamp < EARLIEST_NS || stamp > receivedNs + AHEAD_NS ? receivedNs : stamp;
}

function jsonStamp({ schema }: Channel, data: Uint8Array): bigint | undefined {
  const read = stamped.safeParse(codecFor(schema, 'json').decode(data));
  if (!read.success) return undefined;
  const { sec, nanosec } = read.data.header.stamp;
  return BigInt(sec) * 1_000_000_000n + BigInt(nanosec);
}
