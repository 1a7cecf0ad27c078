import type { Lease, RemoteDevice } from '@longline/client';
import { isLonglineError, LonglineError } from '@longline/ros';

/** How a command takes the lease of its robot. */
export interface LeaseOptions {
  readonly takeOver?: boolean | undefined;
  readonly holdMs?: number | undefined;
}

/** Runs a command under the lease of its robot, given back afterwards. Rejects as {@link namingTakeOver} does. */
export async function withLease<T>(
  device: RemoteDevice,
  { holdMs, takeOver }: LeaseOptions,
  act: (lease: Lease) => Promise<T>,
): Promise<T> {
  await using lease = await namingTakeOver(() =>
    device.takeLease({ ...(holdMs === undefined ? {} : { holdMs }), ...(takeOver === true ? { takeOver } : {}) }),
  );
  return await act(lease);
}

/** Says at the command line how to take a lease over that somebody holds (`LEASE_HELD`). */
export const namingTakeOver = <T>(act: () => Promise<T>): Promise<T> =>
  explaining('LEASE_HELD', 'Here: --take-over.', act);

/** Says at the command line how to take the lease that a refusal asks for (`LEASE_NEEDED`). */
export const namingLease = <T>(act: () => Promise<T>): Promise<T> =>
  explaining('LEASE_NEEDED', 'Here: --lease takes it for this command; `longline drive` moves the robot by keys.', act);

async function explaining<T>(code: string, words: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isLonglineError(error) || error.code !== code) throw error;
    throw new LonglineError(code, `${error.message} ${words}`, { details: error.details, cause: error });
  }
}
