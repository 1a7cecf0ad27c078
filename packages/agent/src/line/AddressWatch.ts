import type { Clock, Disposer } from '@longline/ros';

/** It is looked this often, in milliseconds. */
export const ADDRESS_LOOK_MS = 500;

/** Sees when this machine's addresses change: no packet tells a connection that the address it leaves from is gone. */
export class AddressWatch {
  readonly #clock: Clock;
  readonly #localAddresses: () => readonly string[];
  readonly #handleChange: (gone: ReadonlySet<string>) => void;
  #known: ReadonlySet<string> = new Set();
  #cancel: Disposer | undefined;

  constructor(options: {
    readonly clock: Clock;
    readonly localAddresses: () => readonly string[];
    /** Some are new or gone. */
    readonly handleChange: (gone: ReadonlySet<string>) => void;
  }) {
    this.#clock = options.clock;
    this.#localAddresses = options.localAddresses;
    this.#handleChange = options.handleChange;
  }

  start(): void {
    this.#known = new Set(this.#localAddresses());
    this.#lookLater();
  }

  /** Idempotent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #lookLater(): void {
    this.#cancel = this.#clock.after(ADDRESS_LOOK_MS, () => this.#look());
  }

  #look(): void {
    this.#lookLater();
    const now = new Set(this.#localAddresses());
    const known = this.#known;
    this.#known = now;
    const gone = new Set([...known].filter((address) => !now.has(address)));
    if (gone.size > 0 || [...now].some((address) => !known.has(address))) this.#handleChange(gone);
  }
}
