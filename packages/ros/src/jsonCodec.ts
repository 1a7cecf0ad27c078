import { lazily } from './definitionCodec.ts';
import { RosError } from './errors.ts';
import { MAX_JSON_DEPTH, parseJsonExact, stringifyExact, tooDeep } from './exactJson.ts';
import { fromPlain } from './fromPlain.ts';
import type { MessageCodec } from './MessageCodec.ts';
import type { RosObject, RosValue } from './RosValue.ts';
import type { Schema } from './Schema.ts';
import { structLayout } from './StructLayout.ts';
import { toJson } from './toJson.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The codec of messages that travel as JSON text. Without a definition, any JSON object passes. */
export function jsonCodec(schema: Schema): MessageCodec {
  const codec: Pick<MessageCodec, 'fromPlain' | 'toJson'> =
    schema.encoding === '' ? untypedCodec(schema.name) : typedCodec(schema);
  const fromJson = (text: string): RosObject => codec.fromPlain(parseJsonExact(text));
  const decode = (data: Uint8Array): RosObject => fromJson(decodeText(schema.name, data));
  return {
    ...codec,
    fromJson,
    decode,
    encode: (value) => encoder.encode(codec.toJson(codec.fromPlain(value))),
    validate: (data) => void decode(data),
  };
}

function typedCodec(schema: Schema): Pick<MessageCodec, 'fromPlain' | 'toJson'> {
  const layout = lazily(() => structLayout(schema));
  return {
    fromPlain: (value) => fromPlain(layout(), value),
    toJson: (value, options = {}) => toJson(layout(), value, options),
  };
}

function untypedCodec(typeName: string): Pick<MessageCodec, 'fromPlain' | 'toJson'> {
  return {
    fromPlain(value) {
      const object = untypedValue(value);
      if (isRosObject(object)) return object;
      throw new RosError('MESSAGE_INVALID', `${typeName === '' ? 'A message' : typeName} must be a JSON object.`);
    },
    toJson: (value, options = {}) => stringifyExact(value, options),
  };
}

/** rosbridge writes NaN as null, and ROS has no null of its own. */
function untypedValue(value: unknown, depth = 0): RosValue {
  if (depth > MAX_JSON_DEPTH) throw tooDeep();
  if (value === null) return Number.NaN;
  if (Array.isArray(value)) return value.map((item) => untypedValue(item, depth + 1));
  if (typeof value === 'object') {
    if (ArrayBuffer.isView(value)) return value as RosValue;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, untypedValue(member, depth + 1)]));
  }
  if (
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'string'
  ) {
    return value;
  }
  throw new RosError('MESSAGE_INVALID', `A value of type ${typeof value} has no JSON form. Leave it out.`);
}

function isRosObject(value: RosValue): value is RosObject {
  return typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function decodeText(typeName: string, data: Uint8Array): string {
  try {
    return decoder.decode(data);
  } catch (cause) {
    throw new RosError('MESSAGE_INVALID', `${typeName}: a JSON message must be UTF-8, and its bytes are not.`, {
      cause,
    });
  }
}
