import { LonglineError } from '@longline/ros';

/** Codes of this package; docs/errors.md says what each means and what to do. */
export const serverErrorCodes = [
  'ADDRESS_NOT_LOOPBACK',
  'ADDRESS_UNUSABLE',
  'AGENT_BUSY',
  'BODY_TOO_LARGE',
  'COMMAND_CANCELLED',
  'COMMAND_CANNOT_WAIT',
  'COMMAND_EXPIRED',
  'COMMAND_ID_REUSED',
  'COMMAND_LIMIT',
  'COMMAND_OUT_OF_ORDER',
  'COMMAND_STALE',
  'COMMAND_UNDER_WAY',
  'COMMAND_UNKNOWN',
  'CREDENTIAL_NEEDED',
  'DEVICE_KIND',
  'DEVICE_OFFLINE',
  'DEVICE_UNKNOWN',
  'FORBIDDEN',
  'HOST_FORBIDDEN',
  'INTERNAL',
  'JOIN_TOKEN_UNKNOWN',
  'JOIN_TOKEN_USED',
  'LAST_ADMINISTRATOR',
  'LEASE_HELD',
  'LEASE_LOST',
  'LEASE_NEEDED',
  'LEASE_STALE',
  'LIMIT_BEYOND',
  'MESSAGE_NONE',
  'NOT_PROVIDED',
  'NO_SUBSCRIBER',
  'OPTION_INVALID',
  'ORIGIN_FORBIDDEN',
  'PORT_IN_USE',
  'PUBLIC_KEY_INVALID',
  'RATE_BEYOND',
  'READER_LIMIT',
  'REQUEST_INVALID',
  'RESPONSE_INVALID',
  'ROUTE_UNKNOWN',
  'SERVER_RESTARTED',
  'SERVER_STOPPING',
  'STANDING_LIMIT',
  'STANDING_UNKNOWN',
  'STOP_LATCHED',
  'STOP_LIMIT',
  'STOP_WAITS',
  'STORE_UNUSABLE',
  'SUBPROTOCOL_REQUIRED',
  'TICKET_UNKNOWN',
  'TLS_UNUSABLE',
  'TOKEN_IN_URL',
  'TOKEN_NAME_TAKEN',
  'TOKEN_NAME_UNKNOWN',
  'TOKEN_REVOKED',
  'TOKEN_UNKNOWN',
  'TOO_MANY_FAILURES',
  'TOO_MANY_REQUESTS',
  'UNGUARDED_MOTION',
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
