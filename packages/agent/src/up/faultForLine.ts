import type { Channel } from '@longline/ros';

/** What the line carries of a channel (docs/protocol.md, clause 3): a server ends the line for more. */
const MAX_TOPIC_LENGTH = 1_024;
const MAX_TYPE_LENGTH = 512;
const MAX_DEFINITION_LENGTH = 1024 * 1024;
const MAX_DEFINITION_JSON_BYTES = 2 * 1024 * 1024 - 4 * 1024;

const encoder = new TextEncoder();

/** Why a channel cannot be advertised, in a sentence, or undefined. */
export function faultForLine({ topic, schema }: Channel): string | undefined {
  if (topic.length > MAX_TOPIC_LENGTH)
    return `The topic's name has ${topic.length} characters; a line carries ${MAX_TOPIC_LENGTH}.`;
  if (schema.name.length > MAX_TYPE_LENGTH)
    return `The type's name has ${schema.name.length} characters; a line carries ${MAX_TYPE_LENGTH}.`;
  const { length } = schema.text;
  if (length <= MAX_DEFINITION_LENGTH / 6) return undefined;
  if (
    length <= MAX_DEFINITION_LENGTH &&
    encoder.encode(JSON.stringify(schema.text)).length <= MAX_DEFINITION_JSON_BYTES
  )
    return undefined;
  return `The definition of ${schema.name} has ${length} characters; a line carries ${MAX_DEFINITION_LENGTH}.`;
}
