import { decodeBase64 } from './base64.ts';
import { RosError } from './errors.ts';
import { plainError, valueError } from './plainError.ts';
import { plainNumber, plainNumericArray } from './plainNumber.ts';
import type { RosObject, RosValue } from './RosValue.ts';
import type { ElementLayout, FieldLayout, StructLayout } from './StructLayout.ts';

/**
 * Makes the decoded form of a plain value: missing fields take their defaults; unknown fields, wrong types, numbers out
 * of range and wrong lengths are `MESSAGE_INVALID` naming the field's path.
 */
export function fromPlain(layout: StructLayout, value: unknown): RosObject {
  return structFromPlain(layout, value, '', layout.name);
}

function structFromPlain(layout: StructLayout, value: unknown, path: string, root: string): RosObject {
  if (!isPlainObject(value)) throw valueError(root, path, `an object with fields of ${layout.name}`, value);
  for (const key of Object.keys(value)) {
    if (!layout.fieldNames.has(key)) throw unknownField(layout, key, path, root);
  }
  const result: Record<string, RosValue> = {};
  for (const field of layout.fields) {
    const name = field.name;
    result[name] = Object.hasOwn(value, name)
      ? fieldFromPlain(field, value[name], path === '' ? name : `${path}.${name}`, root)
      : defaultOf(field, path === '' ? name : `${path}.${name}`, root);
  }
  return result;
}

function defaultOf(field: FieldLayout, path: string, root: string): RosValue {
  const { element, array, defaultValue } = field;
  if (defaultValue !== undefined) return fieldFromPlain(field, defaultValue, path, root);
  if (array === undefined) return zeroOf(element, path, root);
  const length = 'length' in array ? array.length : 0;
  if (element.kind === 'number') return element.number.makeArray(length);
  return Array.from({ length }, () => zeroOf(element, path, root));
}

function zeroOf(element: ElementLayout, path: string, root: string): RosValue {
  switch (element.kind) {
    case 'number':
      return element.number.form === 'bigint' ? 0n : 0;
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'time':
      return { sec: 0, nsec: 0 };
    case 'struct':
      return structFromPlain(element.struct, {}, path, root);
  }
}

function fieldFromPlain(field: FieldLayout, value: unknown, path: string, root: string): RosValue {
  const { element, array } = field;
  if (array === undefined) return elementFromPlain(element, value, path, root);
  const list = arrayFromPlain(element, value, path, root);
  if ('length' in array && list.length !== array.length) {
    throw plainError(root, path, `exactly ${array.length} elements`, `${list.length} elements`);
  }
  if ('max' in array && array.max !== undefined && list.length > array.max) {
    throw plainError(root, path, `at most ${array.max} elements`, `${list.length} elements`);
  }
  if (element.kind === 'number') return plainNumericArray(element.number, list, path, root);
  return Array.from(list, (item, i) => elementFromPlain(element, item, `${path}[${i}]`, root));
}

function arrayFromPlain(element: ElementLayout, value: unknown, path: string, root: string): ArrayLike<unknown> {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (element.kind === 'number') {
    if (ArrayBuffer.isView(value) && 'length' in value) return value as ArrayBufferView & ArrayLike<unknown>;
    if (typeof value === 'string' && element.number.name === 'uint8') {
      const bytes = decodeBase64(value);
      if (bytes !== undefined) return bytes;
      throw valueError(root, path, 'base64 text or an array of uint8', value);
    }
  }
  throw valueError(root, path, 'an array', value);
}

function elementFromPlain(element: ElementLayout, value: unknown, path: string, root: string): RosValue {
  switch (element.kind) {
    case 'number':
      return plainNumber(element.number, value, path, root);
    case 'bool':
      if (typeof value !== 'boolean') throw valueError(root, path, 'true or false', value);
      return value;
    case 'string':
      if (typeof value !== 'string') throw valueError(root, path, 'a string', value);
      return checkString(value, element.maxLength, path, root);
    case 'time':
      return timeFromPlain(element, value, path, root);
    case 'struct':
      return structFromPlain(element.struct, value, path, root);
  }
}

function checkString(text: string, maxLength: number, path: string, root: string): string {
  if (!text.isWellFormed()) throw valueError(root, path, 'text without unpaired surrogates', text);
  // A character is at most three bytes of UTF-8 for each of its UTF-16 units.
  if (text.length * 3 > maxLength && new TextEncoder().encode(text).byteLength > maxLength) {
    throw valueError(root, path, `at most ${maxLength} bytes of text`, text);
  }
  return text;
}

function timeFromPlain(
  element: ElementLayout & { kind: 'time' },
  value: unknown,
  path: string,
  root: string,
): RosObject {
  const expected = 'a time as {sec, nsec}, {sec, nanosec} or {secs, nsecs}';
  if (!isPlainObject(value)) throw valueError(root, path, expected, value);
  const time = { sec: 0, nsec: 0 };
  const seen = new Set<string>();
  for (const [key, part] of Object.entries(value)) {
    const target = key === 'sec' || key === 'secs' ? 'sec' : timeNanosecondKeys.has(key) ? 'nsec' : undefined;
    if (target === undefined || seen.has(target))
      throw plainError(root, path, expected, `the key ${JSON.stringify(key.slice(0, 40))}`);
    seen.add(target);
    time[target] = Number(plainNumber(element[target], part, `${path}.${key}`, root));
  }
  return time;
}

const timeNanosecondKeys = new Set(['nsec', 'nsecs', 'nanosec']);

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function unknownField(layout: StructLayout, key: string, path: string, root: string): RosError {
  const known = [...layout.fieldNames].slice(0, 40);
  const fields = known.length === 0 ? 'none' : known.join(', ');
  const full = path === '' ? key : `${path}.${key}`;
  return new RosError(
    'MESSAGE_INVALID',
    `${root} has no field ${JSON.stringify(full.slice(0, 200))}. The fields of ${layout.name} are: ${fields}.`,
    { details: { type: root, field: full.slice(0, 200), known } },
  );
}
