import type { RosValue } from '@longline/ros';

/** A single number or string as text. */
export const scalarText = (value: RosValue | undefined): string =>
  value === undefined || typeof value === 'object' ? '' : String(value);
