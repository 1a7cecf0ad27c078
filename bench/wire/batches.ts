import type { RobotMessage } from './robotMessages.ts';

/** So many messages at a time; the last batch may have fewer. */
export function batchesOf(size: number, messages: readonly RobotMessage[]): RobotMessage[][] {
  const batches: RobotMessage[][] = [];
  for (let at = 0; at < messages.length; at += size) batches.push(messages.slice(at, at + size));
  return batches;
}

/** Messages that came within `delayMs` of the first of their batch. */
export function batchesWithin(delayMs: number, messages: readonly RobotMessage[]): RobotMessage[][] {
  const batches: RobotMessage[][] = [];
  let batch: RobotMessage[] = [];
  for (const message of messages) {
    if (batch[0] !== undefined && message.atMs > batch[0].atMs + delayMs) {
      batches.push(batch);
      batch = [];
    }
    batch.push(message);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
