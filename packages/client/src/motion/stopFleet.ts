import { isLonglineError } from '@longline/ros';
import type { LonglineError } from '@longline/ros';
import type { StopReport } from './stopDevice.ts';

/** What became of a stop of one robot among several. */
export type FleetStop =
  | { readonly device: string; readonly report: StopReport }
  /** It could not be sent, or nobody knows what became of it. */
  | { readonly device: string; readonly error: LonglineError };

/** Stops under way at once: within the room that every bound keeps for them (clause 5.6). */
const AT_ONCE = 100;

/** Stops several robots at the same time; one that fails keeps no other from being stopped. In the order of `devices`. */
export async function stopFleet(
  devices: readonly string[],
  stop: (device: string) => Promise<StopReport>,
): Promise<FleetStop[]> {
  const stopped: FleetStop[] = [];
  const left = devices.entries();
  const work = async (): Promise<void> => {
    // One iterator for all workers: each takes the next device.
    for (const [at, device] of left) {
      try {
        stopped[at] = { device, report: await stop(device) };
      } catch (error) {
        if (!isLonglineError(error)) throw error;
        stopped[at] = { device, error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, devices.length) }, work));
  return stopped;
}
