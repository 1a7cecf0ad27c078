import { isTrajectory } from './motionTypes.ts';

/**
 * Whether a message stops what zeros stop: all is zero or empty besides a header; of a trajectory, its points. Takes decoded
 * messages and those parsed from JSON, whose missing fields are zero; a null, JSON's NaN, is not.
 */
export function isStill(type: string, message: Readonly<Record<string, unknown>>): boolean {
  if (isTrajectory(type)) return isZero(message['points'] ?? []);
  return Object.entries(message).every(([field, value]) => field === 'header' || isZero(value));
}

function isZero(value: unknown): boolean {
  if (typeof value !== 'object') return value === 0 || value === 0n || value === false || value === '';
  if (value === null) return false;
  if (Array.isArray(value)) return value.length === 0;
  if (ArrayBuffer.isView(value)) return Array.from<unknown>(value as unknown as ArrayLike<unknown>).every(isZero);
  return Object.values(value).every(isZero);
}
