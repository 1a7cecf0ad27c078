import type { Clock, Disposer, Encoding, GraphSnapshot } from '@longline/ros';
import type { Capability, ServerOp } from './ServerOp.ts';

/** The reader is greeted at the latest so long after it came, in milliseconds, whatever is known of the robot then. */
export const GREET_WITHIN_MS = 2_000;
/** A robot that has a simulated clock is given so long to be heard, in milliseconds. */
const CLOCK_WAIT_MS = 500;

/** Viewers choose between ROS 1 and ROS 2 by the name of the distribution. */
const DISTRO = { 1: 'noetic', 2: 'humble' } as const;

/** What a {@link ServerGreeting} is given. */
export interface ServerGreetingOptions {
  readonly clock: Clock;
  readonly name: string;
  readonly sessionId: string;
  readonly capabilities: readonly Capability[];
  /** The encodings of the channels that are known. */
  readonly encodings: () => Iterable<Encoding>;
  readonly send: (op: ServerOp) => void;
  /** The first greeting left. */
  readonly handleGreeted: () => void;
}

/**
 * The server's info, which comes before anything else and says how the robot serializes: so it waits a moment until that is
 * known, and comes again where it was not.
 */
export class ServerGreeting {
  readonly #options: ServerGreetingOptions;
  #rosVersion: 1 | 2 | undefined;
  #hasTime = false;
  #told: string | undefined;
  #cancelTimer: Disposer;

  constructor(options: ServerGreetingOptions) {
    this.#options = options;
    this.#cancelTimer = options.clock.after(GREET_WITHIN_MS, () => this.#greet());
  }

  handleGraph({ rosVersion, topics }: GraphSnapshot): void {
    this.#rosVersion = rosVersion;
    if (this.#told !== undefined || !topics.some(({ name }) => name === '/clock')) {
      this.#greet();
      return;
    }
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(CLOCK_WAIT_MS, () => this.#greet());
  }

  /** The robot is away: what is known of it is what it left. */
  handleAway(): void {
    if (this.#told === undefined) this.#greet();
  }

  /** The simulated time was heard. */
  handleTime(): void {
    this.#hasTime = true;
    if (this.#rosVersion !== undefined) this.#greet();
  }

  /** Idempotent. */
  close(): void {
    this.#cancelTimer();
  }

  #greet(): void {
    this.#cancelTimer();
    const { name, sessionId, send, handleGreeted } = this.#options;
    const rosVersion = this.#rosVersion ?? this.#versionByChannels();
    const info: ServerOp = {
      op: 'serverInfo',
      name,
      capabilities: [...this.#options.capabilities, ...(this.#hasTime ? (['time'] as const) : [])],
      supportedEncodings: this.#encodings(rosVersion),
      metadata: rosVersion === undefined ? {} : { ROS_DISTRO: DISTRO[rosVersion] },
      sessionId,
    };
    const isFirst = this.#told === undefined;
    // Viewers ask for all parameters once more at each: only what is new is told. Encodings may come to be known, and then stay.
    const told = JSON.stringify([info.capabilities, info.metadata]);
    if (told === this.#told) return;
    this.#told = told;
    send(info);
    if (isFirst) handleGreeted();
  }

  #versionByChannels(): 1 | 2 | undefined {
    for (const encoding of this.#options.encodings()) {
      if (encoding === 'ros1') return 1;
      if (encoding === 'cdr') return 2;
    }
    return undefined;
  }

  /** The robot's own first: JSON loses NaN and large integers. A robot whose topics are all JSON has no other. */
  #encodings(rosVersion: 1 | 2 | undefined): Encoding[] {
    const known = new Set(this.#options.encodings());
    if (rosVersion === undefined || (known.size === 1 && known.has('json'))) return ['json'];
    return [rosVersion === 1 ? 'ros1' : 'cdr', 'json'];
  }
}
