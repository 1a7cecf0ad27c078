import type { Channel } from './Schema.ts';
import type { RosObject } from './RosValue.ts';
import { codecFor } from './codecFor.ts';

/** The parts of a message that travel and are stored: structured-cloneable. */
export interface MessageParts {
  /** Counts this channel's messages from 0 in each boot; gaps are drops. Unsigned 32 bits, wraps. */
  readonly sequence: number;
  /** When the agent (or the graph) received it, nanoseconds since 1970 on the robot's clock. */
  readonly logTime: bigint;
  /** The ROS source time in nanoseconds if known (it is simulated time where ROS runs on it), else `logTime`. */
  readonly publishTime: bigint;
  readonly data: Uint8Array;
}

/**
 * One message: bytes plus a channel. It is shared by every reader: its decoded value, its JSON and every other
 * transcoding are made when first asked for, once, and kept on it.
 */
export class Message implements MessageParts {
  readonly channel: Channel;
  readonly sequence: number;
  readonly logTime: bigint;
  readonly publishTime: bigint;
  readonly data: Uint8Array;
  #transcodings: Map<unknown, unknown> | undefined;

  constructor(channel: Channel, parts: MessageParts) {
    this.channel = channel;
    this.sequence = parts.sequence;
    this.logTime = parts.logTime;
    this.publishTime = parts.publishTime;
    this.data = parts.data;
  }

  /** The decoded fields. Throws `MESSAGE_INVALID` when the bytes do not match the definition. */
  get value(): RosObject {
    return this.transcoded(decodeValue);
  }

  /** Exact rosbridge-style JSON text: int64 as digits, NaN and infinities as strings, `uint8[]` as base64. */
  get json(): string {
    return this.transcoded(encodeJson);
  }

  /** Any other form of this message, made once: `transcode` must be one function for all messages (not a fresh closure). */
  transcoded<T>(transcode: (message: Message) => T): T {
    this.#transcodings ??= new Map();
    if (!this.#transcodings.has(transcode)) this.#transcodings.set(transcode, transcode(this));
    return this.#transcodings.get(transcode) as T;
  }
}

const decodeValue = (message: Message): RosObject =>
  codecFor(message.channel.schema, message.channel.encoding).decode(message.data);

const encodeJson = (message: Message): string =>
  codecFor(message.channel.schema, message.channel.encoding).toJson(message.value);
