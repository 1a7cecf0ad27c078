import type { Channel, MessageParts } from '@longline/ros';
import type { LatchedBytes } from './LatchedBytes.ts';
import { isStaticTransforms, StaticTransforms } from './StaticTransforms.ts';

/** Topics that are published once whether or not the robot's bridge can tell that they are latched, in any namespace. */
const latchedNames = /\/(?:tf_static|map|robot_description)$/;

/** Whether the last message of a channel is kept for servers that come later. */
export const isLatched = (channel: Channel): boolean => channel.latched || latchedNames.test(channel.topic);

/** The last message of a latched topic; of static transforms, those of all publishers in one. */
export class LatchedMessage {
  readonly #budget: LatchedBytes;
  #transforms: StaticTransforms | undefined;
  #kept: MessageParts | undefined;

  constructor(budget: LatchedBytes) {
    this.#budget = budget;
  }

  /** Undefined before the first, and where there was no room for it. */
  get kept(): MessageParts | undefined {
    return this.#kept;
  }

  /** Keeps the next message in place of the one before, and returns what is to be sent. */
  take(channel: Channel, parts: MessageParts): MessageParts {
    this.#forget();
    const sent = isStaticTransforms(channel)
      ? (this.#transforms ??= new StaticTransforms()).gather(channel, parts)
      : parts;
    if (this.#budget.take(sent.data.length)) this.#kept = sent;
    return sent;
  }

  clear(): void {
    this.#forget();
    this.#transforms = undefined;
  }

  #forget(): void {
    if (this.#kept !== undefined) this.#budget.give(this.#kept.data.length);
    this.#kept = undefined;
  }
}
