import { LonglineError } from '@longline/ros';

/** Codes of the agent; docs/errors.md says what each means and what to do. */
export const agentErrorCodes = [
  'AGENT_BUSY',
  'AGENT_STOPPED',
  'CALL_ENDED',
  'CHANNEL_LIMIT',
  'CLOCK_UNSURE',
  'COMMAND_EXPIRED',
  'COMMAND_ID_REUSED',
  'COMMAND_OUT_OF_ORDER',
  'COMMAND_UNCERTAIN',
  'CONFIG_INVALID',
  'CONNECTION_INSECURE',
  'DEADMAN_ABSENT',
  'IDENTITY_UNUSABLE',
  'LEASE_LOST',
  'LEASE_NEEDED',
  'LEASE_STALE',
  'LIMIT_BEYOND',
  'MOTION_LINE_ENDED',
  'MOTION_NOT_RESUMED',
  'NOT_ALLOWED',
  'NOT_EXCLUSIVE',
  'NO_SUBSCRIBER',
  'PUBLISHER_LIMIT',
  'RATE_BEYOND',
  'REPLY_FORGOTTEN',
  'RESPONSE_INVALID',
  'ROBOT_URL_INVALID',
  'ROS_SILENT',
  'SERVER_UNREACHABLE',
  'SERVICE_ENDED',
  'SERVICE_LIMIT',
  'STANDING_LIMIT',
  'STATE_UNWRITABLE',
  'STOP_LATCHED',
  'STOP_UNDEFINED',
  'STOP_UNDELIVERED',
] as const;
export type AgentErrorCode = (typeof agentErrorCodes)[number];

/** The agent refuses, or its configuration cannot be used. */
export class AgentError extends LonglineError<AgentErrorCode> {
  override readonly name = 'AgentError';
}
