import type { MotionStatus } from '@longline/line';
import { isAlwaysFinite, isStill, isStoppedByZeros, RosError } from '@longline/ros';
import type { Clock, Disposer, RosObject, RosValue, Schema } from '@longline/ros';
import {
  leaseNeededFor,
  lostLease,
  notFinite,
  outOfOrder,
  silentDevice,
  staleLease,
  stopLatched,
  tooLate,
  unguardedMotion,
} from './plainErrors.ts';
import { bytesOf, valueOf, encodingOf } from './plainMessage.ts';
import { ALL_OUTPUTS } from './PlainMotionMemory.ts';
import type { PlainMotionMemory } from './PlainMotionMemory.ts';

/** Without a fresh frame for so long the server sends the stop; an older frame is refused, in milliseconds. */
export const MOTION_TIMEOUT_MS = 500;
/** A lease lasts no longer without its holder's word, in milliseconds. */
const MAX_LEASE_MS = 60_000;

/** One message that moves the device. */
export interface MotionOrder {
  readonly topic: string;
  readonly schema: Schema;
  readonly value: RosObject;
  readonly token: number;
  readonly sequence: number;
  readonly ageMs: number;
}

/** What {@link PlainMotion} is given. */
export interface PlainMotionOptions {
  readonly device: string;
  readonly clock: Clock;
  readonly memory: PlainMotionMemory;
  /** The device was registered to be moved although nothing on it stops it. */
  readonly isUnguarded: boolean;
  /** How long the device has not answered, in milliseconds. */
  readonly silentMs: () => number;
  /** The definition of a topic that the device receives and that moves it. */
  readonly movingSchema: (topic: string) => Schema | undefined;
  /** All of them. */
  readonly movingTopics: () => readonly string[];
  readonly send: (topic: string, schema: Schema, value: RosObject) => void;
  /** Resolves when what was sent has reached the device. */
  readonly reached: () => Promise<void>;
  /** {@link PlainMotion.status} is another. */
  readonly handleChange: () => void;
}

/**
 * What moves a plain device: lease, age, order and latches are looked at here, on the server, and the stop is sent from here when frames stop coming.
 * It crosses the network, so it is no deadman: a device whose connection fails while it moves goes on as its own program lets it.
 */
export class PlainMotion {
  readonly #options: PlainMotionOptions;
  readonly #watchdogs = new Map<string, Disposer>();
  #heldUntilMs: number | undefined;
  #cancelLease: Disposer | undefined;
  #lastSequence = -1;
  #refused = 0;
  #lastRefusal: string | undefined;

  constructor(options: PlainMotionOptions) {
    this.#options = options;
  }

  /** The device was registered to be moved. */
  get isUnguarded(): boolean {
    return this.#options.isUnguarded;
  }

  get isLeased(): boolean {
    return this.#heldUntilMs !== undefined && this.#options.clock.monotonicMs() < this.#heldUntilMs;
  }

