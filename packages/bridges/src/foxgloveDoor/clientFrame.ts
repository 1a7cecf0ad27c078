import { DoorError } from '../door/DoorError.ts';

/** What a Foxglove client says as bytes (clause 2.4). `data` is a view into the frame. */
export type ClientFrame =
  | { readonly kind: 'message'; readonly channelId: number; readonly data: Uint8Array }
  | {
      readonly kind: 'call';
      readonly serviceId: number;
      readonly callId: number;
      readonly encoding: string;
      readonly data: Uint8Array;
    };

const MESSAGE_DATA = 0x01;
const SERVICE_CALL_REQUEST = 0x02;
const MAX_ENCODING_BYTES = 64;

const decoder = new TextDecoder();

/** Reads one binary frame; integers are little endian. Throws `FRAME_MALFORMED`. */
export function parseClientFrame(bytes: Uint8Array): ClientFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const opcode = bytes[0];
  switch (opcode) {
    case undefined:
      throw malformed('is empty');
    case MESSAGE_DATA:
      if (bytes.length < 5) throw malformed(`with a message has ${bytes.length} bytes, not at least 5`);
      return { kind: 'message', channelId: view.getUint32(1, true), data: bytes.subarray(5) };
    case SERVICE_CALL_REQUEST: {
      if (bytes.length < 13) throw malformed(`with a service call has ${bytes.length} bytes, not at least 13`);
      const encodingBytes = view.getUint32(9, true);
      if (encodingBytes > MAX_ENCODING_BYTES || 13 + encodingBytes > bytes.length) {
        throw malformed(`with a service call names an encoding of ${encodingBytes} bytes`);
      }
      return {
        kind: 'call',
        serviceId: view.getUint32(1, true),
        callId: view.getUint32(5, true),
        encoding: decoder.decode(bytes.subarray(13, 13 + encodingBytes)),
        data: bytes.subarray(13 + encodingBytes),
      };
    }
    default:
      throw malformed(`has the opcode ${opcode}; taken are 1 (message) and 2 (service call)`);
  }
}

const malformed = (what: string): DoorError => new DoorError('FRAME_MALFORMED', `A binary frame ${what}.`);
