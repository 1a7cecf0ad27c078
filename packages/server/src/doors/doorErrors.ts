import { RosError } from '@longline/ros';
import { ServerError } from '../errors.ts';
import { MAX_MOTION_FRAME_BYTES } from '../motion/MotionStream.ts';

/** It came before the reader's connection had settled, with what its client may have kept for long. */
export const commandStale = (name: string): ServerError =>
  new ServerError(
    'COMMAND_STALE',
    `What moves ${name} came with what the client flushed on connecting, and may be old: the robot did not get it. Send it again now.`,
    { details: { name } },
  );

/** It is older than what it moves may be kept moving by. */
export const motionExpired = (name: string, ageMs: number, timeoutMs: number): ServerError =>
  new ServerError(
    'COMMAND_EXPIRED',
    `What moves ${name} may be ${Math.round(ageMs)} ms old, and ${timeoutMs} ms are its timeout: the robot did not get it. ` +
      'Send it again once the connection answers faster.',
    { details: { name, ageMs: Math.round(ageMs), timeoutMs } },
  );

/** It may have been under way for so long that nobody knows whether it is still wanted. */
export const orderExpired = (name: string, ageMs: number, maxAgeMs: number): ServerError =>
  new ServerError(
    'COMMAND_EXPIRED',
    `What came for ${name} may be ${Math.round(ageMs)} ms old; at most ${maxAgeMs} ms are taken. Send it again once the connection answers.`,
    { details: { name, ageMs: Math.round(ageMs), maxAgeMs } },
  );

/** A reader of a door that named no lease moves a robot that gives none for moving. */
export const doorLeaseNeeded = (device: string, name: string): ServerError =>
  new ServerError(
    'LEASE_NEEDED',
    `${name} moves device ${device}: that needs its lease. Take it (POST /api/v1/devices/${device}/lease) and name its token in ` +
      "this door's address (?lease=TOKEN), or let the robot's configuration give it to who moves it (motion: implicitLease: true).",
    { details: { device, name } },
  );

export const latchedMotion = (topic: string): RosError =>
  new RosError(
    'NOT_SUPPORTED',
    `${topic} moves the robot, and takes no latched messages: they would be repeated late.`,
    {
      details: { topic },
    },
  );

/** There is nobody to be told any more. */
export const readerGone = (): RosError => new RosError('GRAPH_CLOSED', 'The reader of the door is gone.');

export const frameTooLarge = (bytes: number): ServerError =>
  new ServerError(
    'BODY_TOO_LARGE',
    `A message that moves the robot has ${bytes} bytes; at most ${MAX_MOTION_FRAME_BYTES} are passed on.`,
    { details: { bytes, max: MAX_MOTION_FRAME_BYTES } },
  );
