import { concatDefinition, ros1TypeName, serviceSchema } from '@longline/ros';
import type { Schema, ServiceSchema } from '@longline/ros';
import { bundledMessageText, bundledServiceText } from '@longline/ros/bundled';

/** By name, of common types only: bounded by how many there are. */
const known = new Map<string, Schema>();

/**
 * The definition of a common ROS message type as ROS 1 has it; of any other type one without a text, so that its messages are JSON that nobody checks.
 * Both spellings are taken. Throws `NAME_INVALID`.
 */
export function commonSchema(type: string): Schema {
  const name = ros1TypeName(type);
  const found = known.get(name);
  if (found !== undefined) return found;
  if (bundledMessageText(name) === undefined) return { name, encoding: '', text: '' };
  const schema: Schema = { name, encoding: 'ros1msg', text: concatDefinition(name, bundledMessageText) };
  known.set(name, schema);
  return schema;
}

/** The same of a service type. Throws `NAME_INVALID`. */
export function commonServiceSchema(type: string): ServiceSchema {
  const name = ros1TypeName(type);
  const text = bundledServiceText(name);
  if (text !== undefined) return serviceSchema(name, text, 'ros1msg', bundledMessageText);
  return { name, request: untyped(`${name}_Request`), response: untyped(`${name}_Response`) };
}

const untyped = (name: string): Schema => ({ name, encoding: '', text: '' });
