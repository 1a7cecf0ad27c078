import { RosError } from './errors.ts';
import type { NumericType } from './numericTypes.ts';
import { numericTypeOf } from './numericTypes.ts';
import type { ArrayShape, ParsedDefinition, ParsedField } from './parseDefinition.ts';
import { definitionError, parseDefinition } from './parseDefinition.ts';
import { parseDefaultText } from './parseDefaultText.ts';
import type { Schema } from './Schema.ts';

/** What one value, or one element of an array, is. */
export type ElementLayout =
  | { readonly kind: 'number'; readonly number: NumericType; readonly word: string }
  | { readonly kind: 'bool' }
  | { readonly kind: 'string'; readonly maxLength: number }
  | { readonly kind: 'time'; readonly sec: NumericType; readonly nsec: NumericType }
  | { readonly kind: 'struct'; readonly struct: StructLayout };

/** One field of a {@link StructLayout}. */
export interface FieldLayout {
  readonly name: string;
  readonly element: ElementLayout;
  readonly array: ArrayShape | undefined;
  /** Fewest bytes that one element takes on the wire. */
  readonly elementBytes: number;
  /** ROS 2's default, not yet checked against the type. */
  readonly defaultValue: unknown;
}

/** A message type with all its names resolved, ready for reading and writing. */
export interface StructLayout {
  /** `pkg/Type`. */
  readonly name: string;
  readonly rosVersion: 1 | 2;
  readonly fields: readonly FieldLayout[];
  readonly fieldNames: ReadonlySet<string>;
  /** Fewest bytes on the wire, without padding. */
  readonly minBytes: number;
  /** Fewest objects, strings and booleans that a decoded value is made of. */
  readonly minObjects: number;
}

/** Deepest nesting of types accepted. */
export const MAX_DEFINITION_DEPTH = 32;
/** Most bytes that the fixed-length parts of one message may take. */
export const MAX_FIXED_BYTES = 16 * 1024 * 1024;
/** Most objects that the fixed-length parts of one message may be made of. */
export const MAX_FIXED_OBJECTS = 64 * 1024;

const timeWords = new Set(['time', 'duration', 'builtin_interfaces/Time', 'builtin_interfaces/Duration']);

/**
 * Resolves a schema's definition. Throws `DEFINITION_INVALID` for unknown types, types that hold themselves, and
 * fixed-length parts beyond the bounds; `NOT_SUPPORTED` for `wstring`, whose bytes differ between ROS 2 vendors.
 */
export function structLayout(schema: Schema): StructLayout {
  const parsed = parseDefinition(schema);
  const rosVersion = schema.encoding === 'ros2msg' ? 2 : 1;
  return new LayoutBuilder(parsed, rosVersion).struct(parsed.root.name);
}

class LayoutBuilder {
  readonly #parsed: ParsedDefinition;
  readonly #rosVersion: 1 | 2;
  readonly #done = new Map<string, StructLayout>();
  readonly #open = new Set<string>();

  constructor(parsed: ParsedDefinition, rosVersion: 1 | 2) {
    this.#parsed = parsed;
    this.#rosVersion = rosVersion;
  }

  struct(name: string): StructLayout {
    const done = this.#done.get(name);
    if (done !== undefined) return done;
    const parsed = this.#parsed.structs.get(name);
    if (parsed === undefined) {
      throw definitionError(this.#parsed.root.name, `lacks the definition of ${name}, which it uses`);
    }
    if (this.#open.has(name)) throw definitionError(name, 'contains itself');
    if (this.#open.size >= MAX_DEFINITION_DEPTH) {
      throw definitionError(this.#parsed.root.name, `nests types more than ${MAX_DEFINITION_DEPTH} deep`);
    }
    this.#open.add(name);
    const fields = parsed.fields.map((field) => this.#field(name, field));
    this.#open.delete(name);
    let minBytes = 0;
    let minObjects = 1;
    for (const { element, array, elementBytes } of fields) {
      const count = array === undefined ? 1 : 'length' in array ? array.length : 0;
      minBytes += array !== undefined && 'max' in array ? 4 : count * elementBytes;
      minObjects += count * objectsOf(element) + (array === undefined ? 0 : 1);
    }
    // CDR has no empty structures: ROS 2 puts one byte there.
    if (this.#rosVersion === 2 && fields.length === 0) minBytes = 1;
    if (minBytes > MAX_FIXED_BYTES || minObjects > MAX_FIXED_OBJECTS) {
      throw definitionError(
        name,
        `has fixed-length parts of ${minBytes} bytes in ${minObjects} objects; at most ${MAX_FIXED_BYTES} and ` +
          `${MAX_FIXED_OBJECTS} are accepted`,
      );
    }
    const fieldNames = new Set(fields.map((field) => field.name));
    const layout = { name, rosVersion: this.#rosVersion, fields, fieldNames, minBytes, minObjects };
    this.#done.set(name, layout);
    return layout;
  }

  #field(owner: string, field: ParsedField): FieldLayout {
    const element = this.#element(owner, field);
    const { name, array, defaultText } = field;
    const defaultValue = defaultText === undefined ? undefined : parseDefaultText(defaultText);
    if (defaultText !== undefined && defaultValue === undefined) {
      throw definitionError(owner, `has a default for ${name} that cannot be read: ${defaultText.slice(0, 80)}`);
    }
    return { name, element, array, elementBytes: minBytesOf(element), defaultValue };
  }

  #element(owner: string, field: ParsedField): ElementLayout {
    const { type, maxLength = Number.POSITIVE_INFINITY } = field;
    const number = numericTypeOf(type, this.#rosVersion);
    if (number !== undefined) return { kind: 'number', number, word: type };
    if (type === 'bool') return { kind: 'bool' };
    if (type === 'string') return { kind: 'string', maxLength };
    if (timeWords.has(type) && (field.builtin || this.#rosVersion === 2)) return timeLayout(type, this.#rosVersion);
    if (type === 'wstring') {
      throw new RosError(
        'NOT_SUPPORTED',
        `${owner} has the field ${field.name} of type wstring, whose bytes differ between ROS 2 vendors: such messages ` +
          'are relayed but cannot be decoded. Use string (UTF-8).',
        { details: { type: owner, field: field.name } },
      );
    }
    return { kind: 'struct', struct: this.struct(type) };
  }
}

function timeLayout(type: string, rosVersion: 1 | 2): ElementLayout {
  const isDuration = type.toLowerCase().endsWith('duration');
  const [int32, uint32] = [numericTypeOf('int32', rosVersion), numericTypeOf('uint32', rosVersion)];
  if (int32 === undefined || uint32 === undefined) throw new Error('int32 and uint32 are built in');
  if (rosVersion === 2) return { kind: 'time', sec: int32, nsec: uint32 };
  return isDuration ? { kind: 'time', sec: int32, nsec: int32 } : { kind: 'time', sec: uint32, nsec: uint32 };
}

function minBytesOf(element: ElementLayout): number {
  switch (element.kind) {
    case 'number':
      return element.number.bytes;
    case 'bool':
      return 1;
    case 'string':
      return 4;
    case 'time':
      return 8;
    case 'struct':
      return element.struct.minBytes;
  }
}

/** Arrays of numbers are one typed array; everything else is made one by one. */
function objectsOf(element: ElementLayout): number {
  if (element.kind === 'struct') return element.struct.minObjects;
  return element.kind === 'number' ? 0 : 1;
}
