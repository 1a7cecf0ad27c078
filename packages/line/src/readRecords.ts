import { LineError } from './errors.ts';
import { MessageRecord } from './MessageRecord.ts';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES, recordKindName, recordKinds } from './recordKinds.ts';
import type { RecordKindName } from './recordKinds.ts';

/** Told the records of a frame in order. */
export interface RecordReader {
  handleMessage(record: MessageRecord): void;
  /** Any record but a message. `body` is a view into the frame. */
  handleRecord(kind: RecordKindName, body: Uint8Array): void;
}

/**
 * Walks over the records of one frame (clause 1.3). Throws `FRAME_MALFORMED` when lengths do not add up or a kind is
 * unknown; records before the fault were delivered.
 */
export function readRecords(frame: Uint8Array, reader: RecordReader): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length === 0) throw malformed('the frame is empty');
  let at = 0;
  while (at < frame.length) {
    if (frame.length - at < RECORD_HEADER_BYTES) {
      throw malformed(`a record starts ${frame.length - at} bytes before the end of the frame; its header has 5`);
    }
    const kind = view.getUint8(at);
    const bodyBytes = view.getUint32(at + 1, true);
    const end = at + RECORD_HEADER_BYTES + bodyBytes;
    if (end > frame.length) {
      throw malformed(`a record of ${bodyBytes} bytes starts at ${at} of a frame of ${frame.length} bytes`);
    }
    if (kind === recordKinds.message) {
      if (bodyBytes < MESSAGE_HEADER_BYTES) {
        throw malformed(`a message record has ${bodyBytes} bytes; its header alone has ${MESSAGE_HEADER_BYTES}`);
      }
      reader.handleMessage(new MessageRecord(frame, view, at, end));
    } else {
      const name = recordKindName(kind);
      if (name === undefined) throw malformed(`record kind 0x${kind.toString(16)} does not exist in longline.v1`);
      reader.handleRecord(name, frame.subarray(at + RECORD_HEADER_BYTES, end));
    }
    at = end;
  }
}

const malformed = (what: string): LineError => new LineError('FRAME_MALFORMED', what);
