import { DEFAULT_DEADLINE_MS, RosError } from '@longline/ros';
import type { Clock, OperationOptions } from '@longline/ros';
import { actionSchema, defaultLimits, LineError } from '@longline/line';
import type { Action, ReaderEnd, Reply } from '@longline/line';
import { ClientError } from './errors.ts';
import { waitBounded } from './waitBounded.ts';

/** Longest deadline: a day. */
const MAX_DEADLINE_MS = 86_400_000;
/** Largest message, with room for the request's header in a frame. */
const MAX_PAYLOAD_BYTES = defaultLimits.maxFrameBytes - 64 * 1024;

/** How a {@link RequestSender} reaches the line. */
export interface RequestLine {
  /** Resolves to the open line, at once if it is open. Rejects when there will be none. */
  whenOpen(options: OperationOptions): Promise<ReaderEnd>;
}

/**
 * Sends requests to robots. One made while the server is not reached waits for the line within its deadline, and the
 * wait counts as its age; once sent it is never sent again.
 */
export class RequestSender {
  readonly #clock: Clock;
  readonly #line: RequestLine;
  readonly #issuer: string;
  readonly #open = new Set<Promise<Reply>>();
  #sequence = 0;

  constructor(options: { readonly clock: Clock; readonly line: RequestLine; readonly issuer: string }) {
    this.#clock = options.clock;
    this.#line = options.line;
    this.#issuer = options.issuer;
  }

  /** Resolves to the final reply. Rejects with `SERVER_UNREACHABLE`, `FLEET_CLOSED`, `LIMIT_EXCEEDED`, `PARAMETER_INVALID`, or the signal's reason. */
  async send(device: string, action: Action, payload: Uint8Array, options: OperationOptions): Promise<Reply> {
    const { deadlineMs = DEFAULT_DEADLINE_MS, signal } = options;
    signal?.throwIfAborted();
    checkRequest(action, payload, deadlineMs);
    const startMs = this.#clock.monotonicMs();
    const end = await this.#line.whenOpen({ ...options, deadlineMs });
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const header = {
      id: randomId(),
      device,
      issuer: this.#issuer,
      ageMs: this.#clock.monotonicMs() - startMs,
      deadlineMs,
      token: 0,
      sequence: this.#sequence++,
      action,
    };
    end.request(header, payload, (reply) => {
      if (reply.state !== 'received') resolve(reply);
    });
    this.#open.add(promise);
    void promise.then(() => this.#open.delete(promise));
    if (signal === undefined) return promise;
    // The line settles every request by itself; this bound is never met before that.
    return waitBounded(this.#clock, promise, { signal, deadlineMs: deadlineMs + 60_000 }, () => missing(device));
  }

  /** Resolves when no request is open. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }
}

/**
 * What the protocol cannot carry is refused here: on the line it would end the connection of everybody who shares it.
 * Throws `PARAMETER_INVALID`, `FRAME_TOO_LARGE`.
 */
function checkRequest(action: Action, payload: Uint8Array, deadlineMs: number): void {
  const parsed = actionSchema.safeParse(action);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined) {
    throw new RosError('PARAMETER_INVALID', `${issue.path.join('.') || action.kind} of a request: ${issue.message}.`);
  }
  if (!(deadlineMs >= 0 && deadlineMs <= MAX_DEADLINE_MS)) {
    throw new RosError('PARAMETER_INVALID', `deadlineMs must be 0 to ${MAX_DEADLINE_MS}, not ${deadlineMs}.`);
  }
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new LineError(
      'FRAME_TOO_LARGE',
      `A request's message has ${payload.length} bytes; ${MAX_PAYLOAD_BYTES} are allowed. Send it in parts.`,
    );
  }
}

const missing = (device: string): ClientError =>
  new ClientError('SERVER_UNREACHABLE', `a request to ${device} was neither answered nor given up`);

/** 128 random bits. `crypto.randomUUID` is missing on web pages without TLS. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
