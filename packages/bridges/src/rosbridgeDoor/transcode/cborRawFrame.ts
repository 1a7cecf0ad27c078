import { codecFor, RosError } from '@longline/ros';
import type { Message } from '@longline/ros';
import { cborPublish } from './cborFrame.ts';
import { transcodings } from './transcodings.ts';

const SECOND_NS = 1_000_000_000n;

/** The binary frame of compression `cbor-raw`: `msg` is {secs, nsecs, bytes}, the time being when the robot's agent received it. */
export function cborRawFrame(message: Message): Uint8Array {
  return cborRawFrameAs(message.channel.topic, message);
}

/** The same for a reader who calls the topic `topic`. */
export function cborRawFrameAs(topic: string, message: Message): Uint8Array {
  transcodings.cborRaw++;
  const bytes = serialized(message);
  const writer = cborPublish(topic, bytes.length);
  writer.head(5, 3);
  writer.text('secs');
  writer.integer(message.logTime / SECOND_NS);
  writer.text('nsecs');
  writer.integer(message.logTime % SECOND_NS);
  writer.text('bytes');
  writer.byteString(bytes);
  return writer.finish();
}

function serialized({ channel, data }: Message): Uint8Array {
  const { schema, encoding } = channel;
  if (encoding !== 'json') return data;
  if (schema.encoding === '') {
    throw new RosError(
      'NOT_SUPPORTED',
      `${channel.topic} travels as JSON without a definition, so it has no serialized form. Use the compression none or cbor.`,
      { details: { topic: channel.topic } },
    );
  }
  const value = codecFor(schema, 'json').decode(data);
  return codecFor(schema, schema.encoding === 'ros2msg' ? 'cdr' : 'ros1').encode(value);
}
