import { RosError } from '@longline/ros';
import type { RosObject } from '@longline/ros';

/** A numeric field of a decoded message; `path` has dots. Throws `MESSAGE_INVALID`. */
export function numberField(message: RosObject, path: string): number {
  const value = fieldOf(message, path);
  if (typeof value === 'number') return value;
  throw new RosError('MESSAGE_INVALID', `Field ${path} should be a number, not ${typeof value}`, { details: { path } });
}

/** A text field of a decoded message; `path` has dots. Throws `MESSAGE_INVALID`. */
export function textField(message: RosObject, path: string): string {
  const value = fieldOf(message, path);
  if (typeof value === 'string') return value;
  throw new RosError('MESSAGE_INVALID', `Field ${path} should be text, not ${typeof value}`, { details: { path } });
}

function fieldOf(message: RosObject, path: string): unknown {
  let value: unknown = message;
  for (const name of path.split('.')) value = isObject(value) ? value[name] : undefined;
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
