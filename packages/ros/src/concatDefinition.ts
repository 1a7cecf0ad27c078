import { RosError } from './errors.ts';
import { MAX_DEFINITION_LENGTH, referencedTypes } from './parseDefinition.ts';
import type { Schema } from './Schema.ts';
import { parseTypeName, ros1TypeName, ros2TypeName } from './typeNames.ts';

/** The text of one `.msg` file, or `undefined` when the type is unknown. Asked for `pkg/Type` (ROS 1) or `pkg/msg/Type` (ROS 2). */
export type FindMessageText = (type: string) => string | undefined;

/** The line between the parts of a concatenated definition. */
export const DEFINITION_SEPARATOR = '='.repeat(80);

/**
 * Puts a definition together from single `.msg` texts: the type itself, then each dependency once, after a line of `=` and
 * a line `MSG: pkg/Type`. A two-part `type` is ROS 1, a three-part one ROS 2. Throws `TYPE_UNKNOWN` naming the type that
 * `findMessageText` lacks, `NAME_INVALID`, `DEFINITION_INVALID`.
 */
export function concatDefinition(type: string, findMessageText: FindMessageText): string {
  const rosVersion = parseTypeName(type).kind === undefined ? 1 : 2;
  const spelled = rosVersion === 1 ? ros1TypeName(type) : ros2TypeName(type);
  return withDependencies(type, messageText(spelled, type, findMessageText), rosVersion, findMessageText);
}

/** A schema out of one type's own text; dependencies are looked up as in {@link concatDefinition}. */
export function schemaOf(
  name: string,
  ownText: string,
  encoding: 'ros1msg' | 'ros2msg',
  findMessageText: FindMessageText,
): Schema {
  return { name, encoding, text: withDependencies(name, ownText, encoding === 'ros2msg' ? 2 : 1, findMessageText) };
}

function withDependencies(type: string, ownText: string, rosVersion: 1 | 2, find: FindMessageText): string {
  const parts = [ownText];
  let length = ownText.length;
  const seen = new Set([ros1TypeName(type)]);
  const waiting = referencedTypes(type, ownText, rosVersion);
  // ROS 1's genmsg writes a dependency's own dependencies right after it, rosbag2 those of one level together.
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const text = messageText(rosVersion === 1 ? next : ros2TypeName(next), type, find);
    parts.push(`${DEFINITION_SEPARATOR}\nMSG: ${next}\n${text}`);
    length += text.length;
    if (length > MAX_DEFINITION_LENGTH) {
      throw new RosError(
        'DEFINITION_INVALID',
        `The definition of ${type} with its dependencies has more than ${MAX_DEFINITION_LENGTH} characters.`,
        { details: { type } },
      );
    }
    const further = referencedTypes(next, text, rosVersion);
    if (rosVersion === 1) waiting.unshift(...further);
    else waiting.push(...further);
  }
  // One line break after each part, as genmsg joins them: a part that ends in one leaves an empty line.
  return parts.join('\n');
}

function messageText(type: string, neededBy: string, find: FindMessageText): string {
  const text = find(type);
  if (text !== undefined) return text;
  const reason = type === neededBy ? '' : ` (${neededBy} uses it)`;
  throw new RosError(
    'TYPE_UNKNOWN',
    `The definition of ${type} was not found${reason}. Install its package where definitions are looked up.`,
    { details: { type, neededBy } },
  );
}
