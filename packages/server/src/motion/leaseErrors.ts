import { ServerError } from '../errors.ts';

/** Somebody has the lease, or is taking it, or what he gave back is not yet confirmed. `asking` is who wants it. */
export function leaseHeld(device: string, holder: string, asking: string): ServerError {
  const who = holder === asking ? `Another program or window of ${holder}` : holder;
  return new ServerError(
    'LEASE_HELD',
    `${who} holds the lease of device ${device}, so only they may move it. Ask them to release it, or take it over (takeOver).`,
    { details: { device, holder } },
  );
}

/** The token is not, or no longer, that of the lease. `why` is a clause: "it ran out". */
export const leaseLost = (device: string, token: number, why: string, holder?: string): ServerError =>
  new ServerError(
    'LEASE_LOST',
    `The lease of device ${device} under token ${token} is over: ${why}. Take it again before moving the robot.`,
    { details: { device, token, ...(holder === undefined ? {} : { holder }) } },
  );

export const leaseNeeded = (device: string): ServerError =>
  new ServerError(
    'LEASE_NEEDED',
    `This needs the lease of device ${device}. Take it (POST /api/v1/devices/${device}/lease, or takeLease()) and give its token.`,
    { details: { device } },
  );

/** A word about a lease that was too old when it came. */
export const leaseWordExpired = (device: string, ageMs: number, holdMs: number): ServerError =>
  new ServerError(
    'COMMAND_EXPIRED',
    `The request was ${Math.round(ageMs)} ms old, and the lease of device ${device} was to be held for ${holdMs} ms; it would be ` +
      'over already. Ask for a longer hold where the path to the server is slow.',
    { details: { device, ageMs, holdMs } },
  );

/** A hold has bounds (clause 5.2). Throws `REQUEST_INVALID`. */
export function checkHold(holdMs: number): void {
  if (holdMs >= 200 && holdMs <= 60_000) return;
  throw new ServerError(
    'REQUEST_INVALID',
    `holdMs is ${holdMs}; a lease is held for 200 to 60,000 ms. Renew it to hold it longer.`,
    {
      details: { field: 'holdMs' },
    },
  );
}
