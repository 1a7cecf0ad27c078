import { RosError } from './errors.ts';
import type { Schema } from './Schema.ts';
import { ros1TypeName } from './typeNames.ts';

/** How many of a thing a field holds: exactly `length`, or any number up to `max`. */
export type ArrayShape = { readonly length: number } | { readonly max: number | undefined };

/** One field as written. */
export interface ParsedField {
  /** A built-in type's word, or `pkg/Type`. */
  readonly type: string;
  readonly builtin: boolean;
  readonly name: string;
  readonly array: ArrayShape | undefined;
  /** The `N` of ROS 2's `string<=N`. */
  readonly maxLength: number | undefined;
  /** ROS 2's default value as written. */
  readonly defaultText: string | undefined;
}

/** One constant as written; it does not travel, but it counts for the MD5 sum. */
export interface ParsedConstant {
  readonly type: string;
  readonly name: string;
  readonly valueText: string;
}

/** One message type's own fields. */
export interface ParsedStruct {
  /** `pkg/Type`, in both ROS versions. */
  readonly name: string;
  readonly fields: readonly ParsedField[];
  readonly constants: readonly ParsedConstant[];
}

/** A definition text, parsed: the type itself and all that it needs. */
export interface ParsedDefinition {
  readonly root: ParsedStruct;
  /** By `pkg/Type`. */
  readonly structs: ReadonlyMap<string, ParsedStruct>;
}

/** Longest definition text accepted, in characters. */
export const MAX_DEFINITION_LENGTH = 1024 * 1024;

const builtinWords = new Set(
  (
    'bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64 string wstring ' + 'time duration byte char'
  ).split(' '),
);
const separator = /^={10,}\s*$/;
const typeWord = /^([A-Za-z][\w/]*)(?:<=(\d{1,10}))?(?:\[(<=)?(\d{0,10})\])?$/;
const fieldName = /^[A-Za-z]\w{0,254}$/;

/** Parses a concatenated definition text. Throws `DEFINITION_INVALID` naming type and line. */
export function parseDefinition(schema: Schema): ParsedDefinition {
  if (schema.text.length > MAX_DEFINITION_LENGTH) {
    throw new RosError(
      'DEFINITION_INVALID',
      `The definition of ${schema.name} has ${schema.text.length} characters; at most ${MAX_DEFINITION_LENGTH} are accepted.`,
      { details: { type: schema.name, length: schema.text.length } },
    );
  }
  const rosVersion = schema.encoding === 'ros2msg' ? 2 : 1;
  const sections = splitSections(schema);
  const structs = new Map<string, ParsedStruct>();
  let root: ParsedStruct | undefined;
  for (const section of sections) {
    const struct = parseStruct(section.name, section.lines, rosVersion);
    root ??= struct;
    if (!structs.has(struct.name)) structs.set(struct.name, struct);
  }
  if (root === undefined) throw definitionError(schema.name, 'is empty');
  return { root, structs };
}

/** The message types that a single `.msg` text refers to, as `pkg/Type`. Throws `DEFINITION_INVALID`. */
export function referencedTypes(name: string, text: string, rosVersion: 1 | 2): string[] {
  const struct = parseStruct(ros1TypeName(name), text.split('\n'), rosVersion);
  return [...new Set(struct.fields.filter((field) => !field.builtin).map((field) => field.type))];
}

function splitSections(schema: Schema): { name: string; lines: string[] }[] {
  let current = { name: ros1TypeName(schema.name), lines: new Array<string>() };
  const sections = [current];
  let expectName = false;
  for (const line of schema.text.split('\n')) {
    if (separator.test(line)) {
      expectName = true;
    } else if (expectName) {
      if (line.trim() === '') continue;
      const match = /^MSG:\s*(\S+)\s*$/.exec(line);
      if (match?.[1] === undefined) {
        throw definitionError(schema.name, `has ${shorten(line)} after a line of "=", where "MSG: pkg/Type" belongs`);
      }
      current = { name: ros1TypeName(match[1]), lines: [] };
      sections.push(current);
      expectName = false;
    } else {
      current.lines.push(line);
    }
  }
  return sections;
}

function parseStruct(name: string, lines: readonly string[], rosVersion: 1 | 2): ParsedStruct {
  const fields: ParsedField[] = [];
  const constants: ParsedConstant[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    const code = stripComment(line, rosVersion).trim();
    if (code === '') continue;
    const [, type, rest] = /^(\S+)\s+(\S.*)$/.exec(code) ?? [];
    if (type === undefined || rest === undefined) throw lineError(name, line);
    const constant = /^([A-Za-z]\w*)\s*=(.*)$/.exec(rest);
    if (constant?.[1] !== undefined && constant[2] !== undefined) {
      // In ROS 1 a string constant is everything to the right of "=", "#" included.
      const valueText =
        rosVersion === 1 && type === 'string' ? line.slice(line.indexOf('=') + 1).trim() : constant[2].trim();
      constants.push({ type, name: constant[1], valueText });
      continue;
    }
    const field = parseField(name, line, type, rest, rosVersion);
    if (seen.has(field.name)) throw definitionError(name, `has the field ${field.name} twice`);
    seen.add(field.name);
    fields.push(field);
  }
  return { name, fields, constants };
}

function parseField(owner: string, line: string, typeText: string, rest: string, rosVersion: 1 | 2): ParsedField {
  const [, base, maxLength, bounded, count] = typeWord.exec(typeText) ?? [];
  const [, name, defaultText] = /^(\S+)(?:\s+(\S.*))?$/.exec(rest) ?? [];
  if (base === undefined || name === undefined || !fieldName.test(name)) throw lineError(owner, line);
  if (rosVersion === 1 && (maxLength ?? bounded ?? defaultText) !== undefined) throw lineError(owner, line);
  if (bounded !== undefined && count === '') throw lineError(owner, line);
  if (maxLength !== undefined && base !== 'string' && base !== 'wstring') throw lineError(owner, line);
  let array: ArrayShape | undefined;
  if (count !== undefined) {
    array =
      bounded === undefined && count !== ''
        ? { length: Number(count) }
        : { max: count === '' ? undefined : Number(count) };
  }
  const builtin = builtinWords.has(base) && !(rosVersion === 1 && base === 'wstring');
  return {
    type: builtin ? base : resolveType(owner, base, rosVersion),
    builtin,
    name,
    array,
    maxLength: maxLength === undefined ? undefined : Number(maxLength),
    defaultText,
  };
}

function resolveType(owner: string, word: string, rosVersion: 1 | 2): string {
  if (word.includes('/')) return ros1TypeName(word);
  if (rosVersion === 1 && word === 'Header') return 'std_msgs/Header';
  return `${owner.slice(0, owner.indexOf('/'))}/${word}`;
}

function stripComment(line: string, rosVersion: 1 | 2): string {
  const hash = line.indexOf('#');
  if (hash < 0 || rosVersion === 1) return hash < 0 ? line : line.slice(0, hash);
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '#') {
      return line.slice(0, i);
    } else if (char === '"' || char === "'") {
      quote = char;
    }
  }
  // An apostrophe that nothing closes was none: the first "#" begins the comment.
  return quote === '' ? line : line.slice(0, hash);
}

function lineError(type: string, line: string): RosError {
  return definitionError(type, `has the line ${shorten(line.trim())}, which is neither a field nor a constant`);
}

/** A `DEFINITION_INVALID` about one type. */
export function definitionError(type: string, what: string): RosError {
  return new RosError('DEFINITION_INVALID', `The definition of ${type} ${what}.`, { details: { type } });
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