  /** For the device's status; undefined where nothing may move it. */
  get status(): MotionStatus | undefined {
    const { isUnguarded, memory, movingTopics } = this.#options;
    if (!isUnguarded && memory.latches.length === 0) return undefined;
    const { armed, highestToken, latches } = memory;
    const reason = 'a plain device has none: the server sends the stop, over the network';
    return {
      deadman: { state: 'absent', reason },
      token: highestToken,
      leased: this.isLeased,
      latches: latches.map(({ outputs, by, sinceMs }) => ({ outputs, by, sinceMs })),
      outputs: movingTopics()
        .slice(0, 200)
        .map((name) => ({
          kind: 'topic',
          name,
          state: armed.has(name) ? 'moving' : 'still',
          timeoutMs: MOTION_TIMEOUT_MS,
          others: [],
          refused: this.#refused,
          ...(this.#lastRefusal === undefined ? {} : { lastRefusal: this.#lastRefusal }),
        })),
    };
  }

  /** Throws `UNGUARDED_MOTION`, `LEASE_STALE`, `COMMAND_EXPIRED`. Gives for how long it holds, in milliseconds. */
  takeLease(token: number, holdMs: number, ageMs: number): number {
    const { device, isUnguarded, memory } = this.#options;
    if (!isUnguarded) throw unguardedMotion(device, 'The lease');
    if (token <= memory.highestToken) throw staleLease(token, memory.highestToken);
    this.#endLease();
    memory.highestToken = token;
    this.#lastSequence = -1;
    return this.#hold(holdMs, ageMs);
  }

  /** Throws `LEASE_STALE`, `LEASE_LOST`, `COMMAND_EXPIRED`. */
  renewLease(token: number, holdMs: number, ageMs: number): number {
    this.#checkLease(token, 'The lease');
    return this.#hold(holdMs, ageMs);
  }

  /** It is no error when it was over. */
  releaseLease(token: number): void {
    if (token === this.#options.memory.highestToken) this.#endLease();
  }

  /** Passes a message on that moves the device. Throws why it does not. */
  execute(order: MotionOrder): void {
    try {
      this.#check(order);
    } catch (error) {
      this.#refused++;
      if (error instanceof Error) this.#lastRefusal = codeOf(error);
      throw error;
    }
    const { topic, schema, value, sequence } = order;
    const { clock, memory, send, handleChange } = this.#options;
    this.#lastSequence = sequence;
    const wasMoving = memory.armed.has(topic);
    this.#watchdogs.get(topic)?.();
    if (isStill(schema.name, value)) {
      this.#watchdogs.delete(topic);
      send(topic, schema, value);
      this.#disarm(topic);
      return;
    }
    memory.armed.add(topic);
    this.#watchdogs.set(
      topic,
      clock.after(MOTION_TIMEOUT_MS, () => this.#stopTopic(topic)),
    );
    send(topic, schema, value);
    if (!wasMoving) handleChange();
  }

  /** Stops what the pattern matches and keeps it stopped. Gives the topics that were told. Throws `PATTERN_INVALID`. */
  stop(by: string, outputs = ALL_OUTPUTS): readonly string[] {
    const { clock, memory, movingTopics, handleChange } = this.#options;
    memory.latch(outputs, by.slice(0, 256), Number(clock.wallNs() / 1_000_000n));
    const stopped = movingTopics().filter((topic) => memory.latchOf(topic) !== undefined);
    for (const topic of stopped) this.#stopTopic(topic);
    handleChange();
    return stopped;
  }

  /** Throws `LEASE_NEEDED`, `LEASE_STALE`, `LEASE_LOST`, `STOP_LATCHED`, `PATTERN_INVALID`. */
  releaseStop(token: number, outputs = ALL_OUTPUTS): void {
    const { memory, handleChange } = this.#options;
    this.#checkLease(token, 'A stop that is released');
    if (!memory.release(outputs)) {
      const standing = memory.latches.map((latch) => latch.outputs).join(', ');
      throw stopLatched(outputs, memory.latches[0]?.by ?? '', standing);
    }
    handleChange();
  }

  /** The device begins to receive a topic: what was to stop it while it was away comes first. */
  handleSubscribed(topic: string): void {
    const { memory, movingSchema, handleChange } = this.#options;
    if (movingSchema(topic) === undefined) return;
    if (memory.armed.has(topic) || memory.latchOf(topic) !== undefined) this.#stopTopic(topic);
    handleChange();
  }

  /** The device is about to receive a topic no more: what moved by it is stopped while that still reaches it. */
  handleUnsubscribe(topic: string): void {
    if (this.#watchdogs.has(topic)) this.#stopTopic(topic);
  }

  /** The connection is about to be closed from here: what moves is stopped while that still reaches the device. */
  standStill(): void {
    this.#endLease();
    for (const topic of this.#options.memory.armed) this.#stopTopic(topic);
  }

  /** The connection is over. Idempotent. */
  close(): void {
    this.#cancelLease?.();
    this.#heldUntilMs = undefined;
    for (const cancel of this.#watchdogs.values()) cancel();
    this.#watchdogs.clear();
  }

  #check({ topic, schema, value, token, sequence, ageMs }: MotionOrder): void {
    const { device, isUnguarded, memory, silentMs } = this.#options;
    if (!isUnguarded) throw unguardedMotion(device, topic);
    this.#checkLease(token, topic);
    if (sequence <= this.#lastSequence) throw outOfOrder(topic);
    if (ageMs > MOTION_TIMEOUT_MS) throw tooLate(ageMs, MOTION_TIMEOUT_MS);
    const silent = silentMs();
    if (silent > MOTION_TIMEOUT_MS) throw silentDevice(silent);
    const latch = memory.latchOf(topic);
    if (latch !== undefined) throw stopLatched(topic, latch.by, latch.outputs);
    if (schema.encoding === '' || !isStoppedByZeros(schema.name)) {
      throw new RosError(
        'TYPE_UNKNOWN',
        `The server does not know what stops a ${schema.name} of a plain device, and so does not move it by that.`,
      );
    }
    if (isAlwaysFinite(schema.name) && !isAllFinite(value)) throw notFinite(schema.name);
  }

  #checkLease(token: number, what: string): void {
    const { highestToken } = this.#options.memory;
    if (token === 0) throw leaseNeededFor(what);
    if (token < highestToken) throw staleLease(token, highestToken);
    if (token > highestToken || !this.isLeased) throw lostLease(token);
  }

  #hold(holdMs: number, ageMs: number): number {
    const { clock, handleChange } = this.#options;
    const heldMs = Math.min(holdMs, MAX_LEASE_MS);
    if (ageMs >= heldMs) throw tooLate(ageMs, heldMs);
    this.#heldUntilMs = Math.max(this.#heldUntilMs ?? 0, clock.monotonicMs() + heldMs - ageMs);
    this.#cancelLease?.();
    this.#cancelLease = clock.after(this.#heldUntilMs - clock.monotonicMs(), () => this.#endLease());
    handleChange();
    return heldMs;
  }

  #endLease(): void {
    this.#cancelLease?.();
    this.#cancelLease = undefined;
    if (this.#heldUntilMs === undefined) return;
    this.#heldUntilMs = undefined;
    for (const topic of this.#options.memory.armed) this.#stopTopic(topic);
    this.#options.handleChange();
  }

  /** A stop that the device does not get stays due. */
  #stopTopic(topic: string): void {
    const { movingSchema, send } = this.#options;
    this.#watchdogs.get(topic)?.();
    this.#watchdogs.delete(topic);
    const schema = movingSchema(topic);
    if (schema === undefined || schema.encoding === '') return;
    send(topic, schema, zerosOf(schema));
    this.#disarm(topic);
  }

  #disarm(topic: string): void {
    const { memory, reached, handleChange } = this.#options;
    if (!memory.armed.has(topic)) return;
    void reached().then(() => {
      // It may move again since.
      if (this.#watchdogs.has(topic)) return;
      memory.armed.delete(topic);
      handleChange();
    });
  }
}

const zerosOf = (schema: Schema): RosObject => valueOf(schema, encodingOf(schema), bytesOf(schema, {}));

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : 'INTERNAL');

function isAllFinite(value: RosValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return true;
  if (ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<number | bigint>).every(isAllFinite);
  return Object.values(value).every(isAllFinite);
}
