import { FrameBuilder, readRecords } from '@longline/line';
import type { MessageRecord } from '@longline/line';

/** A message record as it lies in a received frame. */
export function messageRecord(data: Uint8Array, sequence = 0): MessageRecord {
  const builder = new FrameBuilder();
  builder.appendMessage(1, { sequence, logTime: 1n, publishTime: 1n, data });
  const records: MessageRecord[] = [];
  readRecords(builder.take(), { handleMessage: (record) => void records.push(record), handleRecord: () => undefined });
  const [record] = records;
  if (record === undefined) throw new Error('the frame has no record');
  return record;
}
