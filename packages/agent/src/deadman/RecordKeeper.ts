import type { Log } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { DeadmanMemory, DeadmanRecord } from './DeadmanMemory.ts';

/** Brings the record to disk: one write at a time, and what changed meanwhile with the next. */
export class RecordKeeper {
  readonly #memory: DeadmanMemory;
  readonly #log: Log;
  readonly #read: () => DeadmanRecord;
  #running: Promise<void> = Promise.resolve();
  /** The write that will take what is true at its start; undefined once it has begun. */
  #next: Promise<void> | undefined;
  #isFrozen = false;

  constructor(options: {
    readonly memory: DeadmanMemory;
    readonly log: Log;
    /** The record as of now. */
    readonly read: () => DeadmanRecord;
  }) {
    this.#memory = options.memory;
    this.#log = options.log;
    this.#read = options.read;
  }

  /** Resolves when what is true now is on disk. Rejects with `STATE_UNWRITABLE`. */
  flush(): Promise<void> {
    this.#next ??= this.#running = this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#isFrozen ? Promise.reject(unwritable(undefined)) : this.#save();
      });
    return this.#next;
  }

  /** As {@link flush}, for what may get lost: at the worst the robot is stopped once more. */
  flushLater(): void {
    if (!this.#isFrozen) void this.flush().catch(() => undefined);
  }

  /** Writes nothing more: another process may have taken over. */
  freeze(): void {
    this.#isFrozen = true;
  }

  async #save(): Promise<void> {
    try {
      await this.#memory.save(this.#read());
    } catch (cause) {
      this.#log.error(
        { err: cause },
        'the deadman cannot write its state to disk; nothing moves the robot until it can',
      );
      throw unwritable(cause);
    }
  }
}

const unwritable = (cause: unknown): AgentError =>
  new AgentError(
    'STATE_UNWRITABLE',
    'The robot cannot write to its state folder what must survive a restart: lease, stops, what moves. ' +
      'See that the disk is not full and that the agent may write to stateDir of its configuration.',
    { cause },
  );
