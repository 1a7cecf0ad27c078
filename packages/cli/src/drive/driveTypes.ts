/** A velocity: metres and radians a second. */
export interface Velocity {
  readonly linear: number;
  readonly angular: number;
}

const twist = ({ angular, linear }: Velocity): object => ({ linear: { x: linear }, angular: { z: angular } });

/** Message types that can be driven by keys, in the notation of ROS 1 and of ROS 2. */
const messages = new Map<string, (velocity: Velocity) => object>([
  ['geometry_msgs/Twist', twist],
  ['geometry_msgs/TwistStamped', (velocity) => ({ twist: twist(velocity) })],
]);

const rosOne = (type: string): string => type.replace('/msg/', '/');

/** The types by name, for people. */
export const driveTypeNames = [...messages.keys()].join(' or ');

/** Whether messages of that type can be driven by keys. */
export const isDriveType = (type: string): boolean => messages.has(rosOne(type));

/** The message of a type that means a velocity. */
export const driveMessage = (type: string, velocity: Velocity): object | undefined =>
  messages.get(rosOne(type))?.(velocity);
