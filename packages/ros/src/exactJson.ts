import { encodeBase64 } from './base64.ts';
import { RosError } from './errors.ts';
import { ExactJsonReader } from './ExactJsonReader.ts';

/** How NaN and infinities are written: as `"NaN"`, `"Infinity"`, `"-Infinity"`, or as `null` like rosbridge does. */
export interface JsonOptions {
  /** Default `string`. */
  readonly nonFinite?: 'string' | 'null';
}

/** Deepest nesting of JSON that is read or written. */
export const MAX_JSON_DEPTH = 128;

// Only an integer of 16 or more digits can be beyond 2^53; most texts have none and take the quick way.
const longInteger = /(?:^|[[:,\s])-?\d{16,}(?![\d.eE])/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Parses JSON; integers beyond 2^53 become `bigint` with all their digits. Throws `MESSAGE_INVALID`. */
export function parseJsonExact(text: string): unknown {
  checkDepth(text);
  try {
    const value: unknown = JSON.parse(text);
    return longInteger.test(text) ? new ExactJsonReader(text).read() : value;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : 'it cannot be parsed';
    throw new RosError('MESSAGE_INVALID', `A JSON text of ${text.length} characters is not valid: ${why}.`, { cause });
  }
}

/**
 * Writes any value as JSON text: `bigint` as digits, `Uint8Array` as base64, other typed arrays as arrays. Fields that
 * are `undefined` are left out. Throws `MESSAGE_INVALID` for functions, symbols, and nesting deeper than 128.
 */
export function stringifyExact(value: unknown, options: JsonOptions = {}): string {
  return stringify(value, options, 0);
}

/** One number as JSON. -0 keeps its sign. */
export function numberToJson(value: number | bigint, options: JsonOptions): string {
  if (typeof value === 'bigint') return value.toString();
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return options.nonFinite === 'null' ? 'null' : `"${value}"`;
}

function stringify(value: unknown, options: JsonOptions, depth: number): string {
  if (depth > MAX_JSON_DEPTH) throw tooDeep();
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
    case 'bigint':
      return numberToJson(value, options);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : stringifyObject(value, options, depth);
    case 'undefined':
    case 'function':
    case 'symbol':
      throw new RosError('MESSAGE_INVALID', `A value of type ${typeof value} has no JSON form. Leave it out.`);
  }
}

function stringifyObject(value: object, options: JsonOptions, depth: number): string {
  if (value instanceof Uint8Array) return `"${encodeBase64(value)}"`;
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    let items = '';
    for (const item of value as Iterable<unknown>) {
      items += items === '' ? stringify(item, options, depth + 1) : `,${stringify(item, options, depth + 1)}`;
    }
    return `[${items}]`;
  }
  let members = '';
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${stringify(member, options, depth + 1)}`;
  }
  return `{${members}}`;
}

/** Before parsing, because every later reader walks by recursion. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i);
    } else if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_JSON_DEPTH) throw tooDeep();
    } else if (code === 0x5d || code === 0x7d) {
      depth--;
    }
  }
}

/** Where the string that begins at `start` ends; the text's length when it does not. Long strings are images: be quick. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** A `MESSAGE_INVALID` about nesting. */
export function tooDeep(): RosError {
  return new RosError('MESSAGE_INVALID', `JSON nested more than ${MAX_JSON_DEPTH} deep is not accepted. Flatten it.`);
}
