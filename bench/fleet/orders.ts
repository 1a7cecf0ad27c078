/** What the parent of the fleet bench asks of its children, by the name of the order. */
export interface Orders {
  /** Of the server. */
  readonly serve: { readonly robots: number };
  readonly memory: undefined;
  readonly profile: { readonly file: string | undefined };
  /** Of a load: connects robots `first` to `first + count - 1` from one address of this machine. */
  readonly connect: { readonly url: string; readonly address: string; readonly first: number; readonly count: number };
  /** Of a load: its first `robots` robots send. */
  readonly pace: { readonly robots: number; readonly hz: number; readonly forMs: number };
  /** Of a load: how many of its lines ended, which none should. */
  readonly ended: undefined;
  /** Of the reader: subscribes to everything, and has it when so many messages came. */
  readonly read: { readonly url: string; readonly expected: number };
  readonly report: undefined;
}

/** What they answer. */
export interface Answers {
  readonly serve: { readonly url: string };
  readonly memory: Memory;
  readonly profile: undefined;
  readonly connect: undefined;
  readonly pace: { readonly sent: number };
  readonly ended: number;
  readonly read: undefined;
  readonly report: Ages;
}

/** The server's memory in bytes, after a collection. */
export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
}

/** Ages from send to reader of the messages since the last report. */
export interface Ages {
  readonly received: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
