import { FrameBuilder, Packer, recordKinds, Unpacker } from '@longline/line';
import { nodeZstd } from '@longline/line/node';
import type { RobotMessage } from './robotMessages.ts';

/** Both ends of one socket with packed records; it checks that every message arrives byte for byte, and keeps the times. */
export class PackedSocket {
  readonly #packer = new Packer(nodeZstd);
  readonly #unpacker = new Unpacker(nodeZstd);
  readonly #builder = new FrameBuilder();
  /** Milliseconds that each batch took. */
  readonly packMs: number[] = [];
  readonly unpackMs: number[] = [];

  /** Bytes of the last batch by channel. */
  get shares(): ReadonlyMap<number, number> {
    return new Map(this.#packer.shares.map(({ channelId, packedBytes }) => [channelId, packedBytes]));
  }

  /** Sends a batch in one frame; bytes of its payload: record header and body. */
  send(batch: readonly RobotMessage[]): number {
    for (const { channelId, parts } of batch) this.#builder.appendMessage(channelId, parts);
    const records = this.#builder.take();
    const startedMs = performance.now();
    const body = this.#packer.pack(records);
    const packedMs = performance.now();
    const back = this.#unpacker.unpack(body, records.length);
    this.unpackMs.push(performance.now() - packedMs);
    this.packMs.push(packedMs - startedMs);
    if (Buffer.compare(records, back) !== 0) throw new Error('a packed body gave back other messages');
    this.#builder.append(recordKinds.packed, body);
    return this.#builder.take().length;
  }
}
