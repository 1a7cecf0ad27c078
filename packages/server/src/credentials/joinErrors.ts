import { LineError } from '@longline/line';
import { ServerError } from '../errors.ts';

export const joinTokenUnknown = (): ServerError =>
  new ServerError(
    'JOIN_TOKEN_UNKNOWN',
    'This is no join token of this server: it is mistyped, older than an hour, or was replaced by a newer one. "longline device add ID" makes another.',
  );

/** Another key has joined with it. */
export const joinTokenUsed = (): ServerError =>
  new ServerError(
    'JOIN_TOKEN_USED',
    'This join token was used already, with another key. If that was not this robot, revoke that key: "longline device revoke ID". Else "longline device rotate ID" makes another token.',
    { details: { sameKey: false } },
  );

/** This very key has joined with it: `joined` is what was answered then. */
export const joinedAlready = (joined: Readonly<Record<string, unknown>>): ServerError =>
  new ServerError('JOIN_TOKEN_USED', 'This key has joined with this join token already.', {
    details: { ...joined, sameKey: true },
  });

export const publicKeyInvalid = (): ServerError =>
  new ServerError(
    'PUBLIC_KEY_INVALID',
    'This is no Ed25519 public key. Send its 32 bytes in base64url, 43 characters.',
  );

export const joinSignatureInvalid = (): LineError =>
  new LineError(
    'SIGNATURE_INVALID',
    'The join is not signed by the key that is to join: something on the way altered it, or the robot and the server are of different versions.',
  );

export const keyUnknown = (device: string): LineError =>
  new LineError(
    'DEVICE_KEY_UNKNOWN',
    `${device} has no key here, and no join token. "longline device ls" lists those that have.`,
  );

export const robotLimit = (max: number): ServerError =>
  new ServerError('TOO_MANY_REQUESTS', `There are ${max} robots with keys or join tokens, and no more can be added.`);
