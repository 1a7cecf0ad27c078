import { zstdCompressSync } from 'node:zlib';
import type { LinkShape } from '../netem/LinkShape.ts';
import { loadTopics } from '../thinLink/loadTopics.ts';

/** One kind of link of the table; both directions are alike. */
export interface LinkCell {
  readonly bitsPerSecond: number;
  /** There and back without queues, in milliseconds; one way is half of it. */
  readonly roundTripMs: number;
  /** Share of packets lost in each direction. */
  readonly loss: number;
}

/** Queue before each transmitter, in milliseconds of its rate. */
export const QUEUE_MS = 300;

export function shapeOf({ bitsPerSecond, roundTripMs, loss }: LinkCell): LinkShape {
  return {
    upBitsPerSecond: bitsPerSecond,
    downBitsPerSecond: bitsPerSecond,
    delayMs: roundTripMs / 2,
    loss,
    queueMs: QUEUE_MS,
  };
}

/** Headers of IP and TCP with timestamps, and of a small WebSocket frame of a client. */
const FRAMING_BYTES = 20 + 32 + 8;
const SAMPLES = 20;

/** Bytes of one Odometry message alone on the wire, compressed with zstd 1: the least that anybody could send. */
function odometryBytes(): number {
  const odometry = loadTopics.find(({ name }) => name === 'odometry');
  if (odometry === undefined) throw new Error('the load has no Odometry');
  const lengths = Array.from({ length: SAMPLES }, (_, i) => zstdCompressSync(odometry.make(i, i * 20)).byteLength);
  return lengths.reduce((sum, length) => sum + length, 0) / SAMPLES + FRAMING_BYTES;
}

const ODOMETRY_WIRE_BYTES = odometryBytes();
/** Odometry and five transforms at 50 Hz, not compressed, with framing: 1.4 KB, 50 times a second. */
const STATE_BITS_PER_SECOND = 600_000;
const SEGMENT_BITS = 1448 * 8;

/** What physics says of one cell. */
export interface CellLimits {
  /** The age of an Odometry message that waits for nothing: one way and its own transmission time. */
  readonly minimumMs: number;
  /** For that message and its acknowledgement, without any queue. */
  readonly roundTripMs: number;
  /**
   * The link surely carries Odometry and TF as they are: they fill half of it at most, and half of what one TCP
   * connection gets at this loss (Mathis et al., 1997).
   */
  readonly carriesState: boolean;
}

export function limitsOf({ bitsPerSecond, roundTripMs, loss }: LinkCell): CellLimits {
  const transmissionMs = (ODOMETRY_WIRE_BYTES * 8000) / bitsPerSecond;
  const tcpBitsPerSecond =
    loss === 0 ? Number.POSITIVE_INFINITY : (SEGMENT_BITS * 1.22) / ((roundTripMs / 1000) * Math.sqrt(loss));
  return {
    minimumMs: roundTripMs / 2 + transmissionMs,
    roundTripMs: roundTripMs + transmissionMs,
    carriesState: STATE_BITS_PER_SECOND <= 0.5 * Math.min(bitsPerSecond, tcpBitsPerSecond),
  };
}

/** `5 Mbit/s, 30 ms, 1 %`. */
export function nameOf({ bitsPerSecond, roundTripMs, loss }: LinkCell): string {
  const rate = bitsPerSecond >= 1e6 ? `${bitsPerSecond / 1e6} Mbit/s` : `${bitsPerSecond / 1e3} kbit/s`;
  return `${rate}, ${roundTripMs} ms, ${Math.round(loss * 1000) / 10} %`;
}
