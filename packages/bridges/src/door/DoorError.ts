import { LonglineError } from '@longline/ros';

/** What a door itself refuses. The codes are those that the line and the agent have for the same; docs/errors.md says what to do. */
export type DoorErrorCode = 'COMMAND_EXPIRED' | 'FRAME_MALFORMED' | 'FRAME_UNEXPECTED' | 'LIMIT_EXCEEDED';

/** A door refused what a reader sent. */
export class DoorError extends LonglineError<DoorErrorCode> {
  override readonly name = 'DoorError';
}
