/** Bounds and times of one end of a line. Both ends enforce their own; the server tells its frame bound in the welcome. */
export interface LineLimits {
  /** Largest frame accepted, in bytes (clause 1.4). Beyond it: 4413. */
  readonly maxFrameBytes: number;
  /** Largest JSON body of one record, in bytes (clause 1.5). */
  readonly maxJsonBytes: number;
  /** Channels one end may have advertised at once (clause 3.4). */
  readonly maxChannels: number;
  /** Bytes of all definitions received on one line (clause 3.4). */
  readonly maxSchemaBytes: number;
  /** Requests without a final reply that one end may have open (clause 5.6). */
  readonly maxOpenRequests: number;
  /** Subscriptions of one reader (clause 9.2). */
  readonly maxSubscriptions: number;
  /** Frames with messages leave at least this far apart, so that messages share them, in milliseconds (clause 1.6). */
  readonly batchDelayMs: number;
  /** A frame leaves at once when it has this many bytes (clause 1.6). */
  readonly batchBytes: number;
  /** Most bytes that may be under way unacknowledged; the measured window is usually far less (clause 8.2). */
  readonly windowBytes: number;
  /** Bytes of control records that may wait on a congested socket before the line is given up (4429). */
  readonly maxPendingControlBytes: number;
  /** Bytes of the newest messages kept for a reader whose socket takes no data; beyond it those kept longest go (clause 9.6). */
  readonly maxKeptBytes: number;
  /** How long the accepting side waits for the hello, and the connecting side for the welcome (clause 2.1). */
  readonly helloTimeoutMs: number;
  /** The connecting side sends a ping this often (clause 7.1). */
  readonly heartbeatMs: number;
  /** With nothing received for this long, and for four round trips, the line is closed with 4408 (clause 7.3). */
  readonly silenceMs: number;
}

export const defaultLimits: LineLimits = {
  maxFrameBytes: 16 * 1024 * 1024,
  maxJsonBytes: 2 * 1024 * 1024,
  maxChannels: 10_000,
  maxSchemaBytes: 64 * 1024 * 1024,
  maxOpenRequests: 1_000,
  maxSubscriptions: 1_000,
  batchDelayMs: 5,
  batchBytes: 64 * 1024,
  windowBytes: 4 * 1024 * 1024,
  maxPendingControlBytes: 32 * 1024 * 1024,
  maxKeptBytes: 32 * 1024 * 1024,
  helloTimeoutMs: 10_000,
  heartbeatMs: 2_000,
  silenceMs: 3_000,
};

const completed = new WeakMap<Partial<LineLimits>, LineLimits>();

/** The given bounds and the defaults of the others: one object for all lines that are given the same one. */
export function completeLimits(limits: Partial<LineLimits> = defaultLimits): LineLimits {
  let complete = completed.get(limits);
  if (complete === undefined) completed.set(limits, (complete = { ...defaultLimits, ...limits }));
  return complete;
}

/**
 * A reader's line sends more often: what comes to it was batched by the robots' lines already, and many robots' messages
 * meet on it, so frames fill sooner.
 */
export const READER_BATCH_DELAY_MS = 2;

/**
 * A reader may be silent for longer: browsers run the timers of hidden pages once a minute, and nothing moves when a reader
 * is gone unnoticed, in milliseconds.
 */
export const READER_SILENCE_MS = 90_000;

/** The subprotocols this version speaks, best first (clause 1.1). */
export const subprotocols = ['longline.v1'] as const;
