import { DEFAULT_DEADLINE_MS } from '@longline/ros';
import type { OperationOptions } from '@longline/ros';

/** Bounds of one question to a robot's bridge. */
export interface CallBounds {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The bounds of an operation of a `RosGraph`. */
export const callBounds = (options: OperationOptions | undefined): CallBounds => ({
  deadlineMs: options?.deadlineMs ?? DEFAULT_DEADLINE_MS,
  signal: options?.signal,
});
