import type { Disposer } from '@longline/ros';
import { NewestQueue } from '@longline/line';

/** The connection to the server, as of now. */
export type FleetStatus =
  | { readonly state: 'connecting' }
  | {
      readonly state: 'connected';
      readonly server: string;
      readonly software: string;
      /** The page is hidden, and no messages come until it is shown. */
      readonly paused?: true;
    }
  /** `code` is the server's where it gave one. Without `retryInMs` no further attempt is made. */
  | {
      readonly state: 'disconnected';
      readonly code: string;
      readonly reason: string;
      readonly retryInMs: number | undefined;
      /** The server does not take the credentials, or wants some: nothing changes until somebody gives others. */
      readonly refused?: true;
    }
  | { readonly state: 'closed' };

/** Changes that a slow reader of the stream keeps; beyond it the oldest go. */
const MAX_WAITING = 100;

/** Tells the connection's present status and every change, to callbacks and to `for await` loops. */
export class StatusStream implements AsyncIterable<FleetStatus> {
  readonly #listeners = new Set<(status: FleetStatus) => void>();
  #current: FleetStatus = { state: 'connecting' };

  /** The status now. */
  get current(): FleetStatus {
    return this.#current;
  }

  /** Calls back at every change until the disposer is called; the present status is {@link current}. */
  listen(listener: (status: FleetStatus) => void): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The present status, then every change; ends after `closed`. */
  async *[Symbol.asyncIterator](): AsyncIterator<FleetStatus, undefined> {
    const queue = new NewestQueue<FleetStatus>(MAX_WAITING);
    queue.push(this.#current);
    const stop = this.listen((status) => queue.push(status));
    try {
      for (let status = await queue.next(); status !== undefined; status = await queue.next()) {
        yield status;
        if (status.state === 'closed') return undefined;
      }
    } finally {
      stop();
    }
    return undefined;
  }

  /** @internal For the fleet. */
  set(status: FleetStatus): void {
    this.#current = status;
    for (const listener of [...this.#listeners]) listener(status);
  }
}
