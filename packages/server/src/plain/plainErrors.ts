import { ServerError } from '../errors.ts';

export const unguardedMotion = (device: string, topic: string): ServerError =>
  new ServerError(
    'UNGUARDED_MOTION',
    `${topic} moves ${device}, a plain device: no deadman on it stops it when the connection fails. Where that harms nobody, register it: longline device add ${device} --plain --unguarded`,
    { details: { device, topic } },
  );

export const leaseNeededFor = (topic: string): ServerError =>
  new ServerError(
    'LEASE_NEEDED',
    `${topic} moves the device: take its lease first, and send the command under its token.`,
  );

export const staleLease = (token: number, highestToken: number): ServerError =>
  new ServerError(
    'LEASE_STALE',
    `The command was made under lease token ${token}; this device has seen ${highestToken}. Take the lease again.`,
    { details: { token, highestToken } },
  );

export const lostLease = (token: number): ServerError =>
  new ServerError('LEASE_LOST', `The lease with token ${token} is over. Take it again.`, { details: { token } });

export const outOfOrder = (topic: string): ServerError =>
  new ServerError('COMMAND_OUT_OF_ORDER', `A newer command for ${topic} came before this one; it was not sent.`);

export const tooLate = (ageMs: number, deadlineMs: number): ServerError =>
  new ServerError(
    'COMMAND_EXPIRED',
    `The command was ${Math.round(ageMs)} ms old, its deadline is ${Math.round(deadlineMs)} ms; it was not sent to the device.`,
    { details: { ageMs, deadlineMs } },
  );

export const silentDevice = (silentMs: number): ServerError =>
  new ServerError(
    'COMMAND_EXPIRED',
    `The device has not answered for ${Math.round(silentMs)} ms: what moves it would come late, and was not sent.`,
    { details: { silentMs } },
  );

export const stopLatched = (topic: string, by: string, outputs: string): ServerError =>
  new ServerError(
    'STOP_LATCHED',
    `${topic} was stopped by ${by || 'somebody'} and stays stopped. Release the stop of ${outputs} first.`,
    { details: { topic, by, outputs } },
  );

export const notFinite = (type: string): ServerError =>
  new ServerError('LIMIT_BEYOND', `A field of the ${type} is no finite number; it was not sent.`);

export const noSubscriber = (device: string, topic: string): ServerError =>
  new ServerError(
    'NO_SUBSCRIBER',
    `${device} has not subscribed to ${topic}: nothing was sent. See that its program does.`,
    { details: { device, topic } },
  );

export const deviceBusy = (device: string): ServerError =>
  new ServerError(
    'AGENT_BUSY',
    `${device} takes no data at the moment: what was sent before waits for it. Try again when it has caught up.`,
    { details: { device } },
  );
