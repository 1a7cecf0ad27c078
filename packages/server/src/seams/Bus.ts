import type { Disposer } from '@longline/ros';

/** Told a message of a subject. `data` is valid during the call only. */
export type BusListener = (data: Uint8Array) => void;

/**
 * How the servers of one fleet speak with each other. At most once, in order per publisher; a server hears itself.
 * Nobody waits for a slow listener.
 */
export interface Bus {
  /** Resolves when the bus took the message. Subjects are names with dots: `line.opened`. */
  publish(subject: string, data: Uint8Array): Promise<void>;
  /** Resolves when messages published from now on are heard. */
  subscribe(subject: string, listener: BusListener): Promise<Disposer>;
  /** Idempotent. */
  close(): Promise<void>;
}
