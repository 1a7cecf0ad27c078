import { Message, ros1TypeName } from '@longline/ros';
import type { Channel, MessageParts, RosObject, RosValue } from '@longline/ros';
import type { LatchedBytes } from './LatchedBytes.ts';

/** Most publishers told apart on one topic; further ones are kept as one. */
const MAX_PUBLISHERS = 1_000;

/** Topics that are published once whether or not the robot's bridge can tell that they are latched, in any namespace. */
const latchedNames = /\/(?:tf_static|map|robot_description)$/;

/** Whether the last messages of a channel are kept for servers that come later. */
export const isLatched = (channel: Channel): boolean => channel.latched || latchedNames.test(channel.topic);

/**
 * The last message of each publisher of a latched topic. ROS does not say who published a message: transforms are told
 * apart by the frames they are about; of any other type the last message of the topic is kept.
 */
export class LatchedMessages {
  readonly #budget: LatchedBytes;
  readonly #kept = new Map<string, MessageParts>();

  constructor(budget: LatchedBytes) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Oldest first. */
  list(): MessageParts[] {
    return [...this.#kept.values()];
  }

  /** Keeps the message in place of the one before of its publisher; only that one goes where there is no room for it. */
  keep(channel: Channel, parts: MessageParts): void {
    const publisher = publisherOf(channel, parts);
    const key = this.#kept.size < MAX_PUBLISHERS || this.#kept.has(publisher) ? publisher : '';
    this.#forget(key);
    if (!this.#budget.take(parts.data.length)) return;
    this.#kept.set(key, parts);
  }

  clear(): void {
    for (const key of [...this.#kept.keys()]) this.#forget(key);
  }

  #forget(key: string): void {
    const parts = this.#kept.get(key);
    if (parts === undefined) return;
    this.#kept.delete(key);
    this.#budget.give(parts.data.length);
  }
}

/** Stands for the publisher of a message, as far as its content tells publishers apart. */
function publisherOf(channel: Channel, parts: MessageParts): string {
  try {
    const type = ros1TypeName(channel.schema.name);
    if (type !== 'tf2_msgs/TFMessage' && type !== 'tf/tfMessage') return '';
    const { transforms } = new Message(channel, parts).value;
    return Array.isArray(transforms) ? transforms.map(childFrame).join('\n') : '';
  } catch {
    // A message that cannot be read is passed on like any other.
    return '';
  }
}

const childFrame = (transform: RosValue): string => {
  const frame = isObject(transform) ? transform['child_frame_id'] : undefined;
  return typeof frame === 'string' ? frame : '';
};

const isObject = (value: RosValue): value is RosObject =>
  typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value);
