const moving = /(?:^|\/)(?:Twist|TwistStamped|Ackermann\w*|JointTrajectory)$/;
const finite = /(?:^|\/)(?:Twist|TwistStamped|Ackermann\w*)$/;
const stoppedByZeros = /(?:^|\/)(?:Twist|TwistStamped|AckermannDrive|AckermannDriveStamped|JointTrajectory)$/;
const trajectory = /(?:^|\/)JointTrajectory$/;

/** Whether messages of this type move robots, whatever the topic. */
export const movesByType = (type: string): boolean => moving.test(type);

/** Whether a message of zeros stops what this type moves; of a JointTrajectory it is one without points. */
export const isStoppedByZeros = (type: string): boolean => stoppedByZeros.test(type);

/** Whether NaN and infinities mean nothing in any field of this type; in trajectories some controllers take them for "not given". */
export const isAlwaysFinite = (type: string): boolean => finite.test(type);

/** Whether it is a trajectory, whose points move and whose names do not. */
export const isTrajectory = (type: string): boolean => trajectory.test(type);
