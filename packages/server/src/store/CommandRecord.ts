import type { Action } from '@longline/line';
import type { Encoding } from '@longline/ros';

/**
 * `accepted -> sent -> received -> done | failed | rejected | expired | cancelled`, or `unknown` when no answer came: the
 * robot's later word settles that.
 */
export type CommandState =
  'accepted' | 'sent' | 'received' | 'done' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'unknown';

export const commandStates = [
  'accepted',
  'sent',
  'received',
  'done',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  'unknown',
] as const satisfies readonly CommandState[];

/** When a command reached each state: wall times in milliseconds since 1970, each written once. */
export interface CommandTimes {
  readonly acceptedMs: number;
  readonly sentMs?: number | undefined;
  /** When the robot's first word came, and when it was spoken on the robot's clock. */
  readonly receivedMs?: number | undefined;
  readonly receivedRobotMs?: number | undefined;
  /** When the server stopped expecting an answer; stays when the robot's later word comes. */
  readonly unknownMs?: number | undefined;
  readonly finishedMs?: number | undefined;
  readonly finishedRobotMs?: number | undefined;
}

/** A command and its life as they are stored. */
export interface CommandRecord {
  /** Its place among all commands of this server, from 1. */
  readonly order: number;
  readonly device: string;
  readonly id: string;
  readonly action: Action;
  readonly issuer: string;
  /** Names action and payload; two commands of one ID must have the same. */
  readonly fingerprint: string;
  readonly deadlineMs: number;
  /** Of the lease it is made under; 0 without one. */
  readonly token: number;
  readonly sequence: number;
  /** The run of the agent that it was sent to. */
  readonly boot?: string | undefined;
  readonly times: CommandTimes;
  readonly state: CommandState;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly encoding?: Encoding | undefined;
  /** The robot's result where it is small enough to keep. */
  readonly result?: Uint8Array | undefined;
  /** Kept until the command ended, to ask the robot what became of it. */
  readonly payload?: Uint8Array | undefined;
}
