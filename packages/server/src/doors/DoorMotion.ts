import type { Action } from '@longline/line';
import type { Clock, Encoding } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { deviceOffline } from '../errors.ts';
import { leaseHeld } from '../motion/leaseErrors.ts';
import { MAX_MOTION_FRAME_BYTES } from '../motion/MotionStream.ts';
import type { MotionRefusal, MotionStream } from '../motion/MotionStream.ts';
import { commandStale, frameTooLarge, latchedMotion, motionExpired, readerGone } from './doorErrors.ts';
import type { DoorLease } from './DoorLease.ts';
import type { StillJudge } from './StillJudge.ts';

/** One message on a topic that moves the robot. */
export interface DoorFrame {
  readonly topic: string;
  readonly type: string | undefined;
  readonly encoding: Encoding;
  readonly data: Uint8Array;
  readonly ageMs: number;
  readonly mayBeFlushed: boolean;
  readonly latched?: boolean | undefined;
  /** Of the output, in milliseconds; undefined where only the robot knows. */
  readonly timeoutMs: number | undefined;
}

/** What {@link DoorMotion} is given. */
export interface DoorMotionOptions {
  readonly device: string;
  readonly view: FleetView;
  readonly requests: RobotRequests;
  readonly clock: Clock;
  readonly lease: DoorLease;
  readonly judge: StillJudge;
  /** A frame was refused after it was passed on. */
  readonly handleRefusal: (topic: string, refusal: MotionRefusal) => void;
}

/** A frame that waits for the lease or a definition. */
interface Waiting {
  frame: DoorFrame;
  bornMs: number;
  readonly passed: Promise<void>;
}

/** Topics that one reader moves; with one more the stream of the one used longest ago ends. */
export const MAX_STREAMS = 20;
/** At this age a frame is no longer executed, in milliseconds; its output's timeout holds as well. */
const FRAME_DEADLINE_MS = 1_000;

/**
 * Passes on what one reader of a door moves the robot by: fresh, under a lease. Messages that stop pass under the lease that is
 * held and neither take nor renew one; without one the robot stands. While the lease is being taken the newest frame of each topic waits.
 */
export class DoorMotion {
  readonly #options: DoorMotionOptions;
  /** By topic, used longest ago first. */
  readonly #streams = new Map<string, MotionStream>();
  readonly #waiting = new Map<string, Waiting>();
  #closed = false;

  constructor(options: DoorMotionOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the frame was passed on, or when a newer one took its place. Rejects with `FORBIDDEN`, `DEVICE_OFFLINE`,
   * `COMMAND_STALE`, `COMMAND_EXPIRED`, `LEASE_NEEDED`, `LEASE_HELD`, `LEASE_LOST`, `NOT_SUPPORTED`, `BODY_TOO_LARGE`.
   */
  async publish(frame: DoorFrame): Promise<void> {
    this.#check(frame);
    const { clock } = this.#options;
    const bornMs = clock.monotonicMs() - frame.ageMs;
    const waiting = this.#waiting.get(frame.topic);
    if (waiting === undefined) {
      const wait = this.#attempt(frame, bornMs);
      if (wait !== undefined) await this.#keep(kept(frame), bornMs, wait);
      return;
    }
    waiting.frame = kept(frame);
    waiting.bornMs = bornMs;
    await waiting.passed;
  }

  /** The reader is gone: its streams end, and what it moved stops by its timeout. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
  }

  #check({ topic, type, encoding, data, latched }: DoorFrame): void {
    const { device, view, requests } = this.#options;
    if (this.#closed) throw readerGone();
    const action: Action = { kind: 'motion', topic, encoding, ...(type === undefined ? {} : { type }) };
    requests.check({ device, principal: view.principal, action, payload: data });
    if (view.device(device)?.online !== true) throw deviceOffline(device);
    if (latched === true) throw latchedMotion(topic);
    if (data.length > MAX_MOTION_FRAME_BYTES) throw frameTooLarge(data.length);
  }

  /** Passes it on, or says what it has to wait for. */
  #attempt(frame: DoorFrame, bornMs: number): Promise<unknown> | undefined {
    const { clock, judge, lease } = this.#options;
    const still = judge.judge(frame);
    if (typeof still !== 'boolean') return still;
    const { topic, mayBeFlushed, timeoutMs = Number.POSITIVE_INFINITY } = frame;
    const ageMs = clock.monotonicMs() - bornMs;
    if (still) {
      const { token } = lease;
      if (token === undefined) this.#checkNobodyMoves();
      else this.#pass(frame, ageMs, token);
      return undefined;
    }
    if (mayBeFlushed) throw commandStale(topic);
    if (ageMs > timeoutMs) throw motionExpired(topic, ageMs, timeoutMs);
    const token = lease.hold(topic, ageMs);
    if (typeof token !== 'number') return token;
    this.#pass(frame, ageMs, token);
    return undefined;
  }

  #keep(frame: DoorFrame, bornMs: number, first: Promise<unknown>): Promise<void> {
    const passed = this.#passLater(frame.topic, first);
    this.#waiting.set(frame.topic, { frame, bornMs, passed });
    return passed;
  }

  async #passLater(topic: string, first: Promise<unknown>): Promise<void> {
    try {
      let wait: Promise<unknown> | undefined = first;
      while (wait !== undefined) {
        await wait;
        const waiting = this.#waiting.get(topic);
        if (this.#closed || waiting === undefined) throw readerGone();
        wait = this.#attempt(waiting.frame, waiting.bornMs);
      }
    } finally {
      this.#waiting.delete(topic);
    }
  }

  /** A stop that moves nobody's robot is no news; one that would have stopped somebody else's is. Throws `LEASE_HELD`. */
  #checkNobodyMoves(): void {
    const { device, view, requests } = this.#options;
    const { principal } = view;
    const holder = requests.leaseOf({ device, principal })?.identity.principal.name;
    if (holder !== undefined) throw leaseHeld(device, holder, principal.name);
  }

  #pass({ topic, type, encoding, data }: DoorFrame, ageMs: number, token: number): void {
    this.#stream(topic, token).send({
      action: { kind: 'motion', topic, encoding, ...(type === undefined ? {} : { type }) },
      payload: data,
      ageMs,
      deadlineMs: FRAME_DEADLINE_MS,
    });
  }

  #stream(topic: string, token: number): MotionStream {
    const open = this.#streams.get(topic);
    this.#streams.delete(topic);
    if (open?.lease.identity.token === token && !open.lease.lost.aborted) {
      this.#streams.set(topic, open);
      return open;
    }
    open?.close();
    const { device, view, requests, handleRefusal } = this.#options;
    const stream = requests.openMotion({
      device,
      token,
      principal: view.principal,
      handleRefusal: (refusal) => handleRefusal(topic, refusal),
    });
    this.#streams.set(topic, stream);
    const [oldest] = this.#streams;
    if (this.#streams.size > MAX_STREAMS && oldest !== undefined) {
      oldest[1].close();
      this.#streams.delete(oldest[0]);
    }
    return stream;
  }
}

/** Bytes are the door's during the call only. */
const kept = (frame: DoorFrame): DoorFrame => ({ ...frame, data: frame.data.slice() });
