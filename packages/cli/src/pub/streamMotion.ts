import type { Lease } from '@longline/client';
import { LonglineError } from '@longline/ros';
import { repeat } from '../repeat.ts';
import type { PubJob } from './PubJob.ts';

/** Refusals that the same message meets again each time. */
const finalCodes: ReadonlySet<string> = new Set([
  'LIMIT_BEYOND',
  'MESSAGE_INVALID',
  'NOT_ALLOWED',
  'NOT_SUPPORTED',
  'TOPIC_UNKNOWN',
  'TYPE_MISMATCH',
  'TYPE_UNKNOWN',
]);

/**
 * Sends motion frames at a rate under a lease until Ctrl-C; the robot stops when it ends. Rejects when the lease is lost, or the
 * message will never be executed.
 */
export async function streamMotion(
  { device, options, target, terminal }: PubJob,
  lease: Lease,
  rateHz: number,
): Promise<void> {
  const { deadlineMs, json = false } = options;
  const { message, topic, type } = target;
  let published = 0;
  const told = new Set<string>();
  const failed = new AbortController();
  const ended = AbortSignal.any([terminal.signal, lease.lost, failed.signal]);
  const stop = lease.refusals.listen(({ code, message }) => {
    if (finalCodes.has(code)) failed.abort(new LonglineError(code, message));
    // The end of the lease is told at the end.
    else if (!told.has(code) && !code.startsWith('LEASE_')) terminal.warn(`${code}: ${message}`);
    told.add(code);
  });
  const publish = (): Promise<void> => {
    lease.publish(topic, message, { type, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
    published++;
    return Promise.resolve();
  };
  try {
    await publish();
    if (!json) await terminal.print(`moving by ${topic} at ${rateHz} Hz under lease ${lease.token}; Ctrl-C stops it\n`);
    await repeat(1_000 / rateHz, ended, publish);
    if (!terminal.signal.aborted) throw ended.reason as LonglineError;
  } finally {
    stop();
    if (json) {
      await terminal.print(`${JSON.stringify({ device: device.id, topic, published, refused: [...told] })}\n`);
    }
  }
}
