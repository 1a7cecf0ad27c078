import { replyError, stopPayloadSchema } from '@longline/line';
import type { Action, Reply, StopPayload } from '@longline/line';
import { DEFAULT_DEADLINE_MS } from '@longline/ros';
import type { Clock, OperationOptions } from '@longline/ros';
import type { RequestSender } from '../RequestSender.ts';

/** What became of a stop. */
export interface StopReport {
  /**
   * What moves the robot, and whether ROS took the stop; `others` publish on the same topic and were not stopped, the code is
   * then `NOT_EXCLUSIVE`. Empty for an absent robot.
   */
  readonly outputs: StopPayload['outputs'];
  /**
   * The robot is absent or has not confirmed: whether it stands still is unknown. The server keeps the stop and repeats it; it is
   * the first thing that the robot hears when it is back. `message` says why.
   */
  readonly waits: boolean;
  /** `NOT_EXCLUSIVE`, or why the stop waits. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

const decoder = new TextDecoder();
const nothing = new Uint8Array(0);
/** The connection was lost with the stop under way: stopping again does no harm. */
const isSentAgain = ({ code, state }: Reply): boolean => state === 'unknown' && code === 'LINE_CLOSED';

/**
 * Stops outputs of a robot and keeps them stopped until a lease holder releases them. Needs no lease. It is sent again where the
 * connection was lost with it, within `deadlineMs` (default 5,000), which bounds the wait here: the stop itself never expires.
 */
export async function stopDevice(
  { clock, id, requests }: { readonly clock: Clock; readonly id: string; readonly requests: RequestSender },
  outputs: string | undefined,
  options: OperationOptions,
): Promise<StopReport> {
  const { deadlineMs = DEFAULT_DEADLINE_MS } = options;
  const startMs = clock.monotonicMs();
  const action: Action = { kind: 'stop', ...(outputs === undefined ? {} : { outputs }) };
  for (;;) {
    const leftMs = deadlineMs - (clock.monotonicMs() - startMs);
    const reply = await requests.send(id, action, nothing, { ...options, deadlineMs: Math.max(0, leftMs) });
    if (isSentAgain(reply) && leftMs > 0) continue;
    const { code, message, payload, state } = reply;
    if (code === 'STOP_WAITS') return { outputs: [], waits: true, code, message };
    if (state !== 'done') throw replyError(reply);
    const { outputs } = stopPayloadSchema.parse(JSON.parse(decoder.decode(payload)));
    return { outputs, waits: false, code, message };
  }
}
