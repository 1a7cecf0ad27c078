import { RosError, topicPattern } from '@longline/ros';

/**
 * Compiles a pattern of type names: `sensor_msgs/Image`, `sensor_msgs/*`, `{nav_msgs,nav2_msgs}/*`. Pattern and type may
 * be spelled as in ROS 1 (`pkg/Type`) or ROS 2 (`pkg/msg/Type`). Throws `PATTERN_INVALID`.
 */
export function typePattern(text: string): (type: string) => boolean {
  if (!text.includes('/') || text.startsWith('/')) {
    throw new RosError(
      'PATTERN_INVALID',
      `The type pattern ${JSON.stringify(text)} is no type. Write package/Type, like sensor_msgs/Image, sensor_msgs/* or */Image.`,
      { details: { pattern: text } },
    );
  }
  const matches = topicPattern(`/${twoParts(text)}`);
  return (type) => matches(`/${twoParts(type)}`);
}

const twoParts = (type: string): string => type.replace('/msg/', '/');
