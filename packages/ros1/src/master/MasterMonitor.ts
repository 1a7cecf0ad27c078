import type { Clock, Disposer, GraphListener, GraphSnapshot, GraphStatus, RosErrorCode } from '@longline/ros';
import { bounded } from '../bounded.ts';
import { graphSnapshot } from './graphSnapshot.ts';
import type { MasterClient, SystemState } from './MasterClient.ts';

/** How often the master is asked, in milliseconds, while somebody watches or anything is registered with it. */
export const POLL_INTERVAL_MS = 1_000;
const POLL_TIMEOUT_MS = 2_500;
const UNREACHABLE: RosErrorCode = 'ROS_UNREACHABLE';

export interface MasterMonitorOptions {
  readonly client: MasterClient;
  readonly callerId: string;
  readonly clock: Clock;
  /** Whether somebody needs the master to be asked although nobody watches. */
  readonly isNeeded: () => boolean;
  /** Called before each poll with what belongs to this moment, and after it with the answer. */
  readonly beginPoll: () => (state: SystemState) => void;
}

/** Asks the master each second and tells listeners about its status and the graph. */
export class MasterMonitor {
  readonly #options: MasterMonitorOptions;
  readonly #listeners = new Set<GraphListener>();
  readonly #closing = new AbortController();
  #status: GraphStatus;
  #snapshot: GraphSnapshot | undefined;
  #snapshotText = '';
  #polling = false;
  #hasAsked = false;
  #cancelTimer: Disposer | undefined;

  constructor(options: MasterMonitorOptions) {
    this.#options = options;
    this.#status = disconnected(`The ROS master at ${options.client.uri} has not answered yet.`);
  }

  watch(listener: GraphListener): Disposer {
    let active = true;
    queueMicrotask(() => {
      if (!active || this.#closing.signal.aborted) return;
      this.#listeners.add(listener);
      listener.handleStatus?.(this.#status);
      if (this.#snapshot !== undefined && this.#status.state === 'connected') listener.handleGraph?.(this.#snapshot);
      this.wake();
    });
    return () => {
      active = false;
      this.#listeners.delete(listener);
    };
  }

  /** Sees to it that polling goes on if it is needed. */
  wake(): void {
    if (this.#polling || this.#cancelTimer !== undefined || !this.#isNeeded()) return;
    void this.#poll();
  }

  close(): void {
    this.#closing.abort();
    this.#cancelTimer?.();
    this.#listeners.clear();
  }

  #isNeeded(): boolean {
    return !this.#closing.signal.aborted && (this.#listeners.size > 0 || this.#options.isNeeded());
  }

  async #poll(): Promise<void> {
    const { client, callerId, clock } = this.#options;
    this.#polling = true;
    try {
      const handleState = this.#options.beginPoll();
      const bounds = { clock, deadlineMs: POLL_TIMEOUT_MS, closing: this.#closing.signal };
      const [state, types] = await bounded(`The ROS master at ${client.uri}`, bounds, async (signal) => {
        return [await client.systemState(signal), await client.topicTypes(signal)] as const;
      });
      this.#setStatus({ state: 'connected' });
      this.#setSnapshot(graphSnapshot(state, types, callerId));
      handleState(state);
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#setStatus(disconnected(error instanceof Error ? error.message : String(error)));
      }
    }
    this.#polling = false;
    if (this.#isNeeded()) {
      this.#cancelTimer = clock.after(POLL_INTERVAL_MS, () => {
        this.#cancelTimer = undefined;
        this.wake();
      });
    }
  }

  #setStatus(status: GraphStatus): void {
    // The first failure says why, which the status before it could not.
    const changed = !this.#hasAsked || status.state !== this.#status.state;
    this.#hasAsked = true;
    this.#status = status;
    if (!changed) return;
    for (const listener of this.#listeners) listener.handleStatus?.(status);
  }

  #setSnapshot(snapshot: GraphSnapshot): void {
    const text = JSON.stringify(snapshot);
    if (text === this.#snapshotText) return;
    this.#snapshot = snapshot;
    this.#snapshotText = text;
    for (const listener of this.#listeners) listener.handleGraph?.(snapshot);
  }
}

function disconnected(reason: string): GraphStatus {
  return { state: 'disconnected', code: UNREACHABLE, reason };
}
