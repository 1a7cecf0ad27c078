import { LineError } from './errors.ts';
import { RECORD_HEADER_BYTES } from './recordKinds.ts';

/** Bytes of a part's body before what it carries. */
const PART_HEADER_BYTES = 12;
/** Records under assembly at once; beyond it the one that began first is given up. A sender has far fewer. */
export const MAX_OPEN_TRANSFERS = 64;

interface Transfer {
  readonly bytes: Uint8Array;
  missingBytes: number;
}

/**
 * Puts the parts of large records together again (clause 4.4). One per line: the parts of a record may come on several of its
 * sockets, in any order. What a closed socket took along never completes and makes room for later ones.
 */
export class PartAssembler {
  readonly #maxRecordBytes: number;
  readonly #maxBytes: number;
  readonly #open = new Map<number, Transfer>();
  #bytes = 0;

  /** Records of at most `maxRecordBytes`, and twice that of all under assembly. */
  constructor(maxRecordBytes: number) {
    this.#maxRecordBytes = maxRecordBytes;
    this.#maxBytes = 2 * maxRecordBytes;
  }

  /** Bytes held for records under assembly. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a part; gives the whole record, header included, when it was the last one missing. */
  handlePart(body: Uint8Array): Uint8Array | undefined {
    if (body.length <= PART_HEADER_BYTES) throw malformed(`a part has ${body.length} bytes; it must have more than 12`);
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    const id = view.getUint32(0, true);
    const total = view.getUint32(4, true);
    const offset = view.getUint32(8, true);
    const bytes = body.subarray(PART_HEADER_BYTES);
    if (total > this.#maxRecordBytes) {
      throw new LineError('FRAME_TOO_LARGE', `a record has ${total} bytes; ${this.#maxRecordBytes} are allowed`);
    }
    if (offset + bytes.length > total) {
      throw malformed(`a part of ${bytes.length} bytes at ${offset} leads beyond its record of ${total} bytes`);
    }
    const transfer = this.#open.get(id) ?? this.#begin(id, total);
    if (transfer.bytes.length !== total) {
      throw malformed(`parts of transfer ${id} say ${transfer.bytes.length} and ${total} bytes`);
    }
    transfer.bytes.set(bytes, offset);
    transfer.missingBytes -= bytes.length;
    if (transfer.missingBytes > 0) return undefined;
    if (transfer.missingBytes < 0) throw malformed(`parts of transfer ${id} overlap`);
    this.#end(id, transfer);
    return transfer.bytes;
  }

  #begin(id: number, total: number): Transfer {
    if (total <= RECORD_HEADER_BYTES) throw malformed(`a record in parts has ${total} bytes; its header alone has 5`);
    for (const [oldest, given] of this.#open) {
      if (this.#open.size < MAX_OPEN_TRANSFERS && this.#bytes + total <= this.#maxBytes) break;
      this.#end(oldest, given);
    }
    // Zeroed: parts that overlap must not make old memory readable.
    const transfer = { bytes: new Uint8Array(total), missingBytes: total };
    this.#open.set(id, transfer);
    this.#bytes += total;
    return transfer;
  }

  #end(id: number, transfer: Transfer): void {
    this.#open.delete(id);
    this.#bytes -= transfer.bytes.length;
  }
}

const malformed = (what: string): LineError => new LineError('FRAME_MALFORMED', what);
