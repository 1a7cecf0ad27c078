import { codecFor } from '@longline/ros';
import type { Message } from '@longline/ros';
import { schemaLayout } from '../schemaLayout.ts';
import { CborWriter } from './CborWriter.ts';
import { transcodings } from './transcodings.ts';
import { writeCborPlain, writeCborStruct } from './writeCborValue.ts';

/** The binary frame of compression `cbor`, for readers who call the topic by its full name. */
export function cborFrame(message: Message): Uint8Array {
  return cborFrameAs(message.channel.topic, message);
}

/** The same for a reader who calls the topic `topic`. */
export function cborFrameAs(topic: string, message: Message): Uint8Array {
  transcodings.cbor++;
  const { schema, encoding } = message.channel;
  const value = codecFor(schema, encoding).decode(message.data);
  const writer = cborPublish(topic, message.data.length);
  if (schema.encoding === '') writeCborPlain(value, writer);
  else writeCborStruct(schemaLayout(schema), value, writer);
  return writer.finish();
}

/** A `publish` up to where the value of `msg` belongs. */
export function cborPublish(topic: string, expectedBytes: number): CborWriter {
  const writer = new CborWriter(expectedBytes);
  writer.head(5, 3);
  writer.text('op');
  writer.text('publish');
  writer.text('topic');
  writer.text(topic);
  writer.text('msg');
  return writer;
}
