import type { Lease } from '@longline/client';
import type { LonglineError } from '@longline/ros';
import { repeat } from '../repeat.ts';
import type { PubJob } from './PubJob.ts';

/** Sends motion frames at a rate under a lease until Ctrl-C; the robot stops when it ends. Rejects when the lease is lost. */
export async function streamMotion(
  { device, options, target, terminal }: PubJob,
  lease: Lease,
  rateHz: number,
): Promise<void> {
  const { deadlineMs, json = false } = options;
  const { message, topic, type } = target;
  let published = 0;
  const told = new Set<string>();
  const stop = lease.refusals.listen(({ code, message }) => {
    if (!told.has(code)) terminal.warn(`${code}: ${message}`);
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
    await repeat(1_000 / rateHz, AbortSignal.any([terminal.signal, lease.lost]), publish);
    if (lease.lost.aborted) throw lease.lost.reason as LonglineError;
  } finally {
    stop();
    if (json) {
      await terminal.print(`${JSON.stringify({ device: device.id, topic, published, refused: [...told] })}\n`);
    }
  }
}
