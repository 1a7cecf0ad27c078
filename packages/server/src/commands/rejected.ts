import type { Reply } from '@longline/line';
import { isLonglineError } from '@longline/ros';

const nothing = new Uint8Array(0);

/** A refusal before the robot was asked, as a last word. Throws what is no refusal. */
export function rejected(id: string, error: unknown): Reply {
  if (!isLonglineError(error)) throw error;
  return { id, state: 'rejected', code: error.code, message: error.message, payload: nothing };
}
