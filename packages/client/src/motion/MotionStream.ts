import { LineError } from '@longline/line';
import type { Action, ReaderEnd, Reply } from '@longline/line';
import type { Clock, Disposer, Encoding } from '@longline/ros';
import { checkRequest } from '../checkRequest.ts';
import { randomId } from '../randomId.ts';
import type { LeaseStamp, RequestSender } from '../RequestSender.ts';
import type { Refusal } from './Refusals.ts';

/** What a {@link MotionStream} is given. */
export interface MotionStreamOptions {
  readonly device: string;
  readonly clock: Clock;
  readonly requests: Pick<RequestSender, 'end' | 'issuer'>;
  readonly lease: LeaseStamp;
  readonly handleRefusal: (refusal: Refusal) => void;
}

/** One frame as its maker gives it. */
export interface MotionFrame {
  readonly topic: string;
  readonly type?: string | undefined;
  readonly encoding: Encoding;
  readonly data: Uint8Array;
  /** The robot drops the frame when it is older than this, in milliseconds; its output's timeout holds as well. */
  readonly deadlineMs: number;
}

interface WaitingFrame {
  readonly frame: MotionFrame;
  readonly action: Action;
  readonly madeMs: number;
}

/** While the way is full it is looked this often whether it still is, in milliseconds. */
const LOOK_MS = 10;
/** Topics with a waiting frame. */
export const MAX_WAITING_TOPICS = 100;

/**
 * The motion frames of one lease: sent at once or, while the way to the server is full, the newest of each topic kept until
 * there is room or it is too old. Without a connection nothing is kept.
 */
export class MotionStream {
  readonly #options: MotionStreamOptions;
  readonly #id = randomId();
  /** At most {@link MAX_WAITING_TOPICS}; oldest topic first. */
  readonly #waiting = new Map<string, WaitingFrame>();
  /** The connection that this stream is open on. */
  #end: ReaderEnd | undefined;
  #closeStream: Disposer | undefined;
  #cancelLook: Disposer | undefined;
  #wasAway = false;
  #replaced = 0;

  constructor(options: MotionStreamOptions) {
    this.#options = options;
  }

  /** Frames that a newer one replaced before there was room, or that became too old. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Throws `PARAMETER_INVALID`, `FRAME_TOO_LARGE`, `LIMIT_EXCEEDED`. */
  publish(frame: MotionFrame): void {
    const { data, deadlineMs, encoding, topic, type } = frame;
    const action: Action = { kind: 'motion', topic, encoding, ...(type === undefined ? {} : { type }) };
    checkRequest(action, data, deadlineMs);
    if (this.#waiting.delete(topic)) this.#replaced++;
    else if (this.#waiting.size >= MAX_WAITING_TOPICS) {
      throw new LineError(
        'LIMIT_EXCEEDED',
        `Motion of ${MAX_WAITING_TOPICS} topics waits for the connection; send less at once.`,
      );
    }
    this.#waiting.set(topic, { frame, action, madeMs: this.#options.clock.monotonicMs() });
    this.#send();
  }

  /** Drops what waits. Idempotent. */
  close(): void {
    this.#waiting.clear();
    this.#cancelLook?.();
    this.#closeStream?.();
    this.#closeStream = undefined;
  }

  #send(): void {
    const { clock, handleRefusal, requests } = this.#options;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    const { end } = requests;
    if (end === undefined) {
      this.#replaced += this.#waiting.size;
      this.#waiting.clear();
      if (this.#wasAway) return;
      this.#wasAway = true;
      handleRefusal({
        code: 'SERVER_UNREACHABLE',
        message: 'The server is not reached; motion is not kept for it, and the robot stops by itself.',
      });
      return;
    }
    this.#wasAway = false;
    this.#follow(end);
    for (const [topic, waiting] of this.#waiting) {
      const ageMs = clock.monotonicMs() - waiting.madeMs;
      if (ageMs >= waiting.frame.deadlineMs) this.#replaced++;
      else if (end.congested) continue;
      else this.#sendOne(end, waiting, ageMs);
      this.#waiting.delete(topic);
    }
    if (this.#waiting.size > 0) this.#cancelLook = clock.after(LOOK_MS, () => this.#send());
  }

  #sendOne(end: ReaderEnd, { action, frame }: WaitingFrame, ageMs: number): void {
    const { device, lease, requests } = this.#options;
    const { data, deadlineMs } = frame;
    const header = { id: this.#id, device, issuer: requests.issuer, ageMs, deadlineMs, action };
    end.motion({ ...header, token: lease.token, sequence: lease.nextSequence() }, data);
  }

  /** Refusals come on the connection that the frames went by. */
  #follow(end: ReaderEnd): void {
    if (end === this.#end) return;
    this.#closeStream?.();
    this.#end = end;
    this.#closeStream = end.openStream(this.#id, (reply) => this.#handleReply(reply));
  }

  #handleReply({ code, message, robotMs, state }: Reply): void {
    this.#options.handleRefusal({ code: code ?? 'REPLY_MISSING', message: message ?? `motion was ${state}`, robotMs });
  }
}
