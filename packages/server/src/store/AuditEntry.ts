/** What an entry of the audit is about. */
export const auditWhats = [
  // A command ended, or the robot's later word settled it: `outcome` is its state.
  'command',
  // A request was refused before it became a command.
  'refused',
  'lease.taken',
  'lease.takenOver',
  'lease.released',
  // It ran out, its line ended, or somebody took it over.
  'lease.lost',
  'motion.start',
  // `details` has how many frames were sent and refused.
  'motion.end',
  // One frame of a stream, at most every 10 s.
  'motion.sample',
  'motion.refused',
  'stop',
  'stop.release',
  // Somebody provides a service on the robot, from `done` on, and how it ended.
  'service.advertise',
  'service.unadvertise',
  // An administrator let a robot join, or join anew.
  'device.add',
  // It did; `code` where its token had been used. `principal` is the administrator.
  'device.join',
  'device.revoke',
  // Two agents with one device ID, and with one key on a locked server, take the line from each other.
  'device.cloned',
  // `target` is the token's name, `details` what it is for.
  'token.add',
  'token.change',
  'token.revoke',
  // Wrong credentials came: at most an entry every 10 s, `details` has how many and the last one's address.
  'login.failed',
] as const;
export type AuditWhat = (typeof auditWhats)[number];

/** One thing that somebody did or wanted to do, for whoever asks later. */
export interface AuditEntry {
  readonly what: AuditWhat;
  /** The name of who asked. */
  readonly principal: string;
  readonly device?: string | undefined;
  /** The topic, service, parameter or pattern it is about. */
  readonly target?: string | undefined;
  /** How it ended: the state of a command, `done` by default. */
  readonly outcome?: string | undefined;
  /** Why it did not end as it should. */
  readonly code?: string | undefined;
  /** Fencing token of the lease; 0 without one. */
  readonly token?: number | undefined;
  /** Whatever else is worth knowing: plain values, at most 4 KiB as JSON; a larger one is left out. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** An entry as it is kept: numbered, with the server's wall time in milliseconds since 1970. */
export interface KeptAuditEntry extends AuditEntry {
  readonly order: number;
  readonly timeMs: number;
}
