import type { Reply, ReplyListener } from '@longline/line';
import type { Disposer } from '@longline/ros';
import type { CommandRecord, CommandState } from '../store/CommandRecord.ts';

export type { CommandState } from '../store/CommandRecord.ts';

/** What a caller may wait for. A command that ends before is waited for no longer. */
export const waitedStates = ['accepted', 'received', 'done'] as const;
export type WaitedState = (typeof waitedStates)[number];

/** What a command needs besides its record. */
export interface CommandOptions {
  /** A larger result goes to who waits for it and is not kept, in bytes. */
  readonly maxKeptResultBytes: number;
  /** Told after each transition; `hasEnded` where it came to a last word. */
  readonly handleChange: (command: Command, hasEnded: boolean) => void;
}

const nothing = new Uint8Array(0);

/**
 * One command and what became of it. `received` and what follows are the robot's word. A final state never changes, and
 * `unknown` only by the robot's later word.
 */
export class Command {
  readonly #options: CommandOptions;
  #record: CommandRecord;
  #final: Reply | undefined;
  #listeners = new Set<ReplyListener>();

  /** New, or as it was stored. */
  constructor(record: CommandRecord, options: CommandOptions) {
    this.#record = record;
    this.#options = options;
    this.#final = finalOf(record);
  }

  /** As it is now; a transition makes another record. */
  get record(): CommandRecord {
    return this.#record;
  }

  get state(): CommandState {
    return this.#record.state;
  }

  /** The robot, or the server for it, said how it ended. */
  get settled(): boolean {
    return this.#final !== undefined && this.#final.state !== 'unknown';
  }

  /** The last word, `unknown` too; its payload is empty when it was too large to keep. */
  get final(): Reply | undefined {
    return this.#final;
  }

  handleSent(wallMs: number, boot: string): void {
    if (this.#record.state !== 'accepted') return;
    this.#change({ ...this.#record, state: 'sent', boot, times: { ...this.#record.times, sentMs: wallMs } });
  }

  /** The robot's word, or the server's own where the robot says none. What comes after the verdict changes nothing. */
  handleReply(reply: Reply, wallMs: number): void {
    if (this.settled || (reply.state === 'unknown' && this.#final !== undefined)) return;
    if (reply.state === 'received') this.#handleReceived(reply, wallMs);
    else this.#handleFinal(reply, wallMs);
  }

  /** Tells every further word up to the last, which may be `unknown`; a command that has ended tells its last one at once. */
  watch(listener: ReplyListener): Disposer {
    if (this.#final !== undefined) {
      listener(this.#final);
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The last word with its whole payload. Rejects with the signal's reason when that comes first; the command goes on. */
  finished(signal?: AbortSignal): Promise<Reply> {
    return this.#heard((reply) => reply.state !== 'received', signal);
  }

  /** Resolves when it has come so far, or has ended, to the payload where there is one. Rejects as {@link finished}. */
  async reached(state: WaitedState, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    if (state === 'accepted' || (state === 'received' && this.#record.state === 'received')) return undefined;
    const reply = await this.#heard((word) => state === 'received' || word.state !== 'received', signal);
    return reply.state === 'received' ? undefined : reply.payload;
  }

  #heard(isAwaited: (reply: Reply) => boolean, signal: AbortSignal | undefined): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const stop = this.watch((reply) => {
      if (isAwaited(reply)) resolve(reply);
    });
    const handleAbort = (): void => reject(asError(signal?.reason));
    if (signal?.aborted === true) handleAbort();
    signal?.addEventListener('abort', handleAbort, { once: true });
    return promise.finally(() => {
      stop();
      signal?.removeEventListener('abort', handleAbort);
    });
  }

  #handleReceived(reply: Reply, wallMs: number): void {
    const { times, state } = this.#record;
    if (times.receivedMs !== undefined) return;
    const received = { ...times, receivedMs: wallMs, receivedRobotMs: reply.robotMs };
    this.#change({ ...this.#record, state: state === 'unknown' ? 'unknown' : 'received', times: received }, reply);
  }

  #handleFinal(reply: Reply, wallMs: number): void {
    const { state, code, message, encoding, payload, robotMs } = reply;
    if (state === 'received' || state === 'called') return;
    const isUnknown = state === 'unknown';
    const kept = payload.length <= this.#options.maxKeptResultBytes ? payload.slice() : nothing;
    this.#final = { ...reply, payload: kept };
    const { times } = this.#record;
    this.#change(
      {
        ...this.#record,
        state,
        code,
        message,
        encoding,
        result: kept.length === 0 ? undefined : kept,
        payload: isUnknown ? this.#record.payload : undefined,
        times: isUnknown ? { ...times, unknownMs: wallMs } : { ...times, finishedMs: wallMs, finishedRobotMs: robotMs },
      },
      reply,
    );
  }

  #change(record: CommandRecord, reply?: Reply): void {
    this.#record = record;
    this.#options.handleChange(this, reply !== undefined && reply.state !== 'received');
    if (reply === undefined) return;
    const listeners = [...this.#listeners];
    if (this.#final !== undefined) this.#listeners.clear();
    for (const listener of listeners) listener(reply);
  }
}

function finalOf({ id, state, code, message, encoding, result }: CommandRecord): Reply | undefined {
  if (state === 'accepted' || state === 'sent' || state === 'received') return undefined;
  return { id, state, code, message, encoding, payload: result ?? nothing };
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
