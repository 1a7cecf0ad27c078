/** The sockets that are open, until there are none. */
export class OpenSockets<Socket> {
  readonly #open = new Set<Socket>();
  #handleEmpty: (() => void) | undefined;

  get size(): number {
    return this.#open.size;
  }

  add(socket: Socket): void {
    this.#open.add(socket);
  }

  delete(socket: Socket): void {
    if (this.#open.delete(socket) && this.#open.size === 0) this.#handleEmpty?.();
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return [...this.#open].values();
  }

  /** Resolves when none is open. */
  emptied(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#handleEmpty;
      this.#handleEmpty = () => {
        before?.();
        this.#handleEmpty = undefined;
        resolve();
      };
    });
  }
}
