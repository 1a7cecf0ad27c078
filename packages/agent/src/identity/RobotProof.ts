import type { HelloSigner } from '@longline/line';

/** What proves who a robot is (protocol, clause 2.8). */
export interface RobotProof {
  /** For the next hello; undefined where the robot has not joined. */
  readonly signer: HelloSigner | undefined;
  /** Another one for another identity. */
  readonly stamp: string;
}

/** A robot that never joins. */
export const noProof: RobotProof = { signer: undefined, stamp: '' };
