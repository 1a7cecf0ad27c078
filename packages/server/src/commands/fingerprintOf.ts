import { createHash } from 'node:crypto';
import type { Action } from '@longline/line';

/** Names an action with its payload. */
export function fingerprintOf(action: Action, payload: Uint8Array): string {
  return createHash('sha256').update(JSON.stringify(action)).update('\0').update(payload).digest('base64');
}
