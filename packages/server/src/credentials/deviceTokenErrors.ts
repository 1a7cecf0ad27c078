import { ServerError } from '../errors.ts';

export const hasAgentKey = (device: string): ServerError =>
  new ServerError(
    'DEVICE_KIND',
    `${device} has an agent with a key, or one may join: it is no plain device. Revoke that first: longline device revoke ${device}`,
    { details: { device } },
  );

export const isPlainDevice = (device: string): ServerError =>
  new ServerError(
    'DEVICE_KIND',
    `${device} is registered as a plain device, without an agent. Revoke that first: longline device revoke ${device}`,
    { details: { device } },
  );

export const tokenLimit = (max: number): ServerError =>
  new ServerError('TOO_MANY_REQUESTS', `There are ${max} plain devices with tokens, and no more can be added.`);

export const deviceTokenNeeded = (device: string): ServerError =>
  new ServerError(
    'CREDENTIAL_NEEDED',
    `This server is locked. Let ${device} send its token as "Authorization: Bearer ld_..."; longline device add ${device} --plain makes one.`,
  );

export const deviceTokenUnknown = (device: string): ServerError =>
  new ServerError(
    'TOKEN_UNKNOWN',
    `This is not the token of ${device}: it is mistyped, was exchanged, or is of another device or server. longline device rotate ${device} makes another.`,
  );

export const deviceTokenRevoked = (device: string): ServerError =>
  new ServerError(
    'TOKEN_REVOKED',
    `The token of ${device} was revoked. longline device add ${device} --plain makes another.`,
  );
