import { LineError } from './errors.ts';
import { Unpacker } from './packed/Unpacker.ts';
import type { Zstd } from './packed/Zstd.ts';
import { PartAssembler } from './PartAssembler.ts';
import { RECORD_HEADER_BYTES, recordKinds } from './recordKinds.ts';

/** What may come in parts. */
const partedKinds: ReadonlySet<number> = new Set([
  recordKinds.message,
  recordKinds.packed,
  recordKinds.request,
  recordKinds.reply,
]);

/** Opens the records of one socket that hold others: parts and packed ones (clauses 4.4 and 4.6). */
export class RecordUnwrapper {
  readonly #maxBytes: number;
  readonly #zstd: Zstd | undefined;
  readonly #handleUnpacked: (packedBytes: number, bytes: number) => void;
  #assembler: PartAssembler | undefined;
  #unpacker: Unpacker | undefined;

  /** Records of at most `maxBytes`. Without `zstd` compressed ones are refused. */
  constructor(options: {
    readonly maxBytes: number;
    readonly zstd: Zstd | undefined;
    readonly handleUnpacked: (packedBytes: number, bytes: number) => void;
  }) {
    this.#maxBytes = options.maxBytes;
    this.#zstd = options.zstd;
    this.#handleUnpacked = options.handleUnpacked;
  }

  /** Parts of one record may come on this socket and on that of the other. */
  shareParts(other: RecordUnwrapper): void {
    this.#assembler = other.#parts;
  }

  /** The records of a packed one. */
  packed(body: Uint8Array): Uint8Array {
    return this.#unpack((this.#unpacker ??= new Unpacker(this.#zstd)), body);
  }

  /** The records that a part completed, or undefined. */
  part(body: Uint8Array): Uint8Array | undefined {
    const record = this.#parts.handlePart(body);
    if (record === undefined) return undefined;
    const kind = record[0] ?? 0;
    if (!partedKinds.has(kind)) {
      throw new LineError('FRAME_UNEXPECTED', `a record of kind 0x${kind.toString(16)} does not come in parts`);
    }
    if (kind !== recordKinds.packed) return record;
    // What came in parts stands alone.
    return this.#unpack(new Unpacker(this.#zstd), record.subarray(RECORD_HEADER_BYTES));
  }

  get #parts(): PartAssembler {
    return (this.#assembler ??= new PartAssembler(this.#maxBytes));
  }

  #unpack(unpacker: Unpacker, body: Uint8Array): Uint8Array {
    const records = unpacker.unpack(body, this.#maxBytes);
    this.#handleUnpacked(body.length, records.length);
    return records;
  }
}
