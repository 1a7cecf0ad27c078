import type { Action, Reply, ReplyListener } from '@longline/line';
import type { Disposer } from '@longline/ros';

/** `accepted -> sent -> received -> done | failed | rejected | expired | cancelled`, or `unknown` when no answer came. */
export type CommandState =
  'accepted' | 'sent' | 'received' | 'done' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'unknown';

/** When a command reached a state: server wall time in milliseconds since 1970. */
export interface CommandTimes {
  readonly acceptedMs: number;
  sentMs?: number;
  /** When the robot's word came. */
  receivedMs?: number;
  finishedMs?: number;
}

/** What is fixed about a command when it is made. */
export interface CommandIdentity {
  readonly id: string;
  readonly device: string;
  readonly action: Action;
  readonly issuer: string;
  /** Names action and payload; two commands of one ID must have the same. */
  readonly fingerprint: string;
  readonly deadlineMs: number;
}

const nothing = new Uint8Array(0);

/** One command and what became of it. `received` and what follows are the robot's word; a final state never changes. */
export class Command {
  readonly identity: CommandIdentity;
  readonly times: CommandTimes;
  readonly #maxKeptResultBytes: number;
  #state: CommandState = 'accepted';
  #final: Reply | undefined;
  #listeners = new Set<ReplyListener>();

  constructor(identity: CommandIdentity, acceptedMs: number, maxKeptResultBytes: number) {
    this.identity = identity;
    this.times = { acceptedMs };
    this.#maxKeptResultBytes = maxKeptResultBytes;
  }

  get state(): CommandState {
    return this.#state;
  }

  /** The last word; its payload is empty when it was too large to keep. */
  get final(): Reply | undefined {
    return this.#final;
  }

  handleSent(wallMs: number): void {
    if (this.#state !== 'accepted') return;
    this.#state = 'sent';
    this.times.sentMs = wallMs;
  }

  /** The robot's word, or the server's own before the command was sent. */
  handleReply(reply: Reply, wallMs: number): void {
    if (this.#final !== undefined) return;
    this.#state = reply.state;
    if (reply.state === 'received') {
      this.times.receivedMs ??= wallMs;
    } else {
      this.times.finishedMs = wallMs;
      const kept = reply.payload.length <= this.#maxKeptResultBytes;
      this.#final = { ...reply, payload: kept ? reply.payload.slice() : nothing };
    }
    const listeners = [...this.#listeners];
    if (this.#final !== undefined) this.#listeners.clear();
    for (const listener of listeners) listener(reply);
  }

  /** Tells every further word; a command that has ended tells its last one at once. */
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
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const stop = this.watch((reply) => {
      if (reply.state !== 'received') resolve(reply);
    });
    const handleAbort = (): void => {
      stop();
      reject(asError(signal?.reason));
    };
    if (signal?.aborted === true) handleAbort();
    signal?.addEventListener('abort', handleAbort, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', handleAbort));
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
