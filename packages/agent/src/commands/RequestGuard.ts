import { isCommand } from '@longline/line';
import { AgentError } from '../errors.ts';
import type { RobotRequest } from './RobotRequest.ts';

/** Topics whose newest word is remembered; beyond it the one that was spoken of longest ago is forgotten. */
export const MAX_ORDERED_TOPICS = 1_000;

/**
 * Lets through only requests that are still wanted: not past their deadline, not made under a lease that a newer one
 * replaced, not overtaken, and, for motion, in order under their lease and on a line that stands.
 */
export class RequestGuard {
  /** By topic, how far the requests about it have come. */
  readonly #newest = new Map<string, number>();
  #highestToken = 0;
  #lastSequence = -1;

  /** The highest lease token seen. */
  get highestToken(): number {
    return this.#highestToken;
  }

  /** At arrival. Throws `COMMAND_EXPIRED`, `LEASE_STALE`. */
  checkArrival(request: RobotRequest): void {
    const { token, action } = request.header;
    // A stop is never too late: whatever was set after it comes after it.
    if (action.kind !== 'standing.end') this.#checkAge(request);
    if (!isCommand(action)) return;
    if (token > 0) this.#checkToken(token);
    if (token > this.#highestToken) {
      this.#highestToken = token;
      this.#lastSequence = -1;
    }
  }

  /**
   * Right before a command takes effect, with no wait between. Throws `COMMAND_EXPIRED`, `LEASE_STALE`,
   * `COMMAND_OUT_OF_ORDER`, `MOTION_LINE_ENDED`, `AGENT_STOPPED`.
   */
  checkExecution(request: RobotRequest, isMotion: boolean): void {
    const { token, sequence } = request.header;
    this.#checkAge(request);
    if (!isMotion) {
      if (token > 0) this.#checkToken(token);
      return;
    }
    this.#checkToken(token);
    request.lineEnded.throwIfAborted();
    if (token === 0) return;
    if (sequence <= this.#lastSequence) {
      throw new AgentError(
        'COMMAND_OUT_OF_ORDER',
        `Motion under lease token ${token} has come to sequence ${this.#lastSequence}; ${sequence} comes too late. ` +
          'Count the sequence up with every motion command.',
        { details: { token, sequence, lastSequence: this.#lastSequence } },
      );
    }
    this.#lastSequence = sequence;
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
    if (token >= this.#highestToken) return;
    throw new AgentError(
      'LEASE_STALE',
      `The command was made under lease token ${token}; this robot has seen ${this.#highestToken}. Take the lease again.`,
      { details: { token, highestToken: this.#highestToken } },
    );
  }
}
