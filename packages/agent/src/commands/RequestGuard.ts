import { isCommand, isStop } from '@longline/line';
import { AgentError } from '../errors.ts';
import type { RobotRequest } from './RobotRequest.ts';

/** Topics whose newest word is remembered; beyond it the one that was spoken of longest ago is forgotten. */
export const MAX_ORDERED_TOPICS = 1_000;

/**
 * Lets through only requests that are still wanted: not past their deadline, not made under a lease that a newer one
 * replaced, not overtaken. What moves the robot passes the deadman besides.
 */
export class RequestGuard {
  readonly #highestToken: () => number;
  /** By topic, how far the requests about it have come. */
  readonly #newest = new Map<string, number>();

  constructor(options: {
    /** The highest lease token that the robot has seen. */
    readonly highestToken: () => number;
  }) {
    this.#highestToken = options.highestToken;
  }

  /** At arrival. Throws `COMMAND_EXPIRED`, `LEASE_STALE`. */
  checkArrival(request: RobotRequest): void {
    const { action } = request.header;
    // What makes the robot stand still is never too late: whatever was set after it comes after it.
    if (!isStop(action) && action.kind !== 'lease.release') this.checkExecution(request);
  }

  /** Right before a request takes effect, with no wait between. Throws `COMMAND_EXPIRED`, `LEASE_STALE`. */
  checkExecution(request: RobotRequest): void {
    this.#checkAge(request);
    const { token, action } = request.header;
    if (token > 0 && isCommand(action)) this.#checkToken(token);
  }

  /**
   * Right before a word about a topic takes effect, where the last word counts: requests wait for ROS for different
   * times, and a start must not overtake the stop that came after it. Throws `COMMAND_OUT_OF_ORDER`.
   */
  checkOrder(request: RobotRequest, topic: string): void {
    if (request.order < (this.#newest.get(topic) ?? 0)) {
      throw new AgentError(
        'COMMAND_OUT_OF_ORDER',
        `A newer command for ${topic} took effect while this one waited for ROS; it was not executed.`,
        { details: { topic } },
      );
    }
    this.#newest.delete(topic);
    this.#newest.set(topic, request.order);
    for (const oldest of this.#newest.keys()) {
      if (this.#newest.size <= MAX_ORDERED_TOPICS) break;
      this.#newest.delete(oldest);
    }
  }

  #checkAge(request: RobotRequest): void {
    const { remainingMs, ageMs } = request;
    if (remainingMs > 0) return;
    const { deadlineMs } = request.header;
    throw new AgentError(
      'COMMAND_EXPIRED',
      `The request was ${Math.round(ageMs)} ms old on the robot, its deadline is ${Math.round(deadlineMs)} ms; it was not ` +
        'executed. Send it again, with a longer deadline where the path to the robot is slow.',
      { details: { ageMs, deadlineMs } },
    );
  }

  #checkToken(token: number): void {
    const highestToken = this.#highestToken();
    if (token >= highestToken) return;
    throw new AgentError(
      'LEASE_STALE',
      `The command was made under lease token ${token}; this robot has seen ${highestToken}. Take the lease again.`,
      { details: { token, highestToken } },
    );
  }
}
