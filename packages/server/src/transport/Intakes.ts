import type { Principal } from '../access/Principal.ts';
import type { ServerLimits } from '../limits.ts';
import { IntakeBudget } from './IntakeBudget.ts';

/** What each device, and the readers of each principal, may send, on all connections and by all doors together. */
export class Intakes {
  readonly #limits: ServerLimits;
  /** As long as the device, or the principal, is known. */
  readonly #budgets = new WeakMap<object, IntakeBudget>();

  constructor(limits: ServerLimits) {
    this.#limits = limits;
  }

  /** `device` is the one object that stands for it. */
  ofDevice(device: object): IntakeBudget {
    const { deviceBytesPerSecond: bytesPerSecond, deviceMessagesPerSecond: recordsPerSecond } = this.#limits;
    return this.#of(device, { bytesPerSecond, recordsPerSecond });
  }

  ofReaders(principal: Principal): IntakeBudget {
    const { readerBytesPerSecond: bytesPerSecond, readerRecordsPerSecond: recordsPerSecond } = this.#limits;
    return this.#of(principal, { bytesPerSecond, recordsPerSecond });
  }

  #of(whose: object, limits: ConstructorParameters<typeof IntakeBudget>[0]): IntakeBudget {
    let budget = this.#budgets.get(whose);
    if (budget === undefined) this.#budgets.set(whose, (budget = new IntakeBudget(limits)));
    return budget;
  }
}
