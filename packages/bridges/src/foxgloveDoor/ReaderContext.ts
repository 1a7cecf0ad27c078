import type { Clock, Log } from '@longline/ros';
import type { DoorRobot } from '../door/DoorRobot.ts';
import type { FrameAge } from '../door/FrameAge.ts';
import type { ReaderQueue } from '../door/ReaderQueue.ts';
import type { ServerOp } from './ServerOp.ts';
import type { StatusTeller } from './StatusTeller.ts';

/** What the parts of one reader's session have in common. */
export interface ReaderContext {
  readonly robot: DoorRobot;
  readonly clock: Clock;
  readonly log: Log;
  readonly queue: ReaderQueue;
  readonly age: FrameAge;
  readonly status: StatusTeller;
  /** Leaves after the server's info, in order. */
  readonly send: (op: ServerOp) => void;
}
