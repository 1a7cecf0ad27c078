import { CallConnection } from './CallConnection.ts';
import type { CallBounds } from '../link/CallBounds.ts';
import type { BridgeAnswer, BridgeCall, CallConnectionOptions } from './CallConnection.ts';

/** Most connections for the callers' own service calls, opened as calls overlap. */
export const MAX_CALL_CONNECTIONS = 4;

/** Service calls side by side: each goes to an idle connection, else to a new one, else behind the shortest queue. */
export class CallPool {
  readonly #options: CallConnectionOptions;
  readonly #connections: CallConnection[] = [];
  #closed = false;

  constructor(options: CallConnectionOptions) {
    this.#options = options;
  }

  /** As {@link CallConnection.call}. */
  call(call: BridgeCall, bounds: CallBounds): Promise<BridgeAnswer> {
    const idlest = this.#connections.toSorted((a, b) => a.load - b.load)[0];
    if (idlest !== undefined && (idlest.load === 0 || this.#connections.length >= MAX_CALL_CONNECTIONS)) {
      return idlest.call(call, bounds);
    }
    const connection = new CallConnection(this.#options);
    if (this.#closed) connection.close();
    this.#connections.push(connection);
    return connection.call(call, bounds);
  }

  /** Fails what is under way with `ROS_UNREACHABLE`, and every later call. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.close();
  }
}
