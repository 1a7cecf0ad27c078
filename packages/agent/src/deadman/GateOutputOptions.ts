import type { Clock } from '@longline/ros';
import type { StopStep } from '../config/motionSchema.ts';
import type { OutputKind } from './Deadman.ts';
import type { GateOutput } from './GateOutput.ts';
import type { OutputRule } from './MotionOutputs.ts';
import type { StopAction } from './StopRun.ts';

/** What an output is made of. */
export interface GateOutputOptions {
  readonly kind: OutputKind;
  readonly name: string;
  readonly type: string | undefined;
  readonly rule: OutputRule;
  readonly clock: Clock;
  /** What its steps are on ROS, for its type of then. */
  readonly stopActions: (steps: readonly StopStep[], type: () => string | undefined) => StopAction[];
  readonly events: GateOutputEvents;
}

/** What an output tells its gate. */
export interface GateOutputEvents {
  /** Its state is another. */
  handleChange(): void;
  /** ROS does not take its stop: an alarm. */
  handleUndelivered(output: GateOutput): void;
  /** What is on disk about it should be another. */
  handleRecord(): void;
  /** No fresh order came within its timeout; it stops already. */
  handleTimeout(output: GateOutput): void;
}
