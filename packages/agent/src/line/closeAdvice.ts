import type { LineClose } from '@longline/line';

/** What a close of the line means for the next attempt. */
export interface CloseAdvice {
  /** At least this long before the next attempt, in milliseconds; undefined for the usual wait. */
  readonly waitMs: number | undefined;
  /** Whether every server is left alone for that time, not only the one that closed. */
  readonly isForAll: boolean;
  /** What the operator should do; undefined where waiting is all. */
  readonly remedy: string | undefined;
}

/** Wait after a refusal that only a person can end, in milliseconds. */
export const REFUSED_WAIT_MS = 30_000;

const remedies = new Map<number, string>([
  [4400, 'Correct "device" in the config, or update the older of agent and server'],
  [
    4401,
    'Let this robot join: "longline device add DEVICE" where an administrator is logged in prints the one command to run here',
  ],
  [4403, 'Ask the server’s operator to let this device in'],
  [
    4421,
    'This robot joined another server. Correct "server" in its config, or let it join this one: "longline device add DEVICE" prints the command',
  ],
  [
    4409,
    'Another agent uses the same device ID and took the line. Give each robot its own "device" in its config, or stop the other agent',
  ],
]);

/**
 * Reads from a close what to do next. `isOwnDoing`: an older connection of this same agent may have taken the line, which
 * is no quarrel with another agent and ends with the next attempt.
 */
export function closeAdvice(close: LineClose, isOwnDoing: boolean): CloseAdvice {
  const isReplaced = close.closeCode === 4409;
  // One bad frame says nothing about the next line, whichever side found it; the robot is not to be away for it.
  const isPassing =
    close.code === 'FRAME_MALFORMED' ||
    // The key may have been exchanged: the next hello is signed with the new one, or is told why not.
    close.code === 'ACCESS_REVOKED' ||
    (isReplaced && isOwnDoing);
  const remedy = isPassing ? undefined : remedies.get(close.closeCode);
  return { waitMs: remedy === undefined ? undefined : REFUSED_WAIT_MS, isForAll: isReplaced, remedy };
}
