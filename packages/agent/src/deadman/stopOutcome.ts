import type { StopPayload } from '@longline/line';
import type { GateOutput } from './GateOutput.ts';

/** What became of the stop of an output; `others` publish on the same topic. */
export function stopOutcome(output: GateOutput, others: readonly string[]): StopPayload['outputs'][number] {
  const { kind, name, type, steps, stopCode, isDelivered } = output;
  const isUndefined = steps.length === 0;
  const isUnknown = kind === 'topic' && type === undefined;
  const code = isUndefined
    ? isUnknown
      ? 'TOPIC_UNKNOWN'
      : 'STOP_UNDEFINED'
    : (stopCode ?? (others.length > 0 ? 'NOT_EXCLUSIVE' : undefined));
  return { kind, name, delivered: isDelivered && !isUndefined && stopCode === undefined, others: [...others], code };
}
