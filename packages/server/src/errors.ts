import { LonglineError } from '@longline/ros';

/** Codes of this package; docs/errors.md says what each means and what to do. */
export const serverErrorCodes = [
  'ADDRESS_NOT_LOOPBACK',
  'ADDRESS_UNUSABLE',
  'BODY_TOO_LARGE',
  'COMMAND_CANCELLED',
  'COMMAND_CANNOT_WAIT',
  'COMMAND_EXPIRED',
  'COMMAND_ID_REUSED',
  'COMMAND_LIMIT',
  'COMMAND_UNDER_WAY',
  'COMMAND_OUT_OF_ORDER',
  'COMMAND_UNKNOWN',
  'DEVICE_OFFLINE',
  'DEVICE_UNKNOWN',
  'HOST_FORBIDDEN',
  'INTERNAL',
  'LEASE_HELD',
  'LEASE_LOST',
  'LEASE_NEEDED',
  'MESSAGE_NONE',
  'ORIGIN_FORBIDDEN',
  'PORT_IN_USE',
  'RATE_BEYOND',
  'READER_LIMIT',
  'REQUEST_INVALID',
  'ROUTE_UNKNOWN',
  'SERVER_RESTARTED',
  'SERVER_STOPPING',
  'STANDING_LIMIT',
  'STANDING_UNKNOWN',
  'STORE_UNUSABLE',
  'STOP_LIMIT',
  'STOP_WAITS',
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
