import type { RobotStatus } from '@longline/line';
import type { Rights } from './Rights.ts';

/**
 * A robot's status without the topics and outputs that the reader may not see. Stops that stand are told to everybody who sees
 * the device: that it will not move is worth more than the name of what was stopped.
 */
export function visibleStatus(rights: Rights, status: RobotStatus): RobotStatus {
  if (rights.isUnrestricted) return status;
  const { standing, motion, ...rest } = status;
  return {
    ...rest,
    standing: standing.filter(({ topic }) => rights.knows(topic)),
    ...(motion === undefined
      ? {}
      : { motion: { ...motion, outputs: motion.outputs.filter(({ name }) => rights.knows(name)) } }),
  };
}
