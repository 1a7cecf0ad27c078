import { isLonglineError } from '@longline/ros';
import type { LonglineError, Message } from '@longline/ros';
import type { LatestMessage } from '../fleet/LatestMessage.ts';
import { isoNanoseconds } from './isoNanoseconds.ts';

/** The fields of a message as JSON text, or the reason why it has none. */
type MessageJson = { readonly json: string } | { readonly error: LonglineError };

/** Decodes what the robot sent, which may be anything. */
export function messageJson(message: Message): MessageJson {
  try {
    return { json: message.json };
  } catch (error) {
    if (isLonglineError(error)) return { error };
    throw error;
  }
}

/** A last message as JSON text; `members` are written behind its times, as JSON text too. */
export function latestJson(latest: LatestMessage, members: string): string {
  const { device, topic, message, receiveTime, ageMs } = latest;
  const { logTime, publishTime, sequence, data, channel } = message;
  const head = JSON.stringify({
    device,
    topic,
    type: channel.schema.name,
    logTime: isoNanoseconds(logTime),
    logTimeNs: logTime.toString(),
    publishTime: isoNanoseconds(publishTime),
    publishTimeNs: publishTime.toString(),
    receiveTime: isoNanoseconds(receiveTime),
    receiveTimeNs: receiveTime.toString(),
    ageMs: Math.round(ageMs * 1000) / 1000,
    sequence,
    bytes: data.length,
  });
  return `${head.slice(0, -1)},${members}}`;
}
