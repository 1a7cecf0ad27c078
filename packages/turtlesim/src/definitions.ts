import { RosError, concatDefinition, ros1TypeName, serviceSchema } from '@longline/ros';
import type { Schema, ServiceSchema } from '@longline/ros';
import { messageTexts, serviceTexts } from './definitionTexts.ts';

const messageDefinitions = new Map<string, Schema>();
const serviceDefinitions = new Map<string, ServiceSchema>();

/** The definition of a message type, the same object each time. Both spellings. Throws `TYPE_UNKNOWN` or `NAME_INVALID`. */
export function messageDefinition(type: string): Schema {
  const name = ros1TypeName(type);
  if (!messageTexts.has(name)) {
    throw new RosError(
      'TYPE_UNKNOWN',
      `This turtlesim has no message type ${name}. It has ${[...messageTexts.keys()].sort().join(', ')}.`,
      { details: { type: name } },
    );
  }
  const known = messageDefinitions.get(name);
  if (known) return known;
  const schema: Schema = { name, encoding: 'ros1msg', text: concatDefinition(name, lookup) };
  messageDefinitions.set(name, schema);
  return schema;
}

/** The definitions of a service type, the same object each time. Throws `TYPE_UNKNOWN`. */
export function serviceDefinition(type: string): ServiceSchema {
  const known = serviceDefinitions.get(type);
  if (known) return known;
  const text = serviceTexts.get(type);
  if (text === undefined) {
    throw new RosError('TYPE_UNKNOWN', `This turtlesim has no service type ${type}.`, { details: { type } });
  }
  const schema = serviceSchema(type, text, 'ros1msg', lookup);
  serviceDefinitions.set(type, schema);
  return schema;
}

const lookup = (type: string): string | undefined => messageTexts.get(type);
