import { stopPayloadSchema } from '@longline/line';
import type { Reply, StopPayload } from '@longline/line';

/** What is known of a stop when its robot has answered, or at once where it cannot. */
export interface StopOutcome {
  readonly device: string;
  /** `stopped`: the robot has confirmed it. `waits`: it is kept and comes first when the robot is back. `refused`: see the code. */
  readonly state: 'stopped' | 'waits' | 'refused';
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** What became of each output on the robot: whether ROS took the stop, and who else publishes there and was not stopped. */
  readonly outputs: StopPayload['outputs'];
}

/** Reads a robot's answer to a stop. */
export function stopOutcome(device: string, { state, code, message, payload }: Reply): StopOutcome {
  const why = { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
  if (state === 'done') return { device, state: 'stopped', ...why, outputs: outputsOf(payload) };
  return { device, state: code === 'STOP_WAITS' ? 'waits' : 'refused', ...why, outputs: [] };
}

function outputsOf(payload: Uint8Array): StopPayload['outputs'] {
  try {
    return stopPayloadSchema.parse(JSON.parse(new TextDecoder().decode(payload))).outputs;
  } catch {
    // It stands still; what it says of its outputs cannot be read.
    return [];
  }
}
