import { DEFAULT_DEADLINE_MS } from '@longline/ros';
import type { Clock, OperationOptions } from '@longline/ros';
import type { Action, ReaderEnd, Reply, ReplyListener } from '@longline/line';
import { checkRequest } from './checkRequest.ts';
import { ClientError } from './errors.ts';
import { randomId } from './randomId.ts';
import { waitBounded } from './waitBounded.ts';

/** How a {@link RequestSender} reaches the line. */
export interface RequestLine {
  /** The open line, if there is one. */
  readonly end: ReaderEnd | undefined;
  /** Resolves to the open line, at once if it is open. Rejects when there will be none. */
  whenOpen(options: OperationOptions): Promise<ReaderEnd>;
}

/** Marks what is asked for as asked under a lease. */
export interface LeaseStamp {
  readonly token: number;
  /** The next sequence: it rises with all that is sent under the token. */
  nextSequence(): number;
}

/** Options of {@link RequestSender.send}. */
export interface RequestOptions extends OperationOptions {
  /** 1 to 128 characters; a repeated ID is executed once. Default: 128 random bits. */
  readonly id?: string | undefined;
  readonly lease?: LeaseStamp | undefined;
  /** The robot said that it received the request. */
  readonly handleReceived?: ((reply: Reply) => void) | undefined;
}

/**
 * Sends requests to robots. One made while the server is not reached waits for the line within its deadline, and the
 * wait counts as its age; once sent it is never sent again.
 */
export class RequestSender {
  /** Who asks, for people and logs. */
  readonly issuer: string;
  readonly #clock: Clock;
  readonly #line: RequestLine;
  readonly #open = new Set<Promise<Reply>>();
  #sequence = 0;

  constructor(options: { readonly clock: Clock; readonly line: RequestLine; readonly issuer: string }) {
    this.#clock = options.clock;
    this.#line = options.line;
    this.issuer = options.issuer;
  }

  /** The open line, if there is one: for what must not wait for it. */
  get end(): ReaderEnd | undefined {
    return this.#line.end;
  }

  /** Resolves to the final reply. Rejects with `SERVER_UNREACHABLE`, `FLEET_CLOSED`, `LIMIT_EXCEEDED`, `PARAMETER_INVALID`, or the signal's reason. */
  async send(device: string, action: Action, payload: Uint8Array, options: RequestOptions): Promise<Reply> {
    const { deadlineMs = DEFAULT_DEADLINE_MS, handleReceived, signal } = options;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    await this.open(device, action, payload, options, (reply) => {
      if (reply.state === 'received') handleReceived?.(reply);
      else resolve(reply);
    });
    this.#open.add(promise);
    void promise.then(() => this.#open.delete(promise));
    if (signal === undefined) return promise;
    // The line settles every request by itself; this bound is never met before that.
    return waitBounded(this.#clock, promise, { signal, deadlineMs: deadlineMs + 60_000 }, () => missing(device));
  }

  /**
   * Sends a request and tells the listener every word about it, the last of which ends it: a provided service is `done` when it
   * is known, and then lasts (clause 5.13). Rejects where it could not be sent, as {@link send}.
   */
  async open(
    device: string,
    action: Action,
    payload: Uint8Array,
    options: Omit<RequestOptions, 'handleReceived'>,
    listener: ReplyListener,
  ): Promise<void> {
    const { deadlineMs = DEFAULT_DEADLINE_MS, id = randomId(), lease, signal } = options;
    signal?.throwIfAborted();
    checkRequest(action, payload, deadlineMs, id);
    const startMs = this.#clock.monotonicMs();
    const end = await this.#line.whenOpen({ deadlineMs, ...(signal === undefined ? {} : { signal }) });
    const header = {
      id,
      device,
      issuer: this.issuer,
      ageMs: this.#clock.monotonicMs() - startMs,
      deadlineMs,
      token: lease?.token ?? 0,
      sequence: lease?.nextSequence() ?? this.#sequence++,
      action,
    };
    end.request(header, payload, listener);
  }

  /** Resolves when no request is open but those of provided services. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }
}

const missing = (device: string): ClientError =>
  new ClientError('SERVER_UNREACHABLE', `a request to ${device} was neither answered nor given up`);
