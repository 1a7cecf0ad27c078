import type { RemoteDevice } from '@longline/client';
import { systemClock } from '@longline/ros';
import { pause } from '../pause.ts';
import { heardBy, heardByNobody } from './heardBy.ts';
import type { PubJob } from './PubJob.ts';

/** Default of `--deadline`, in milliseconds. */
const DEADLINE_MS = 5_000;
const TOLD_MS = 1_000;

/** Publishes one message and tells who heard it. Where it moves the robot the lease is kept until the robot has stopped by itself. */
export async function publishOnce({ device, lease, options, robot, target, terminal }: PubJob): Promise<void> {
  const { deadlineMs = DEADLINE_MS, json = false } = options;
  const { topic } = target;
  const { subscribers } = await robot.publishMessage(target, { deadlineMs, signal: terminal.signal });
  const movesMs = lease === undefined ? undefined : await timeoutOf(device, topic);
  if (json) {
    await terminal.print(`${JSON.stringify({ device: device.id, topic, subscribers: subscribers ?? null })}\n`);
  } else if (subscribers !== 0) {
    const who = subscribers === undefined ? '' : `: ${heardBy(subscribers)}`;
    const until = movesMs === undefined ? '' : `; the robot stops by itself after ${movesMs} ms (-r goes on)`;
    await terminal.print(`published on ${topic}${who}${until}\n`);
  }
  if (subscribers === 0) terminal.warn(heardByNobody(device, topic));
  if (movesMs !== undefined) await pause(movesMs, terminal.signal);
}

/** After how long the robot stops by itself, in milliseconds; undefined where the topic does not move it. */
async function timeoutOf(device: RemoteDevice, topic: string): Promise<number | undefined> {
  const late = new AbortController();
  // What was used just now is told within this time, or is no output.
  const cancel = systemClock.after(TOLD_MS, () => late.abort());
  try {
    for await (const { status } of device.watchRecord({ signal: late.signal })) {
      const output = status.motion?.outputs.find(({ kind, name }) => kind === 'topic' && name === topic);
      if (output !== undefined) return output.timeoutMs;
    }
    return undefined;
  } finally {
    cancel();
  }
}
