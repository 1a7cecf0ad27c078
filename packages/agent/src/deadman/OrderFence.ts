import { AgentError } from '../errors.ts';
import type { MotionOrder } from './Deadman.ts';

/** Lets the orders of one output through in their order, each once: their sequence rises under a token. */
export class OrderFence {
  readonly #name: string;
  #token = 0;
  #sequence = -1;

  constructor(name: string) {
    this.#name = name;
  }

  /** Throws `COMMAND_OUT_OF_ORDER`. A repeat may come again while nothing newer was executed. */
  check({ token, sequence, repeat }: MotionOrder): void {
    if (token !== this.#token || (repeat ? sequence >= this.#sequence : sequence > this.#sequence)) return;
    throw new AgentError(
      'COMMAND_OUT_OF_ORDER',
      `${this.#name} has come to sequence ${this.#sequence} of lease token ${token}; ${sequence} comes too late. ` +
        'Count the sequence up with every motion command.',
      { details: { name: this.#name, token, sequence, lastSequence: this.#sequence } },
    );
  }

  /** It is executed now. */
  pass({ token, sequence }: MotionOrder): void {
    this.#token = token;
    this.#sequence = sequence;
  }
}
