import { AgentError } from '../errors.ts';

/** The refusal of a command on what moves the robot that was made without a lease. */
export const leaseNeeded = (name: string): AgentError =>
  new AgentError(
    'LEASE_NEEDED',
    `${name} moves the robot: that needs the robot's lease. Take the lease first, and send the command under its token.`,
    { details: { name } },
  );
