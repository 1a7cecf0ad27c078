import { matchesAny } from '@longline/ros';

const motionTypes = /(?:^|\/)(?:Twist|TwistStamped|Ackermann\w*|JointTrajectory)$/;
const stoppedByZeros = /(?:^|\/)(?:Twist|TwistStamped|AckermannDrive|AckermannDriveStamped)$/;

/** Decides which topics move the robot: by the patterns of the config, and by their type. */
export function motionTopics(patterns: readonly string[]): (topic: string, type: string) => boolean {
  const matches = matchesAny(patterns);
  return (topic, type) => motionTypes.test(type) || matches(topic);
}

/** Whether a message of zeros stops what this type moves. */
export const isStoppedByZeros = (type: string): boolean => stoppedByZeros.test(type);
