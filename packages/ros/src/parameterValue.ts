import { RosError } from './errors.ts';
import { parseJsonExact } from './exactJson.ts';
import type { ParameterValue } from './RosGraph.ts';

const MAX_DEPTH = 32;

/** Reads a parameter's value from exact JSON text. Throws `PARAMETER_INVALID`: ROS has no null. */
export function parseParameterValue(text: string): ParameterValue {
  let value: unknown;
  try {
    value = parseJsonExact(text);
  } catch (cause) {
    throw new RosError('PARAMETER_INVALID', 'the value of a parameter must be JSON text', { cause });
  }
  checkValue(value, 0);
  return value;
}

function checkValue(value: unknown, depth: number): asserts value is ParameterValue {
  if (depth > MAX_DEPTH) throw new RosError('PARAMETER_INVALID', `a parameter may be nested ${MAX_DEPTH} deep`);
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) checkValue(child, depth + 1);
    return;
  }
  if (['boolean', 'number', 'bigint', 'string'].includes(typeof value)) return;
  throw new RosError(
    'PARAMETER_INVALID',
    'a parameter is a boolean, a number, a string, a list or an object of those; ROS has no null',
  );
}
