import { codecFor, isStoppedByZeros } from '@longline/ros';
import type { Publisher } from '@longline/ros';
import type { HandlerContext } from './handlers/Handler.ts';
import { encodingOf } from './messageBytes.ts';
import type { OutputOrder } from './MotionOrders.ts';
import type { PublisherUse } from './PublisherPool.ts';
import type { RobotRequest } from './RobotRequest.ts';

/** How a standing command's message comes to ROS. */
export interface StandingWay {
  /** Of the lease under which it moves the robot; undefined where it moves nothing, and so outlives the line. */
  readonly token: number | undefined;
  /** Sends the message, for the first time or again. Rejects with what ROS or the deadman says. */
  send(isFirst: boolean, options: { readonly deadlineMs: number; readonly signal: AbortSignal }): Promise<void>;
  /** Ends what it moved, as far as a message does. The deadman does the rest. */
  end(): Promise<void>;
  /** Whether it is another word about what `other` repeats. */
  continues(other: StandingWay): boolean;
  /** Idempotent. */
  release(): void;
}

/** Over a publisher, whose use passes to the way. */
export class PublisherWay implements StandingWay {
  readonly token = undefined;
  readonly #data: Uint8Array;
  readonly #publisher: Publisher;
  readonly #use: PublisherUse;

  constructor(use: PublisherUse, data: Uint8Array) {
    this.#data = data;
    this.#use = use;
    this.#publisher = use.publisher;
  }

  async send(_isFirst: boolean, options: { readonly deadlineMs: number; readonly signal: AbortSignal }): Promise<void> {
    await this.#publisher.publish(this.#data, options);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  continues(other: StandingWay): boolean {
    return other instanceof PublisherWay && other.#publisher === this.#publisher && isSameData(other.#data, this.#data);
  }

  release(): void {
    this.#use.release();
  }
}

/** Over the deadman: what is repeated is as old as its holder's last word. */
export class MotionWay implements StandingWay {
  readonly token: number;
  readonly #context: Pick<HandlerContext, 'motion' | 'types'>;
  readonly #request: RobotRequest;
  readonly #order: OutputOrder;
  readonly #holdMs: number;

  constructor(options: {
    readonly context: Pick<HandlerContext, 'motion' | 'types'>;
    readonly request: RobotRequest;
    readonly order: OutputOrder;
    /** From when the request was made, in milliseconds. */
    readonly holdMs: number;
  }) {
    this.#context = options.context;
    this.#request = options.request;
    this.#order = options.order;
    this.#holdMs = options.holdMs;
    this.token = options.request.header.token;
  }

  async send(isFirst: boolean): Promise<void> {
    const { motion } = this.#context;
    if (isFirst) await motion.execute(this.#request, this.#order);
    else await motion.repeat(this.#request, this.#order, this.#holdMs);
  }

  async end(): Promise<void> {
    const { type } = this.#order;
    if (type === undefined || !isStoppedByZeros(type)) return;
    const schema = await this.#context.types.schemaOf(type, {});
    const zeros = codecFor(schema, encodingOf(schema)).encode({});
    await this.#context.motion.repeat(this.#request, { ...this.#order, data: zeros }, this.#holdMs);
  }

  continues(other: StandingWay): boolean {
    return other instanceof MotionWay && other.token === this.token && isSameData(other.#order.data, this.#order.data);
  }

  release(): void {
    // It holds nothing.
  }
}

const isSameData = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
