import { codecFor, Message, ros1TypeName } from '@longline/ros';
import type { Channel, MessageParts, RosObject, RosValue } from '@longline/ros';

/** Most frames gathered; beyond it those told longest ago are left to their own messages. */
const MAX_FRAMES = 1_000;

/** Whether a channel carries the static transforms of a robot. */
export function isStaticTransforms({ topic, schema }: Channel): boolean {
  if (!topic.endsWith('/tf_static')) return false;
  try {
    return ros1TypeName(schema.name) === 'tf2_msgs/TFMessage';
  } catch {
    // A robot may call its types whatever it likes.
    return false;
  }
}

/**
 * Gathers the static transforms of one robot. Each node publishes its own once, and ROS keeps them all; where one last
 * message is kept for a topic, on a server or by a reader, it has to hold those of all nodes.
 */
export class StaticTransforms {
  readonly #byFrame = new Map<string, RosValue>();

  /** The message with the transforms of all messages before; of each child frame the newest. As it is where it cannot be read. */
  gather(channel: Channel, parts: MessageParts): MessageParts {
    try {
      const { value } = new Message(channel, parts);
      const { transforms } = value;
      if (!isList(transforms)) return parts;
      for (const transform of transforms) this.#put(transform);
      if (this.#byFrame.size <= transforms.length) return parts;
      const all = { ...value, transforms: [...this.#byFrame.values()] };
      return { ...parts, data: codecFor(channel.schema, channel.encoding).encode(all) };
    } catch {
      // A message that cannot be read is passed on like any other.
      return parts;
    }
  }

  #put(transform: RosValue): void {
    const frame = isObject(transform) ? transform['child_frame_id'] : undefined;
    if (typeof frame !== 'string') return;
    this.#byFrame.delete(frame);
    this.#byFrame.set(frame, transform);
    for (const oldest of this.#byFrame.keys()) {
      if (this.#byFrame.size <= MAX_FRAMES) break;
      this.#byFrame.delete(oldest);
    }
  }
}

const isList = (value: RosValue | undefined): value is readonly RosValue[] => Array.isArray(value);

const isObject = (value: RosValue): value is RosObject =>
  typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value);
