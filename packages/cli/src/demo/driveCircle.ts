import type { Lease, RemoteDevice } from '@longline/client';
import { isLonglineError } from '@longline/ros';
import { pause } from '../pause.ts';
import { repeat } from '../repeat.ts';

const TOPIC = '/turtle1/cmd_vel';
const TYPE = 'geometry_msgs/Twist';
/** Radius 1: a metre and a radian a second. */
const CIRCLE = { linear: { x: 1 }, angular: { z: 1 } };
/** Five frames within the topic's timeout. */
const FRAME_MS = 100;
/** Between two attempts to get the lease. */
const RETRY_MS = 500;

/** Drives a turtle in a circle under its lease, until the signal aborts; taken the lease, it takes it back when it is free. */
export async function driveCircle(
  device: RemoteDevice,
  note: (words: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const noted = new Set<string>();
  const noteOnce = (code: string, message: string): void => {
    if (!noted.has(code)) note(`${code}: ${message}`);
    noted.add(code);
  };
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      await using lease = await device.takeLease({ signal });
      noted.clear();
      lease.refusals.listen(({ code, message }) => noteOnce(code, message));
      await circle(lease, AbortSignal.any([signal, lease.lost]));
      if (lease.lost.aborted) throw lease.lost.reason;
    } catch (error) {
      if (isOver()) return;
      if (!isLonglineError(error)) throw error;
      // Before the agent has connected there is no robot to drive.
      if (!error.code.startsWith('DEVICE_')) noteOnce(error.code, error.message);
      await pause(RETRY_MS, signal);
    }
  }
}

const circle = (lease: Lease, signal: AbortSignal): Promise<void> =>
  repeat(FRAME_MS, signal, () => {
    lease.publish(TOPIC, CIRCLE, { type: TYPE });
    return Promise.resolve();
  });
