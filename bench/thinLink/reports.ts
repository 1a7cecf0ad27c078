/** What a process of the thin-link bench is told to do. */
export type Order =
  | { readonly do: 'serve' }
  | { readonly do: 'connect' }
  /** The robot publishes and the reader sends commands, from now on. */
  | { readonly do: 'begin' }
  | { readonly do: 'report' }
  /** Of a robot: how often it was connected. */
  | { readonly do: 'count' };

/** What it answers, under the same name. */
export type Answer =
  | { readonly did: 'serve' | 'connect' | 'begin' }
  | { readonly did: 'report'; readonly robot?: RobotReport; readonly reader?: ReaderReport }
  | { readonly did: 'count'; readonly connections: number }
  | { readonly failed: string };

/** A message that reached the reader. Times are those of the shared clock. */
export interface Arrival {
  readonly sequence: number;
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** A command that took effect on the robot. */
export interface Execution {
  readonly sequence: number;
  readonly issuedMs: number;
  readonly executedMs: number;
}

/** All that the robot did. */
export interface RobotReport {
  /** Per topic when each message was published, by sequence. */
  readonly publishedMs: readonly (readonly number[])[];
  readonly executed: readonly Execution[];
  /** How late each of its timers was, in milliseconds. */
  readonly timersLateMs: readonly number[];
}

/** All that the reader saw and did. */
export interface ReaderReport {
  /** Per topic in the order of arrival. */
  readonly received: readonly (readonly Arrival[])[];
  /** When each command was issued, by sequence. */
  readonly issuedMs: readonly number[];
  readonly timersLateMs: readonly number[];
}
