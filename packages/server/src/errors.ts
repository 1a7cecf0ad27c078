import { LonglineError } from '@longline/ros';

/** Codes of this package; docs/errors.md says what each means and what to do. */
export const serverErrorCodes = [
  'ADDRESS_NOT_LOOPBACK',
  'ADDRESS_UNUSABLE',
  'BODY_TOO_LARGE',
  'COMMAND_ID_REUSED',
  'COMMAND_LIMIT',
  'COMMAND_UNKNOWN',
  'DEVICE_OFFLINE',
  'DEVICE_UNKNOWN',
  'HOST_FORBIDDEN',
  'INTERNAL',
  'MESSAGE_NONE',
  'ORIGIN_FORBIDDEN',
  'PORT_IN_USE',
  'READER_LIMIT',
  'REQUEST_INVALID',
  'ROUTE_UNKNOWN',
  'SERVER_STOPPING',
  'STANDING_LIMIT',
  'STANDING_UNKNOWN',
  'SUBPROTOCOL_REQUIRED',
] as const;
export type ServerErrorCode = (typeof serverErrorCodes)[number];

/** The server refused something, or could not start. */
export class ServerError extends LonglineError<ServerErrorCode> {
  override readonly name = 'ServerError';
}

export const deviceUnknown = (device: string): ServerError =>
  new ServerError(
    'DEVICE_UNKNOWN',
    `No device ${device} has ever connected to this server. GET /api/v1/devices lists those that have; check the ID in the agent's config.`,
    { details: { device } },
  );

export const deviceOffline = (device: string): ServerError =>
  new ServerError(
    'DEVICE_OFFLINE',
    `Device ${device} is offline, and nothing is queued for it. Try again when it is online.`,
    { details: { device } },
  );
