/** The processes of the commands bench. */
export type CommandRole = 'server' | 'robot' | 'operator';

/** What a process of the commands bench is told to do, one thing at a time. */
export type Order =
  /** The server listens; `dataDir` holds the lives of the commands. */
  | { readonly do: 'serve'; readonly host: string; readonly port: number; readonly dataDir: string }
  /** Robot and operator connect; a `loaded` robot publishes more than the thin link carries, and the operator reads it. */
  | { readonly do: 'connect'; readonly url: string; readonly loaded: boolean }
  /** The operator sends commands on a schedule, whether or not those before were answered; `leased` ones move the robot. */
  | { readonly do: 'pace'; readonly perSecond: number; readonly forMs: number; readonly leased: boolean }
  /** The operator keeps so many commands under way. */
  | { readonly do: 'flood'; readonly underWay: number; readonly forMs: number }
  | { readonly do: 'stop' };

/** What became of the commands of one part. */
export interface Answered {
  readonly sent: number;
  readonly done: number;
  /** From the order to the last answer, in milliseconds. */
  readonly tookMs: number;
  /** From the call to the answer of each that was done, in milliseconds. */
  readonly roundTripsMs: readonly number[];
  /** Codes of those that were not, and how often. */
  readonly failures: Readonly<Record<string, number>>;
}

/** What it answers. */
export type Answer =
  | { readonly did: 'serve'; readonly url: string }
  | { readonly did: 'connect' | 'stop' }
  | ({ readonly did: 'pace' | 'flood' } & Answered)
  | { readonly failed: string };
