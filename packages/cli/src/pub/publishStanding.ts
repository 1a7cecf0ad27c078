import type { StandingReceipt } from '@longline/client';
import { repeat } from '../repeat.ts';
import type { PubJob } from './PubJob.ts';

/** Default rate of a standing command. */
const STANDING_HZ = 10;
/** The robot goes on for this long after our last word; we renew it three times as often. */
const STANDING_HOLD_MS = 1_000;

/** Lets the robot repeat the message, and renews that until Ctrl-C. */
export async function publishStanding({ device, options, robot, target, terminal }: PubJob): Promise<void> {
  const { json = false, rateHz = STANDING_HZ } = options;
  const askedMs = Math.max(STANDING_HOLD_MS, 3_000 / rateHz);
  const command = { ...target, rateHz, holdMs: askedMs };
  const renew = (deadlineMs: number): Promise<StandingReceipt> => robot.setStanding(command, { deadlineMs });
  const { holdMs = askedMs, motion } = await renew(askedMs);
  const facts = { device: device.id, topic: target.topic, rateHz, holdMs, motion };
  const what = motion ? 'motion: ends with the connection' : 'no motion';
  await terminal.print(
    json
      ? `${JSON.stringify(facts)}\n`
      : `standing command on ${target.topic} at ${rateHz} Hz (${what}), held until Ctrl-C\n`,
  );
  try {
    await repeat(holdMs / 3, terminal.signal, async () => {
      await renew(holdMs);
    });
  } finally {
    await robot.endStanding(target.topic, { deadlineMs: askedMs });
  }
}
