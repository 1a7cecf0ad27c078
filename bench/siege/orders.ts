/** The processes of the siege bench. */
export type SiegeRole = 'server' | 'fleet' | 'besieger';

/** How the server is reached, and by what certificate it is known where it speaks TLS. */
export interface Target {
  readonly url: string;
  readonly ca: string | undefined;
}

/** What a process of the siege bench is told to do, one thing at a time. */
export type Order =
  /** The server listens, locked. */
  | { readonly do: 'serve'; readonly tls: boolean; readonly profile: string | undefined }
  /** Honest robots join and connect, and honest readers of everything. */
  | ({ readonly do: 'connect'; readonly admin: string; readonly robots: number; readonly readers: number } & Target)
  /** The robots send. */
  | { readonly do: 'pace'; readonly hz: number; readonly forMs: number }
  /** The siege begins: connections that never finish, wrong tokens, and a reader that never reads. */
  | ({
      readonly do: 'besiege';
      readonly admin: string;
      readonly unfinished: number;
      readonly wrongPerSecond: number;
    } & Target)
  /** How the siege goes since the last such order. */
  | { readonly do: 'report' }
  | { readonly do: 'stop' };

/** Ages of the honest messages from robot to reader. */
export interface Ages {
  readonly sent: number;
  readonly received: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Honest lines that ended, which none should. */
  readonly linesEnded: number;
}

/** How a siege went. */
export interface SiegeReport {
  /** Of the connections that never finish, how many are open now, and how many the server ended. */
  readonly held: number;
  readonly ended: number;
  /** Wrong tokens sent and refused a second. */
  readonly wrongPerSecond: number;
  readonly refusedPerSecond: number;
  /** Whether the reader that never reads is connected. */
  readonly readerIsThere: boolean;
}

/** What it answers. */
export type Answer =
  | ({ readonly did: 'serve'; readonly admin: string } & Target)
  | { readonly did: 'connect' | 'besiege' | 'stop' }
  | ({ readonly did: 'pace' } & Ages)
  | ({ readonly did: 'report' } & SiegeReport)
  | { readonly failed: string };
