import type { RobotStatus } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Clock, Disposer, Log } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { StandingWay } from './StandingWay.ts';

/** Most standing commands at once. */
export const MAX_STANDING = 200;
/** How many ended ones are told of; the oldest are forgotten. */
export const MAX_ENDED = 200;
/** One message may take this long to reach ROS, in milliseconds; meanwhile the next ones are left out. */
const SEND_DEADLINE_MS = 2_000;
const NOT_RENEWED = 'its holder did not renew it';
/** What the deadman will not change its mind about. */
const finalRefusals: ReadonlySet<string> = new Set([
  'COMMAND_EXPIRED',
  'LEASE_LOST',
  'LEASE_NEEDED',
  'LEASE_STALE',
  'STOP_LATCHED',
]);

/** A message to repeat. */
export interface StandingOrder {
  readonly topic: string;
  /** Passes to the standing command, which releases it. */
  readonly way: StandingWay;
  readonly rateHz: number;
  /** It ends then, in milliseconds of the monotonic clock. */
  readonly heldUntilMs: number;
}

interface Standing {
  order: StandingOrder;
  startMs: number;
  count: number;
  isSending: boolean;
  isSent: boolean;
  /** Something of it, or of what it took the place of, may have come to ROS. */
  hasMoved: boolean;
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
  readonly #ending = new Set<Promise<void>>();
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

  /**
   * Begins one, or renews the topic's: that is done when it returns. Rejects with `STANDING_LIMIT`, `COMMAND_EXPIRED`,
   * `AGENT_STOPPED`, `LEASE_STALE`; the way stays the caller's then. On what moves the robot it waits for the first message, and
   * rejects with what refuses that.
   */
  async set(order: StandingOrder): Promise<void> {
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
    if (before !== undefined && order.rateHz === before.order.rateHz && order.way.continues(before.order.way)) {
      before.order.way.release();
      before.order = order;
      this.#hold(before);
      return;
    }
    if ((order.way.token ?? Infinity) < (before?.order.way.token ?? 0)) {
      throw new AgentError(
        'LEASE_STALE',
        `Under a newer lease ${order.topic} is commanded already. Take the lease again.`,
      );
    }
    if (before !== undefined) {
      this.#silence(before);
      before.order.way.release();
    }
    const standing: Standing = {
      order,
      startMs: nowMs,
      count: 0,
      isSending: false,
      isSent: false,
      hasMoved: before?.hasMoved ?? false,
      isFailing: false,
      over: new AbortController(),
      cancelTick: undefined,
      cancelHold: undefined,
    };
    this.#active.set(order.topic, standing);
    this.#ended.delete(order.topic);
    this.#hold(standing);
    if (before === undefined) this.#handleChange();
    const sent = this.#tick(standing);
    if (order.way.token === undefined) return;
    const refusal = await sent;
    if (refusal !== undefined) throw refusal;
  }

  /** Ends the topic's standing command, if there is one. */
  end(topic: string, reason: string): void {
    const standing = this.#active.get(topic);
    if (standing !== undefined) this.#end(standing, reason);
  }

  /** The line is gone: motion ends at once; the rest goes on until its hold runs out. */
  handleLineClosed(): void {
    this.#ended.clear();
    for (const [topic, { order }] of [...this.#active]) {
      if (order.way.token !== undefined) this.end(topic, 'the line ended');
    }
  }

  /** Ends all of them and takes no more. Waits until their last messages have reached ROS or failed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const topic of [...this.#active.keys()]) this.end(topic, 'the agent stopped');
    await Promise.all(this.#ending);
  }

  #hold(standing: Standing): void {
    standing.cancelHold?.();
    const { topic, heldUntilMs } = standing.order;
    standing.cancelHold = this.#clock.after(heldUntilMs - this.#clock.monotonicMs(), () =>
      this.end(topic, NOT_RENEWED),
    );
  }

  /** Ticks lie on a grid from the start, so that late timers cost no rate; missed ones are not made up for. */
  #tick(standing: Standing): Promise<Error | undefined> {
    // After a stall of this process the tick may run before the end of the hold, which is due as well.
    if (this.#clock.monotonicMs() >= standing.order.heldUntilMs) {
      this.#end(standing, NOT_RENEWED);
      return Promise.resolve(undefined);
    }
    const intervalMs = 1000 / standing.order.rateHz;
    const passed = Math.floor((this.#clock.monotonicMs() - standing.startMs) / intervalMs + 1e-6);
    standing.count = Math.max(standing.count, passed) + 1;
    const dueMs = standing.startMs + standing.count * intervalMs;
    standing.cancelTick = this.#clock.after(dueMs - this.#clock.monotonicMs(), () => void this.#tick(standing));
    return standing.isSending ? Promise.resolve(undefined) : this.#send(standing);
  }

  /** Resolves to what kept the message from ROS. */
  async #send(standing: Standing): Promise<Error | undefined> {
    const { topic, way } = standing.order;
    const { signal } = standing.over;
    const { isSent, hasMoved } = standing;
    standing.isSending = true;
    standing.isSent = true;
    standing.hasMoved = true;
    try {
      await way.send(!isSent, { deadlineMs: SEND_DEADLINE_MS, signal });
      standing.isFailing = false;
      return undefined;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error('ROS did not take it');
      if (!isSent) standing.hasMoved = hasMoved;
      // What moves the robot does not begin against a refusal, and ends with one that is final; the rest is tried again.
      const isOver = way.token !== undefined && (!isSent || (isLonglineError(error) && finalRefusals.has(error.code)));
      if (isOver && standing.order.way === way) this.#end(standing, refusedReason(error));
      else if (!standing.isFailing && !signal.aborted) {
        this.#log.warn({ topic, err: error }, 'a standing command does not reach ROS; the agent goes on trying');
      }
      standing.isFailing = true;
      return error;
    } finally {
      standing.isSending = false;
    }
  }

  /** Nothing where another took its place or it has ended. */
  #end(standing: Standing, reason: string): void {
    const { topic, way } = standing.order;
    if (this.#active.get(topic) !== standing) return;
    this.#active.delete(topic);
    this.#ended.set(topic, reason);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= MAX_ENDED) break;
      this.#ended.delete(oldest);
    }
    this.#silence(standing);
    const ended = (standing.hasMoved ? way.end() : Promise.resolve())
      // The deadman stops what this did not.
      .catch((error: unknown) => this.#log.debug({ topic, err: error }, 'the last message did not reach ROS'))
      .finally(() => {
        way.release();
        this.#ending.delete(ended);
      });
    this.#ending.add(ended);
    this.#log.info({ topic, reason }, 'a standing command ended');
    this.#handleChange();
  }

  #silence(standing: Standing): void {
    standing.cancelTick?.();
    standing.cancelHold?.();
    standing.over.abort();
  }
}

const refusedReason = (error: Error): string =>
  `it was refused on the robot: ${isLonglineError(error) ? error.code : error.message.slice(0, 200)}`;
