import { codecFor } from '@longline/ros';
import type { Message } from '@longline/ros';
import { transcodings } from './transcodings.ts';

/** The message as rosbridge's JSON: NaN and infinities as null, int64 as digits, `uint8[]` as base64. */
export function jsonBody(message: Message): string {
  transcodings.json++;
  const { schema, encoding } = message.channel;
  const codec = codecFor(schema, encoding);
  return codec.toJson(codec.decode(message.data), { nonFinite: 'null' });
}

/** The text frame for readers who call the topic by its full name. */
export function jsonFrame(message: Message): string {
  return jsonFrameAs(message.channel.topic, message.transcoded(jsonBody));
}

/** The text frame for a reader who calls the topic `topic`. */
export function jsonFrameAs(topic: string, body: string): string {
  return `{"op":"publish","topic":${JSON.stringify(topic)},"msg":${body}}`;
}
