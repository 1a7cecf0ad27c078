/** The processes of the doors bench. */
export type DoorsRole = 'server' | 'robot' | 'readers';

/** What the robot publishes: small text messages, or images of so many bytes. */
export type DoorsTopic = 'text' | 'image';

/** What a process of the doors bench is told to do, one thing at a time. */
export type Order =
  | { readonly do: 'serve' }
  /** How often the server's doors wrote a message in another form. */
  | { readonly do: 'count' }
  | { readonly do: 'connect'; readonly url: string }
  /** The robot publishes on a schedule. */
  | {
      readonly do: 'pace';
      readonly topic: DoorsTopic;
      readonly bytes: number;
      readonly rateHz: number;
      readonly forMs: number;
    }
  /** The robot publishes as long as fewer messages than `inFlight` are on their way to the reader. */
  | {
      readonly do: 'flood';
      readonly topic: DoorsTopic;
      readonly bytes: number;
      readonly inFlight: number;
      readonly forMs: number;
    }
  /** So many readers connect to the door, of whom some read nothing after the first message. */
  | {
      readonly do: 'read';
      readonly door: string;
      readonly topic: DoorsTopic;
      readonly compression: string;
      readonly readers: number;
      readonly stalled: number;
    }
  /** What the readers had since the last report. */
  | { readonly do: 'report' }
  | { readonly do: 'leave' };

/** What it answers. */
export type Answer =
  | { readonly did: 'serve'; readonly url: string; readonly pid: number }
  | { readonly did: 'count'; readonly transcodings: number }
  | { readonly did: 'connect' | 'read' | 'leave' }
  | { readonly did: 'pace' | 'flood'; readonly sent: number }
  | { readonly did: 'report'; readonly received: number; readonly agesMs: readonly number[] }
  | { readonly failed: string };

/** Told without being asked, by the first reader, and passed on to the robot: how many messages it has. */
export interface Progress {
  readonly progress: number;
}
