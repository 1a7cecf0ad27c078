import { repeat } from '../repeat.ts';
import { heardBy, heardByNobody } from './heardBy.ts';
import type { PubJob } from './PubJob.ts';

/** Publishes again and again until Ctrl-C, each message answered. Messages older than two periods are not executed, unless asked for. */
export async function publishAtRate(
  { device, options, robot, target, terminal }: PubJob,
  rateHz: number,
): Promise<void> {
  const { deadlineMs = Math.max(200, 2_000 / rateHz), json = false } = options;
  let published = 0;
  let told: number | undefined = -1;
  const publish = async (): Promise<void> => {
    const { subscribers } = await robot.publishMessage(target, { deadlineMs, signal: terminal.signal });
    published++;
    if (subscribers === told) return;
    told = subscribers;
    if (subscribers === 0) terminal.warn(heardByNobody(device, target.topic));
    else if (!json) {
      const who = subscribers === undefined ? '' : `: ${heardBy(subscribers)}`;
      await terminal.print(`publishing on ${target.topic} at ${rateHz} Hz${who}; Ctrl-C ends it\n`);
    }
  };
  try {
    await publish();
    await repeat(1_000 / rateHz, terminal.signal, publish);
  } finally {
    if (json) await terminal.print(`${JSON.stringify({ device: device.id, topic: target.topic, published })}\n`);
  }
}
