import { RosError } from '@longline/ros';
import type { Disposer, GraphListener, GraphSnapshot } from '@longline/ros';

/** Watchers of one graph at once; one more is refused. */
export const MAX_WATCHERS = 10_000;

/** Who watches the graph. Changes within one turn of the program are told once. */
export class Watchers {
  readonly #snapshot: () => GraphSnapshot;
  readonly #listeners = new Set<{ readonly listener: GraphListener }>();
  #changed = false;
  #closed = false;

  constructor(snapshot: () => GraphSnapshot) {
    this.#snapshot = snapshot;
  }

  /** Tells status and graph on a later microtask. Throws `NOT_SUPPORTED` when there are too many. */
  add(listener: GraphListener): Disposer {
    if (this.#listeners.size >= MAX_WATCHERS) {
      throw new RosError(
        'NOT_SUPPORTED',
        `A turtlesim graph has at most ${MAX_WATCHERS} watchers: dispose of some first.`,
      );
    }
    const watcher = { listener };
    let disposed = false;
    if (!this.#closed) this.#listeners.add(watcher);
    queueMicrotask(() => {
      if (disposed) return;
      if (this.#closed) {
        listener.handleStatus?.({
          state: 'disconnected',
          code: 'GRAPH_CLOSED',
          reason: 'This graph was closed: open it again.',
        });
        return;
      }
      listener.handleStatus?.({ state: 'connected' });
      listener.handleGraph?.(this.#snapshot());
    });
    return () => {
      disposed = true;
      this.#listeners.delete(watcher);
    };
  }

  handleChange(): void {
    if (this.#changed || this.#closed || this.#listeners.size === 0) return;
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      if (this.#closed) return;
      const snapshot = this.#snapshot();
      for (const { listener } of [...this.#listeners]) listener.handleGraph?.(snapshot);
    });
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
  }
}
