import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { RosError } from './errors.ts';
import type { ParsedDefinition, ParsedField } from './parseDefinition.ts';
import { definitionError, parseDefinition } from './parseDefinition.ts';
import type { Schema, ServiceSchema } from './Schema.ts';
import { MAX_DEFINITION_DEPTH } from './StructLayout.ts';

/**
 * The MD5 sum by which ROS 1 peers agree on a message type, as `rosmsg md5` prints it. Throws `NOT_SUPPORTED` for
 * definitions that are not ROS 1's, and `DEFINITION_INVALID`.
 */
export function md5Of(schema: Schema): string {
  return md5Hex(md5TextOf(schema));
}

/** The MD5 sum of a ROS 1 service type, as `rossrv md5` prints it. Throws like {@link md5Of}. */
export function md5OfService(service: ServiceSchema): string {
  return md5Hex(md5TextOf(service.request) + md5TextOf(service.response));
}

function md5TextOf(schema: Schema): string {
  if (schema.encoding !== 'ros1msg') {
    throw new RosError(
      'NOT_SUPPORTED',
      `Only ROS 1 types have MD5 sums; ${schema.name} has a definition in "${schema.encoding}".`,
      { details: { type: schema.name } },
    );
  }
  const parsed = parseDefinition(schema);
  return new Md5Builder(parsed).text(parsed.root.name);
}

/** genmsg's rule: constants first, built-in fields as written, other types replaced by their own sums. */
class Md5Builder {
  readonly #parsed: ParsedDefinition;
  readonly #sums = new Map<string, string>();
  readonly #open = new Set<string>();

  constructor(parsed: ParsedDefinition) {
    this.#parsed = parsed;
  }

  text(typeName: string): string {
    const struct = this.#parsed.structs.get(typeName);
    if (struct === undefined) {
      throw definitionError(this.#parsed.root.name, `lacks the definition of ${typeName}, which it uses`);
    }
    if (this.#open.has(typeName)) throw definitionError(typeName, 'contains itself');
    if (this.#open.size >= MAX_DEFINITION_DEPTH) {
      throw definitionError(this.#parsed.root.name, `nests types more than ${MAX_DEFINITION_DEPTH} deep`);
    }
    this.#open.add(typeName);
    const lines = [
      ...struct.constants.map(({ type, name, valueText }) => `${type} ${name}=${valueText}`),
      ...struct.fields.map((field) => `${this.#typeText(field)} ${field.name}`),
    ];
    this.#open.delete(typeName);
    return lines.join('\n');
  }

  #typeText(field: ParsedField): string {
    if (field.builtin) return field.type + arrayText(field);
    let sum = this.#sums.get(field.type);
    if (sum === undefined) {
      sum = md5Hex(this.text(field.type));
      this.#sums.set(field.type, sum);
    }
    return sum;
  }
}

function arrayText({ array }: ParsedField): string {
  if (array === undefined) return '';
  return 'length' in array ? `[${array.length}]` : '[]';
}

function md5Hex(text: string): string {
  return bytesToHex(md5(utf8ToBytes(text)));
}
