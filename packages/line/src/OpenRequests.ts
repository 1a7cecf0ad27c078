import type { Clock, Disposer } from '@longline/ros';
import { LineError } from './errors.ts';
import { decodeHeaded } from './jsonRecord.ts';
import type { LineLimits } from './limits.ts';
import { isFinalState, replyHeaderSchema, stopRoom } from './requestRecords.ts';
import type { ActionKind, ReplyHeader, RequestHeader } from './requestRecords.ts';

/** What became of a request: the robot's word, or `unknown` when none came. */
export interface Reply {
  readonly id: string;
  readonly state: ReplyHeader['state'];
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly encoding?: ReplyHeader['encoding'];
  /** With `called`: which call it is, and for how long its caller waits, in milliseconds. */
  readonly call?: number | undefined;
  readonly deadlineMs?: number | undefined;
  /** When it was so, on the robot's wall clock, milliseconds since 1970; undefined where the server said it. */
  readonly robotMs?: number | undefined;
  /** A view into the received frame, or empty. */
  readonly payload: Uint8Array;
}

/**
 * Told each word about one request: at most one `received`, then exactly one final state. Before that one a provided service
 * is told `done` when ROS knows it, and each `called` once (clause 5.13).
 */
export type ReplyListener = (reply: Reply) => void;

interface OpenRequest {
  readonly kind: ActionKind;
  readonly listener: ReplyListener;
  readonly cancel: Disposer;
  /** The robot said `received`; that may come twice. */
  received: boolean;
  /** A provided service: what is known of it, from `done` or its first call on. */
  provided?: Provided | undefined;
}

/** Words about a provided service may come twice, on two sockets. */
interface Provided {
  isKnown: boolean;
  readonly calls: Set<number>;
}

/** Motion streams open on one line. */
const MAX_STREAMS = 1_000;
/** How long after its deadline a request's reply is still waited for: the way back. */
const REPLY_GRACE_MS = 2_000;
/** Calls of a provided service whose second copies are known; copies come within a few round trips. */
const MAX_RECENT_CALLS = 256;
const nothing = new Uint8Array(0);

/** The requests sent on one line that have no final reply yet (clause 5.4). */
export class OpenRequests {
  readonly #clock: Clock;
  readonly #limits: LineLimits;
  readonly #open = new Map<string, OpenRequest>();
  /** Motion streams by their ID: every frame has it, and only refusals are answered (clause 5.10). */
  readonly #streams = new Map<string, ReplyListener>();

  constructor(clock: Clock, limits: LineLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Begins to wait for the replies to a request, until its deadline and for the way back. Throws `LIMIT_EXCEEDED`. */
  add({ id, ageMs, deadlineMs, action }: Omit<RequestHeader, 'sentMs'>, listener: ReplyListener): void {
    if (this.#open.size >= this.#limits.maxOpenRequests + stopRoom(action)) {
      throw new LineError(
        'LIMIT_EXCEEDED',
        `${this.#limits.maxOpenRequests} requests are open on this line; wait for replies before sending more`,
      );
    }
    if (this.#open.has(id)) throw new LineError('LIMIT_EXCEEDED', `request ${id} is already open on this line`);
    const cancel = this.#clock.after(Math.max(0, deadlineMs - ageMs) + REPLY_GRACE_MS, () => {
      this.#settle(id, 'REPLY_MISSING', 'the robot did not answer before the deadline; what it did is unknown');
    });
    this.#open.set(id, { kind: action.kind, listener, cancel, received: false });
  }

  /** Hears every reply to the frames of a motion stream until the disposer is called. Throws `LIMIT_EXCEEDED`. */
  openStream(id: string, listener: ReplyListener): Disposer {
    if (this.#streams.size >= MAX_STREAMS) {
      throw new LineError('LIMIT_EXCEEDED', `${MAX_STREAMS} motion streams are open on this line; release one`);
    }
    this.#streams.set(id, listener);
    return () => {
      if (this.#streams.get(id) === listener) this.#streams.delete(id);
    };
  }

  /** A reply record came. One to an unknown ID is ignored: it may be late. */
  handleReply(body: Uint8Array): void {
    const { header, payload } = decodeHeaded('reply', body, replyHeaderSchema, this.#limits.maxJsonBytes);
    const request = this.#open.get(header.id);
    if (request === undefined) {
      if (header.state !== 'called') this.#streams.get(header.id)?.({ ...header, payload });
      return;
    }
    if (isFinalState(header.state, request.kind)) {
      request.cancel();
      this.#open.delete(header.id);
    } else if (header.state === 'received' ? request.received : !isNew(request, header)) {
      return;
    }
    request.received = true;
    request.listener({ ...header, payload });
  }

  /** The line ended: what became of the open requests is unknown. */
  handleClosed(): void {
    for (const id of [...this.#open.keys()]) {
      this.#settle(id, 'LINE_CLOSED', 'the line ended before the answer; what the robot did is unknown');
    }
  }

  #settle(id: string, code: string, message: string): void {
    const request = this.#open.get(id);
    if (request === undefined) return;
    request.cancel();
    this.#open.delete(id);
    request.listener({ id, state: 'unknown', code, message, payload: nothing });
  }
}

/** Whether a `done` or `called` of a provided service came for the first time. Other requests are not called. */
function isNew(request: OpenRequest, { state, call }: ReplyHeader): boolean {
  if (request.kind !== 'service.advertise') return false;
  const provided = (request.provided ??= { isKnown: false, calls: new Set() });
  if (state === 'done') {
    const isFirst = !provided.isKnown;
    provided.isKnown = true;
    // From now on it lasts until somebody ends it.
    request.cancel();
    return isFirst;
  }
  if (call === undefined || provided.calls.has(call)) return false;
  provided.calls.add(call);
  for (const oldest of provided.calls) {
    if (provided.calls.size <= MAX_RECENT_CALLS) break;
    provided.calls.delete(oldest);
  }
  return true;
}
