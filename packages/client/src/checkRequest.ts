import { RosError } from '@longline/ros';
import { actionSchema, defaultLimits, LineError } from '@longline/line';
import type { Action } from '@longline/line';

/** Longest deadline: a day. */
const MAX_DEADLINE_MS = 86_400_000;
/** Largest message, with room for the request's header in a frame. */
const MAX_PAYLOAD_BYTES = defaultLimits.maxFrameBytes - 64 * 1024;
const MAX_ID_LENGTH = 128;

/**
 * What the protocol cannot carry is refused here: on the line it would end the connection of everybody who shares it.
 * Throws `PARAMETER_INVALID`, `FRAME_TOO_LARGE`.
 */
export function checkRequest(action: Action, payload: Uint8Array, deadlineMs: number, id?: string): void {
  const parsed = actionSchema.safeParse(action);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined) {
    throw new RosError('PARAMETER_INVALID', `${issue.path.join('.') || action.kind} of a request: ${issue.message}.`);
  }
  if (!(deadlineMs >= 0 && deadlineMs <= MAX_DEADLINE_MS)) {
    throw new RosError('PARAMETER_INVALID', `deadlineMs must be 0 to ${MAX_DEADLINE_MS}, not ${deadlineMs}.`);
  }
  if (id !== undefined && !(id.length >= 1 && id.length <= MAX_ID_LENGTH)) {
    throw new RosError('PARAMETER_INVALID', `id must have 1 to ${MAX_ID_LENGTH} characters, not ${id.length}.`);
  }
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new LineError(
      'FRAME_TOO_LARGE',
      `A request's message has ${payload.length} bytes; ${MAX_PAYLOAD_BYTES} are allowed. Send it in parts.`,
    );
  }
}
