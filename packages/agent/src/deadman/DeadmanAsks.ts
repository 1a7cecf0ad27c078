import { LonglineError } from '@longline/ros';
import type { DeadmanReply } from './deadmanMessages.ts';

export type DeadmanAnswer = Extract<DeadmanReply, { kind: 'answer' }>;

interface Waiting {
  readonly resolve: (answer: DeadmanAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** What the deadman's process was asked and has not answered. As many as the agent has requests under way. */
export class DeadmanAsks {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /** Rejects with what the other side refused with. */
  ask(send: (id: number) => void): Promise<DeadmanAnswer> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      send(id);
    });
  }

  handleReply(reply: DeadmanReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'answer') waiting?.resolve(reply);
    else waiting?.reject(new LonglineError(reply.code, reply.message, { details: reply.details }));
  }

  refuseAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
