import { stringifyExact } from '@longline/ros';
import type { Message } from '@longline/ros';
import type { QueueSlot, ReaderQueue } from '../../door/ReaderQueue.ts';
import { answerFrames } from '../answerFrames.ts';
import type { OpOf } from '../ClientOp.ts';
import type { DoorReader } from '../DoorReader.ts';
import { idMember } from '../ReaderCalls.ts';
import { feedbackJson } from './actionMessages.ts';
import type { RosbridgeStatus } from './goalStatus.ts';

/** One goal that a reader sent: its feedback waits in the queue, where a slow reader loses the oldest; its result never does. */
export class SentGoal implements QueueSlot {
  readonly depth = 10;
  /** As actionlib knows it. */
  readonly goalId: string;
  /** The action server was last heard to know of it, or it was sent then, by the monotonic clock; infinite before. */
  seenMs = Number.POSITIVE_INFINITY;
  /** The action server said that it is over. */
  endedMs: number | undefined;
  /** Settles when it was published, or will not be. */
  sent: Promise<void> = Promise.resolve();
  readonly op: OpOf<'send_action_goal'>;
  readonly #reader: DoorReader;
  readonly #queue: ReaderQueue;
  #fragmented = 0;
  #isOver = false;

  constructor(goalId: string, op: OpOf<'send_action_goal'>, reader: DoorReader, queue: ReaderQueue) {
    this.goalId = goalId;
    this.op = op;
    this.#reader = reader;
    this.#queue = queue;
  }

  hasEnded(): boolean {
    return this.#isOver;
  }

  handleFeedback(message: Message): void {
    if (this.op.feedback === true) this.#queue.push(this, message, this.#reader.clock.monotonicMs());
  }

  /** `values` is JSON. Only the first end counts. */
  end(values: string, status: RosbridgeStatus, result: boolean): void {
    if (this.#isOver) return;
    this.close();
    for (const frame of this.#frames('action_result', `${values},"status":${status},"result":${result}`)) {
      this.#reader.send(frame);
    }
  }

  /** Nothing more is told of it. */
  close(): void {
    this.#isOver = true;
    this.#queue.forget(this);
  }

  encode(message: Message): readonly (string | Uint8Array)[] {
    try {
      return this.#frames('action_feedback', message.transcoded(feedbackJson));
    } catch (error) {
      this.#reader.statuses.refuse(error, { about: this.op.action, id: this.op.id });
      return [];
    }
  }

  handleDropped(count: number): void {
    const { action, id } = this.op;
    this.#reader.statuses.warn(`${count} of the feedback were dropped: this connection takes fewer than come`, {
      about: action,
      id,
    });
  }

  #frames(name: string, rest: string): readonly (string | Uint8Array)[] {
    const { id, action, compression, fragment_size } = this.op;
    const text = `{"op":"${name}",${idMember(id)}"action":${stringifyExact(action)},"values":${rest}}`;
    return answerFrames(text, compression, fragment_size, `${name}:${this.goalId}:${this.#fragmented++}`);
  }
}
