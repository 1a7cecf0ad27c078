import { definitionCodec } from './definitionCodec.ts';
import { RosError } from './errors.ts';
import { jsonCodec } from './jsonCodec.ts';
import type { MessageCodec } from './MessageCodec.ts';
import type { Encoding, Schema } from './Schema.ts';
import { schemaHash } from './schemaHash.ts';

/** Most codecs kept by definition; the one that was made first goes first. */
export const MAX_CACHED_CODECS = 1024;

const byObject = new WeakMap<Schema, Partial<Record<Encoding, MessageCodec>>>();
const byHash = new Map<string, MessageCodec>();

/**
 * The codec of a message type in one encoding, made once per definition. Throws `NOT_SUPPORTED` when the encoding does
 * not go with the language of the definition; the definition itself is read at the codec's first use.
 */
export function codecFor(schema: Schema, encoding: Encoding): MessageCodec {
  let codecs = byObject.get(schema);
  if (codecs === undefined) byObject.set(schema, (codecs = {}));
  return (codecs[encoding] ??= codecByHash(schema, encoding));
}

function codecByHash(schema: Schema, encoding: Encoding): MessageCodec {
  const key = `${encoding}:${schemaHash(schema)}`;
  let codec = byHash.get(key);
  if (codec === undefined) {
    codec = makeCodec(schema, encoding);
    for (const oldest of byHash.keys()) {
      if (byHash.size < MAX_CACHED_CODECS) break;
      byHash.delete(oldest);
    }
    byHash.set(key, codec);
  }
  return codec;
}

function makeCodec(schema: Schema, encoding: Encoding): MessageCodec {
  switch (encoding) {
    case 'json':
      return jsonCodec(schema);
    case 'ros1':
      if (schema.encoding === 'ros1msg') return definitionCodec(schema, false);
      break;
    case 'cdr':
      if (schema.encoding === 'ros2msg') return definitionCodec(schema, true);
      break;
  }
  throw new RosError(
    'NOT_SUPPORTED',
    `${schema.name} has a definition in "${schema.encoding}" and messages in "${encoding}". ` +
      'Supported are ros1 with ros1msg, cdr with ros2msg, and json with either or none.',
    { details: { type: schema.name, schemaEncoding: schema.encoding, encoding } },
  );
}
