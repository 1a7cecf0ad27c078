import type { RobotStatus } from '@longline/line';
import { codecFor } from '@longline/ros';
import type { Clock, Disposer, Log } from '@longline/ros';
import { AgentError } from '../errors.ts';
import { isStoppedByZeros } from './motion.ts';
import type { PublisherUse } from './PublisherPool.ts';

/** Most standing commands at once. */
export const MAX_STANDING = 200;
/** How many ended ones are told of; the oldest are forgotten. */
export const MAX_ENDED = 200;
/** One message may take this long to reach ROS, in milliseconds; meanwhile the next ones are left out. */
const PUBLISH_DEADLINE_MS = 2_000;
/** A stop that does not reach ROS is tried again so often, for so long, in milliseconds. */
const STOP_RETRY_MS = 100;
const STOP_TRIES_MS = 2_000;
const NOT_RENEWED = 'its holder did not renew it';

/** A message to repeat. */
export interface StandingOrder {
  readonly topic: string;
  /** Passes to the standing command, which releases it. */
  readonly use: PublisherUse;
  readonly data: Uint8Array;
  readonly rateHz: number;
  /** It ends then, in milliseconds of the monotonic clock. */
  readonly heldUntilMs: number;
  /** It moves the robot: it ends with the line. */
  readonly isMotion: boolean;
}

interface Standing {
  order: StandingOrder;
  startMs: number;
  count: number;
  isPublishing: boolean;
  isFailing: boolean;
  /** Aborts when it ends or another takes its place: a message that ROS still holds back must not come after that. */
  readonly over: AbortController;
  cancelTick: Disposer | undefined;
  cancelHold: Disposer | undefined;
}

