import type { Clock } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';
import { PendingAnswers } from '../link/PendingAnswers.ts';
import { ConnectionGraph } from './ConnectionGraph.ts';
import type { GraphUpdate } from './FoxgloveOp.ts';

/** The server is asked for everything anew at most so often, in milliseconds. */
export const ASK_INTERVAL_MS = 2_000;
/** News that is older than this is asked for again where it matters, in milliseconds. */
const OLD_MS = 5_000;
/** How long one who asks waits for the answer, in milliseconds; what is known serves otherwise. */
const ANSWER_WAIT_MS = 1_000;
const MAX_WAITING = 256;

/**
 * The connection graph of one connection, asked for anew where it may be old: of several subscribers a bridge (ros-foxglove-bridge 0.8.5)
 * tells only the first what changes, while each gets everything at the beginning.
 */
export class GraphQuestion {
  readonly graph = new ConnectionGraph();
  readonly #send: (op: object) => void;
  readonly #clock: Clock;
  readonly #answers: PendingAnswers<number, undefined>;
  #askedMs = Number.NEGATIVE_INFINITY;
  #newsMs = Number.NEGATIVE_INFINITY;
  #isOffered = false;
  #nextWait = 0;

  constructor(send: (op: object) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
    this.#answers = new PendingAnswers({ clock, what: 'looks at the graph', limit: MAX_WAITING });
  }

  /** The server has introduced itself. */
  handleOffered(isOffered: boolean): void {
    const begins = isOffered && !this.#isOffered;
    this.#isOffered = isOffered;
    if (begins) this.#begin();
  }

  handleUpdate(update: GraphUpdate): void {
    this.#newsMs = this.#clock.monotonicMs();
    this.graph.handleUpdate(update);
    this.#answers.settleWhere(() => true, undefined);
  }

  /** Somebody looks at it: asks again where it may be old. */
  refresh(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - Math.max(this.#askedMs, this.#newsMs) >= OLD_MS) this.#again();
  }

  /** Everything as of now, or as of {@link ASK_INTERVAL_MS} ago. Rejects as the signal says, never because of silence. */
  async ask({ deadlineMs, signal }: CallBounds): Promise<void> {
    if (!this.#isOffered) return;
    const isRecent = this.#clock.monotonicMs() - this.#askedMs < ASK_INTERVAL_MS;
    if (isRecent && this.graph.isKnown) return;
    const bounds = { deadlineMs: Math.min(deadlineMs, ANSWER_WAIT_MS), signal };
    const send = isRecent ? (): void => undefined : (): void => this.#again();
    const answer = this.#answers.ask(this.#nextWait++, bounds, send, () => new NoAnswer());
    await answer.catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
    });
  }

  handleEnd(error: Error): void {
    this.#answers.failAll(error);
  }

  #again(): void {
    if (!this.#isOffered) return;
    this.#send({ op: 'unsubscribeConnectionGraph' });
    this.#begin();
  }

  #begin(): void {
    this.#askedMs = this.#clock.monotonicMs();
    this.graph.expectAll();
    this.#send({ op: 'subscribeConnectionGraph' });
  }
}

class NoAnswer extends Error {}
