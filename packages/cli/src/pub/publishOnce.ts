import { systemClock } from '@longline/ros';
import type { Terminal } from '../Terminal.ts';
import { heardBy, heardByNobody } from './heardBy.ts';
import type { PubJob } from './PubJob.ts';

/** Default of `--deadline`, in milliseconds. */
const DEADLINE_MS = 5_000;

/** Publishes one message and tells who heard it. Where it moves the robot the lease is kept until the robot has stopped by itself. */
export async function publishOnce({ device, lease, options, robot, target, terminal }: PubJob): Promise<void> {
  const { deadlineMs = DEADLINE_MS, json = false } = options;
  const { topic } = target;
  const { subscribers } = await robot.publishMessage(target, { deadlineMs, signal: terminal.signal });
  const { motion } = (await device.record()).status;
  const output = motion?.outputs.find(({ kind, name }) => kind === 'topic' && name === topic);
  const movesMs = lease === undefined ? undefined : output?.timeoutMs;
  if (json) {
    await terminal.print(`${JSON.stringify({ device: device.id, topic, subscribers: subscribers ?? null })}\n`);
  } else if (subscribers !== 0) {
    const who = subscribers === undefined ? '' : `: ${heardBy(subscribers)}`;
    const until = movesMs === undefined ? '' : `; the robot stops by itself after ${movesMs} ms (-r goes on)`;
    await terminal.print(`published on ${topic}${who}${until}\n`);
  }
  if (subscribers === 0) terminal.warn(heardByNobody(device, topic));
  if (movesMs !== undefined) await pause(terminal, movesMs);
}

function pause({ signal }: Terminal, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const cancel = systemClock.after(ms, () => resolve(undefined));
  const handleAbort = (): void => resolve(undefined);
  signal.addEventListener('abort', handleAbort);
  return promise.finally(() => {
    cancel();
    signal.removeEventListener('abort', handleAbort);
  });
}
