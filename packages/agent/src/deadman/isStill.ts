import type { RosObject, RosValue } from '@longline/ros';
import { isTrajectory } from './motionTypes.ts';

/** Whether a message stops what zeros stop: all is zero or empty besides a header; of a trajectory, its points. */
export function isStill(type: string, message: RosObject): boolean {
  if (isTrajectory(type)) return isZero(message['points'] ?? []);
  return Object.entries(message).every(([field, value]) => field === 'header' || isZero(value));
}

function isZero(value: RosValue): boolean {
  if (typeof value !== 'object') return value === 0 || value === 0n || value === false || value === '';
  if (Array.isArray(value)) return value.length === 0;
  if (ArrayBuffer.isView(value)) return Array.from<number | bigint>(value as ArrayLike<number | bigint>).every(isZero);
  return Object.values(value as RosObject).every(isZero);
}
