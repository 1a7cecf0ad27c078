import { NewestQueue } from '@longline/line';
import type { CommandRecord } from '../store/CommandRecord.ts';
import { commandInfo } from './CommandInfo.ts';
import type { CommandInfo } from './CommandInfo.ts';
import type { Commands } from './Commands.ts';

/** Changes that wait for a slow loop; beyond it the oldest go and are counted. */
const MAX_WAITING = 1_000;

/** The changes of commands, for `for await` loops: each command as it is after each of its transitions, from now on. */
export class CommandWatch implements AsyncIterable<CommandInfo> {
  readonly #commands: Commands;
  readonly #isMeant: (record: CommandRecord) => boolean;
  readonly #signal: AbortSignal | undefined;
  #droppedBefore = 0;
  #queue: NewestQueue<CommandRecord> | undefined;

  constructor(commands: Commands, isMeant: (record: CommandRecord) => boolean, signal?: AbortSignal) {
    this.#commands = commands;
    this.#isMeant = isMeant;
    this.#signal = signal;
  }

  /** Changes lost because the loop was slow. */
  get dropped(): number {
    return this.#droppedBefore + (this.#queue?.dropped ?? 0);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CommandInfo, undefined> {
    this.#droppedBefore = this.dropped;
    const queue = new NewestQueue<CommandRecord>(MAX_WAITING);
    this.#queue = queue;
    const end = (): void => queue.end();
    const stop = this.#commands.watch((record) => {
      // Who waits in the queue of a slow reader needs no payload.
      if (this.#isMeant(record)) queue.push({ ...record, payload: undefined });
    });
    this.#signal?.addEventListener('abort', end);
    try {
      while (this.#signal?.aborted !== true) {
        const record = queue.shift() ?? (await queue.next());
        if (record === undefined) break;
        yield commandInfo(record);
      }
      return undefined;
    } finally {
      this.#signal?.removeEventListener('abort', end);
      stop();
    }
  }
}
