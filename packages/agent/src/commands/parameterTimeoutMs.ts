import { RosError } from '@longline/ros';
import type { MotionOrders } from './MotionOrders.ts';

/** Parts of a name that are looked at; ROS has no deeper ones. */
const MAX_DEPTH = 64;

/**
 * The timeout in milliseconds of a parameter that moves the robot; undefined where it does not. Parameters form a tree: one
 * that holds such a parameter, or is part of one, throws `NOT_SUPPORTED`, and a name with empty parts `NAME_INVALID`.
 */
export function parameterTimeoutMs(
  name: string,
  value: unknown,
  motion: Pick<MotionOrders, 'timeoutMs'>,
): number | undefined {
  const parts = name.replaceAll(':', '/').split('/');
  if (parts[0] !== '' || parts.length < 2 || parts.length > MAX_DEPTH || parts.slice(1).includes('')) {
    throw new RosError(
      'NAME_INVALID',
      `${name.slice(0, 255)} is not the absolute name of a parameter, like /turtlesim/speed.`,
    );
  }
  const own = motion.timeoutMs('parameter', name);
  if (own !== undefined) return own;
  for (let length = 2; length < parts.length; length++) {
    const above = parts.slice(0, length).join('/');
    if (motion.timeoutMs('parameter', above) !== undefined) throw notByItself(name, above);
  }
  checkBelow(name, name, value, motion);
  return undefined;
}

function checkBelow(name: string, above: string, value: unknown, motion: Pick<MotionOrders, 'timeoutMs'>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const below = `${above}/${key}`;
    if (motion.timeoutMs('parameter', below) !== undefined) throw notByItself(name, below);
    checkBelow(name, below, member, motion);
  }
}

const notByItself = (name: string, output: string): RosError =>
  new RosError('NOT_SUPPORTED', `${name} would set ${output}, which moves the robot. Set ${output} by itself.`, {
    details: { name, output },
  });