/** Repeats messages at their rate while their holders keep renewing them. Knows nothing of who they are. */
export class StandingCommands {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #handleChange: () => void;
  readonly #max: number;
  readonly #active = new Map<string, Standing>();
  readonly #ended = new Map<string, string>();
  readonly #stopping = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: {
    readonly clock: Clock;
    readonly log: Log;
    /** One began or ended. */
    readonly handleChange: () => void;
    readonly maxStanding?: number;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#handleChange = options.handleChange;
    this.#max = options.maxStanding ?? MAX_STANDING;
  }

  /** As the robot's status tells it: those active, and those that ended lately with the reason. */
  get list(): RobotStatus['standing'] {
    return [
      ...[...this.#active.keys()].map((topic) => ({ topic, state: 'active' as const })),
      ...[...this.#ended].map(([topic, reason]) => ({ topic, state: 'ended' as const, reason })),
    ];
  }

  /** Begins one, or renews the topic's. Throws `STANDING_LIMIT`, `COMMAND_EXPIRED`, `AGENT_STOPPED`; the use stays the caller's then. */
  set(order: StandingOrder): void {
    if (this.#isStopped) throw new AgentError('AGENT_STOPPED', 'The agent is stopping. Send the command again later.');
    const nowMs = this.#clock.monotonicMs();
    if (order.heldUntilMs <= nowMs) {
      throw new AgentError(
        'COMMAND_EXPIRED',
        `The standing command for ${order.topic} came ${Math.round(nowMs - order.heldUntilMs)} ms after its hold had run ` +
          'out. Hold it longer, or renew it more often.',
      );
    }
    const before = this.#active.get(order.topic);
    if (before === undefined && this.#active.size >= this.#max) {
      throw new AgentError(
        'STANDING_LIMIT',
        `${this.#max} standing commands are active, the most there may be. End one.`,
      );
    }
    if (before !== undefined && isSameMessage(before.order, order)) {
      if (before.order.use !== order.use) before.order.use.release();
      before.order = order;
      this.#hold(before);
      return;
    }
    if (before !== undefined) this.#release(before);
    const standing: Standing = {
      order,
      startMs: nowMs,
      count: 0,
      isPublishing: false,
      isFailing: false,
      over: new AbortController(),
      cancelTick: undefined,
      cancelHold: undefined,
    };
    this.#active.set(order.topic, standing);
    this.#ended.delete(order.topic);
    this.#hold(standing);
    if (before === undefined) this.#handleChange();
    this.#tick(standing);
  }

  /** Ends the topic's standing command, if there is one. */
  end(topic: string, reason: string): void {
    const standing = this.#active.get(topic);
    if (standing === undefined) return;
    this.#active.delete(topic);
    this.#ended.set(topic, reason);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= MAX_ENDED) break;
      this.#ended.delete(oldest);
    }
    standing.cancelTick?.();
    standing.cancelHold?.();
    standing.over.abort();
    const stopped = this.#stopMotion(standing).finally(() => {
      standing.order.use.release();
      this.#stopping.delete(stopped);
    });
    this.#stopping.add(stopped);
    this.#log.info({ topic, reason }, 'a standing command ended');
    this.#handleChange();
  }

  /** The line is gone: motion ends at once; the rest goes on until its hold runs out. */
  handleLineClosed(): void {
    this.#ended.clear();
    for (const [topic, { order }] of [...this.#active]) {
      if (order.isMotion) this.end(topic, 'the line ended');
    }
  }

  /** Ends all of them and takes no more. Waits until the stops have reached ROS or failed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const topic of [...this.#active.keys()]) this.end(topic, 'the agent stopped');
    await Promise.all(this.#stopping);
  }

  #hold(standing: Standing): void {
    standing.cancelHold?.();
    const { topic, heldUntilMs } = standing.order;
    standing.cancelHold = this.#clock.after(heldUntilMs - this.#clock.monotonicMs(), () =>
      this.end(topic, NOT_RENEWED),
    );
  }

  /** Ticks lie on a grid from the start, so that late timers cost no rate; missed ones are not made up for. */
  #tick(standing: Standing): void {
    // After a stall of this process the tick may run before the end of the hold, which is due as well.
    if (this.#clock.monotonicMs() >= standing.order.heldUntilMs) return this.end(standing.order.topic, NOT_RENEWED);
    const intervalMs = 1000 / standing.order.rateHz;
    const passed = Math.floor((this.#clock.monotonicMs() - standing.startMs) / intervalMs + 1e-6);
    standing.count = Math.max(standing.count, passed) + 1;
    const dueMs = standing.startMs + standing.count * intervalMs;
    standing.cancelTick = this.#clock.after(dueMs - this.#clock.monotonicMs(), () => this.#tick(standing));
    if (!standing.isPublishing) void this.#publish(standing);
  }

  async #publish(standing: Standing): Promise<void> {
    const { topic, use, data } = standing.order;
    const { signal } = standing.over;
    standing.isPublishing = true;
    try {
      await use.publisher.publish(data, { deadlineMs: PUBLISH_DEADLINE_MS, signal });
      standing.isFailing = false;
    } catch (error) {
      if (!standing.isFailing && !signal.aborted) {
        this.#log.warn({ topic, err: error }, 'a standing command does not reach ROS; the agent goes on trying');
      }
      standing.isFailing = true;
    } finally {
      standing.isPublishing = false;
    }
  }

  async #stopMotion(standing: Standing): Promise<void> {
    const { topic, use, isMotion } = standing.order;
    const { schema, encoding } = use.publisher;
    if (!isMotion || !isStoppedByZeros(schema.name)) return;
    const lastTryMs = this.#clock.monotonicMs() + STOP_TRIES_MS;
    // The next standing command on the topic takes over.
    while (!this.#active.has(topic)) {
      try {
        await use.publisher.publish(codecFor(schema, encoding).encode({}), { deadlineMs: PUBLISH_DEADLINE_MS });
        return;
      } catch (error) {
        if (this.#clock.monotonicMs() >= lastTryMs) {
          this.#log.error({ topic, err: error }, 'the stop after a standing command did not reach ROS');
          return;
        }
      }
      await new Promise<void>((resolve) => void this.#clock.after(STOP_RETRY_MS, resolve));
    }
  }

  /** Another message takes its place. */
  #release(standing: Standing): void {
    standing.cancelTick?.();
    standing.cancelHold?.();
    standing.over.abort();
    standing.order.use.release();
  }
}

const isSameMessage = (a: StandingOrder, b: StandingOrder): boolean =>
  a.rateHz === b.rateHz &&
  a.use.publisher === b.use.publisher &&
  a.isMotion === b.isMotion &&
  a.data.length === b.data.length &&
  a.data.every((byte, index) => byte === b.data[index]);
