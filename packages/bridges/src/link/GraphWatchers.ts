import type { Disposer, GraphListener, GraphSnapshot, GraphStatus } from '@longline/ros';

/** Those who watch a robot's graph: told of its status and of every snapshot that differs from the one before. */
export class GraphWatchers {
  readonly #listeners = new Set<GraphListener>();
  #status: GraphStatus;
  #told: GraphSnapshot | undefined;
  #toldText = '';

  constructor(status: GraphStatus) {
    this.#status = status;
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  get status(): GraphStatus {
    return this.#status;
  }

  /** Whether there was a snapshot to tell. */
  get isKnown(): boolean {
    return this.#told !== undefined;
  }

  watch(listener: GraphListener): Disposer {
    this.#listeners.add(listener);
    queueMicrotask(() => {
      if (!this.#listeners.has(listener)) return;
      listener.handleStatus?.(this.#status);
      if (this.#told !== undefined) listener.handleGraph?.(this.#told);
    });
    return () => this.#listeners.delete(listener);
  }

  /** Told where it differs. */
  handleStatus(status: GraphStatus): void {
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    for (const listener of [...this.#listeners]) listener.handleStatus?.(status);
  }

  /** Told where it differs. */
  handleGraph(snapshot: GraphSnapshot): void {
    const text = JSON.stringify(snapshot);
    if (text === this.#toldText) return;
    this.#told = snapshot;
    this.#toldText = text;
    for (const listener of [...this.#listeners]) listener.handleGraph?.(snapshot);
  }
}
