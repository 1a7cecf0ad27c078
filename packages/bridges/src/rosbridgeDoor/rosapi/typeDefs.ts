import { parseDefinition } from '@longline/ros';
import type { ParsedField, ParsedStruct, Schema } from '@longline/ros';

/** rosapi's description of one type. */
export interface TypeDef {
  readonly type: string;
  readonly fieldnames: readonly string[];
  readonly fieldtypes: readonly string[];
  /** -1 no array, 0 of any length, else fixed. */
  readonly fieldarraylen: readonly number[];
  readonly examples: readonly string[];
  readonly constnames: readonly string[];
  readonly constvalues: readonly string[];
}

/** rosapi on ROS 2 gives the names of the interface definition language. */
const ros2Words: Readonly<Record<string, string>> = {
  bool: 'boolean',
  byte: 'octet',
  float32: 'float',
  float64: 'double',
};
const timeWords: ReadonlySet<string> = new Set(['time', 'duration']);

/** The type first, then each that it contains, once. Throws `DEFINITION_INVALID`. */
export function typeDefs(schema: Schema): TypeDef[] {
  if (schema.encoding === '') return [];
  const { root, structs } = parseDefinition(schema);
  const isRos2 = schema.encoding === 'ros2msg';
  const defs: TypeDef[] = [];
  const seen = new Set<string>();
  const waiting: ParsedStruct[] = [root];
  for (let struct = waiting.shift(); struct !== undefined; struct = waiting.shift()) {
    if (seen.has(struct.name)) continue;
    seen.add(struct.name);
    defs.push(typeDef(struct, isRos2));
    for (const { type, builtin } of struct.fields) {
      const inner = builtin ? undefined : structs.get(type);
      if (inner !== undefined) waiting.push(inner);
      if (builtin && timeWords.has(type) && !seen.has(type)) {
        seen.add(type);
        defs.push(ros1Time(type));
      }
    }
  }
  return defs;
}

function typeDef({ name, fields, constants }: ParsedStruct, isRos2: boolean): TypeDef {
  return {
    // ROS 1 names the halves of a service TypeRequest and TypeResponse.
    type: isRos2 ? name : name.replace(/_(Request|Response)$/, '$1'),
    fieldnames: fields.map((field) => field.name),
    fieldtypes: fields.map(({ type }) => (isRos2 ? (ros2Words[type] ?? type) : type)),
    fieldarraylen: fields.map(({ array }) => (array === undefined ? -1 : 'length' in array ? array.length : 0)),
    examples: fields.map(exampleOf),
    constnames: constants.map((constant) => constant.name),
    constvalues: constants.map(({ valueText }) => valueText),
  };
}

/** As Python shows a new message's fields. */
function exampleOf({ type, builtin, array }: ParsedField): string {
  if (array !== undefined) return '[]';
  if (!builtin || timeWords.has(type)) return '{}';
  if (type === 'string' || type === 'wstring') return '';
  if (type === 'bool') return 'False';
  return type.startsWith('float') ? '0.0' : '0';
}

const ros1Time = (type: string): TypeDef => ({
  type,
  fieldnames: ['secs', 'nsecs'],
  fieldtypes: ['int32', 'int32'],
  fieldarraylen: [-1, -1],
  examples: ['0', '0'],
  constnames: [],
  constvalues: [],
});
