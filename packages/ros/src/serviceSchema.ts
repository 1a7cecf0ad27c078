import type { FindMessageText } from './concatDefinition.ts';
import { schemaOf } from './concatDefinition.ts';
import { definitionError } from './parseDefinition.ts';
import type { ServiceSchema } from './Schema.ts';
import { ros1TypeName, ros2TypeName } from './typeNames.ts';

/**
 * Splits a `.srv` text at its line `---` and adds the message types that each half needs. Throws `DEFINITION_INVALID`
 * when there is not exactly one such line, and what `concatDefinition` throws.
 */
export function serviceSchema(
  name: string,
  text: string,
  encoding: 'ros1msg' | 'ros2msg',
  findMessageText: FindMessageText,
): ServiceSchema {
  const halves = text.split(/^---[ \t\r]*$/m);
  const [request, response] = halves;
  if (request === undefined || response === undefined || halves.length !== 2) {
    throw definitionError(
      name,
      `has ${halves.length - 1} lines "---"; a service has one, between request and response`,
    );
  }
  const fullName = encoding === 'ros1msg' ? ros1TypeName(name) : ros2TypeName(name, 'srv');
  return {
    name: fullName,
    request: schemaOf(`${fullName}_Request`, request, encoding, findMessageText),
    response: schemaOf(`${fullName}_Response`, response.replace(/^\n/, ''), encoding, findMessageText),
  };
}
