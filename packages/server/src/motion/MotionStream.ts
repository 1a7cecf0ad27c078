import { randomUUID } from 'node:crypto';
import type { Reply } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import { ServerError } from '../errors.ts';
import type { RobotLine } from '../fleet/DeviceState.ts';
import type { FrameRate } from './FrameRate.ts';
import { MAX_FRAMES_PER_SECOND } from './FrameRate.ts';
import { hasRoomForMotion } from './hasRoomForMotion.ts';
import type { Lease } from './Lease.ts';
import type { MotionAudit } from './MotionAudit.ts';
import type { MotionFrame } from './MotionFrame.ts';
import { RefusalLimit } from './RefusalLimit.ts';

/** Why a frame was not executed, as far as is told: each code at most ten times a second. */
export interface MotionRefusal extends Pick<Reply, 'state' | 'code' | 'message' | 'robotMs'> {
  readonly code: string;
}

/** What a {@link MotionStream} is given. */
export interface MotionStreamOptions {
  readonly lease: Lease;
  /** The robot's line, with which the lease ends. */
  readonly line: RobotLine;
  readonly clock: Clock;
  readonly audit: MotionAudit;
  /** Of all streams under the lease. */
  readonly rate: FrameRate;
  /** Of the whole server. */
  readonly counters: { frames: number; refused: number };
  /** Throws where its sender may not send it, or the lease is over. */
  readonly check: (frame: MotionFrame) => void;
  /** The robot refused a frame with this code. */
  readonly handleRobotRefusal: (code: string) => void;
  readonly handleRefusal: (refusal: MotionRefusal) => void;
}

/** A larger frame is refused, in bytes. */
export const MAX_MOTION_FRAME_BYTES = 256 * 1024;
/** Topics of one stream whose newest frame may wait for room on the line. */
const MAX_WAITING_TOPICS = 100;
/** While the line has no room it is looked this often whether it does, in milliseconds. */
const LOOK_MS = 5;
const MAX_AGE_MS = 86_400_000;

/**
 * Passes the frames of one motion stream on to the robot, which decides about each (clause 5.10). Nothing is queued: while the
 * line to the robot has no room the newest frame of each topic waits, and gets older.
 */
export class MotionStream {
  readonly #options: MotionStreamOptions;
  readonly #id = `motion-${randomUUID()}`;
  readonly #told: RefusalLimit;
  readonly #waiting = new Map<string, { readonly frame: MotionFrame; readonly bornMs: number }>();
  readonly #stopListening: Disposer;
  #lastSequence = -1;
  #cancelLook: Disposer | undefined;
  #closed = false;

  /** Throws `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  constructor(options: MotionStreamOptions) {
    this.#options = options;
    this.#told = new RefusalLimit(options.clock);
    this.#stopListening = options.line.openStream(this.#id, (reply) => {
      const code = reply.code ?? 'INTERNAL';
      this.#refuse({ ...reply, code });
      options.handleRobotRefusal(code);
    });
    options.lease.lost.addEventListener('abort', this.#handleLost, { once: true });
  }

  get lease(): Lease {
    return this.#options.lease;
  }

  /** Passes a frame on, or tells its refusal. */
  send(frame: MotionFrame): void {
    const { clock, line } = this.#options;
    try {
      this.#check(frame);
      const bornMs = clock.monotonicMs() - frame.ageMs;
      if (this.#waiting.size > 0 || !hasRoomForMotion(line.path)) this.#keep(frame, bornMs);
      else this.#pass(frame, bornMs);
    } catch (error) {
      if (!isLonglineError(error)) throw error;
      this.#refuse({ state: 'rejected', code: error.code, message: error.message });
    }
  }

  /** Ends the stream; the robot stops what moved by its timeout. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.lease.lost.removeEventListener('abort', this.#handleLost);
    this.#stopListening();
    this.#cancelLook?.();
    this.#waiting.clear();
    this.#options.audit.end();
  }

  readonly #handleLost = (): void => {
    const reason: unknown = this.lease.lost.reason;
    if (isLonglineError(reason)) this.#refuse({ state: 'rejected', code: reason.code, message: reason.message });
    this.close();
  };

  #check(frame: MotionFrame): void {
    const { payload, sequence = this.#lastSequence + 1 } = frame;
    this.#options.check(frame);
    if (sequence <= this.#lastSequence) {
      throw new ServerError(
        'COMMAND_OUT_OF_ORDER',
        `The motion stream has come to sequence ${this.#lastSequence}; ${sequence} comes too late. Count it up with every frame.`,
        { details: { sequence, lastSequence: this.#lastSequence } },
      );
    }
    this.#lastSequence = sequence;
    if (payload.length > MAX_MOTION_FRAME_BYTES) {
      throw new ServerError(
        'BODY_TOO_LARGE',
        `A frame of motion has ${payload.length} bytes; at most ${MAX_MOTION_FRAME_BYTES} are passed on.`,
      );
    }
    if (this.#options.rate.allows(payload.length)) return;
    throw new ServerError(
      'RATE_BEYOND',
      `More than ${MAX_FRAMES_PER_SECOND} frames a second, or too many bytes, came under one lease. Send fewer.`,
    );
  }

  #pass(frame: MotionFrame, bornMs: number): void {
    const { clock, lease, line, audit, counters } = this.#options;
    const { action, payload, deadlineMs } = frame;
    const { token, principal } = lease.identity;
    const header = {
      id: this.#id,
      issuer: principal.name,
      ageMs: Math.min(clock.monotonicMs() - bornMs, MAX_AGE_MS),
      deadlineMs,
      token,
      sequence: lease.nextSequence(),
      action,
    };
    line.motion(header, payload);
    counters.frames++;
    audit.handleFrame(frame);
  }

  #keep(frame: MotionFrame, bornMs: number): void {
    const { topic } = frame.action;
    if (!this.#waiting.has(topic) && this.#waiting.size >= MAX_WAITING_TOPICS) {
      throw new ServerError('RATE_BEYOND', 'The line to the robot has no room for frames of so many topics.');
    }
    this.#waiting.set(topic, { frame: { ...frame, payload: frame.payload.slice() }, bornMs });
    this.#cancelLook ??= this.#options.clock.after(LOOK_MS, () => this.#look());
  }

  #look(): void {
    this.#cancelLook = undefined;
    for (const [topic, { frame, bornMs }] of this.#waiting) {
      if (!hasRoomForMotion(this.#options.line.path)) break;
      this.#waiting.delete(topic);
      try {
        this.#pass(frame, bornMs);
      } catch (error) {
        if (!isLonglineError(error)) throw error;
        this.#refuse({ state: 'rejected', code: error.code, message: error.message });
      }
    }
    if (this.#waiting.size > 0) this.#cancelLook = this.#options.clock.after(LOOK_MS, () => this.#look());
  }

  #refuse({ state, code, message, robotMs }: MotionRefusal): void {
    this.#options.audit.handleRefusal(code);
    this.#options.counters.refused++;
    if (this.#told.allows(code)) this.#options.handleRefusal({ state, code, message, robotMs });
  }
}
