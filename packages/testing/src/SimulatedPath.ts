import type { Clock } from '@longline/ros';
import { randomFrom } from './hostileFrames.ts';
import { SimulatedConnection } from './SimulatedConnection.ts';
import { openLink, SimulatedLink } from './SimulatedLink.ts';
import type { LinkConditions } from './SimulatedLink.ts';

/** What a {@link SimulatedPath} is given; what is left out does no harm. */
export interface PathOptions {
  readonly up?: Partial<LinkConditions>;
  readonly down?: Partial<LinkConditions>;
  /** Says which packets are lost. Default 1. */
  readonly seed?: number;
}

/**
 * A network path on a given clock: a queue and a wire each way, which all its connections share. A packet that is lost,
 * by chance or because the queue is full, holds up what follows on its own connection for a round trip and a quarter, and
 * takes its place on the wire again; other connections do not wait for it. Congestion control is not simulated: a
 * connection sends as soon as it is given something.
 */
export class SimulatedPath {
  readonly up: SimulatedLink;
  readonly down: SimulatedLink;
  readonly #clock: Clock;
  readonly #connections: SimulatedConnection[] = [];

  constructor(clock: Clock, { up, down, seed = 1 }: PathOptions = {}) {
    this.#clock = clock;
    this.up = new SimulatedLink(clock, { ...openLink, ...up }, randomFrom(seed));
    this.down = new SimulatedLink(clock, { ...openLink, ...down }, randomFrom(seed + 1));
  }

  /** All connections so far, the oldest first. */
  get connections(): readonly SimulatedConnection[] {
    return this.#connections;
  }

  /** Both ways, what waits before the wires included, in milliseconds. */
  get roundTripMs(): number {
    const { up, down } = this;
    return up.conditions.delayMs + down.conditions.delayMs + up.queueMs + down.queueMs;
  }

  /** Changes what the way up does to packets. */
  setUp(conditions: Partial<LinkConditions>): void {
    this.up.conditions = { ...this.up.conditions, ...conditions };
  }

  /** Changes what the way down does to packets. */
  setDown(conditions: Partial<LinkConditions>): void {
    this.down.conditions = { ...this.down.conditions, ...conditions };
  }

  /** While silent nothing arrives, in both directions. */
  setSilent(silent: boolean): void {
    this.setUp({ silent });
    this.setDown({ silent });
  }

  /** One more connection over this path. Attach both ends, then open it. */
  connect(): SimulatedConnection {
    const connection = new SimulatedConnection(this.#clock, this, () => this.roundTripMs);
    this.#connections.push(connection);
    return connection;
  }
}
