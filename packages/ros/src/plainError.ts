import { RosError } from './errors.ts';

/** A `MESSAGE_INVALID` about a wrong value at `path`; an empty path is the whole message. */
export function valueError(root: string, path: string, expected: string, value: unknown): RosError {
  return plainError(root, path, expected, describe(value));
}

/** The same with words for what came. */
export function plainError(root: string, path: string, expected: string, got: string): RosError {
  return new RosError(
    'MESSAGE_INVALID',
    `${root}: ${path === '' ? 'the message' : path} must be ${expected}, got ${got}.`,
    { details: { type: root, field: path } },
  );
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return `${value}`;
  if (typeof value === 'bigint') return value.toString().slice(0, 40);
  return Array.isArray(value) ? `an array of ${value.length}` : `a value of type ${typeof value}`;
}
