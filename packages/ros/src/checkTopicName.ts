import { RosError } from './errors.ts';

/** Longest topic, service or parameter name accepted, in characters. */
export const MAX_NAME_LENGTH = 255;

const absoluteName = /^(?:\/\w+)+$/;

/**
 * Returns an absolute ROS name of a topic or service unchanged: `/` before every part, parts of letters, digits and `_`.
 * Throws `NAME_INVALID`.
 */
export function checkTopicName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH && absoluteName.test(name)) return name;
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);
  throw new RosError(
    'NAME_INVALID',
    `${shown} is not an absolute ROS name. Begin with "/" and use letters, digits and "_" between slashes, at most ` +
      `${MAX_NAME_LENGTH} characters, like /turtle1/cmd_vel.`,
    { details: { name: name.slice(0, MAX_NAME_LENGTH) } },
  );
}
