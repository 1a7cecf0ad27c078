import type { Clock, MessageParts } from '@longline/ros';
import { FrameBuilder } from '../FrameBuilder.ts';
import { FramePacking } from './FramePacking.ts';
import { Packer } from './Packer.ts';
import { PackingChoice } from './PackingChoice.ts';
import type { Zstd } from './Zstd.ts';

/** How one line packs its messages: which channels' pays is found out once for all of its sockets. */
export class LinePacking {
  readonly #clock: Clock;
  readonly #zstd: Zstd | undefined;
  readonly #choice: PackingChoice;

  /** `zstd` where both sides have it. */
  constructor(clock: Clock, zstd: Zstd | undefined) {
    this.#clock = clock;
    this.#zstd = zstd;
    this.#choice = new PackingChoice({ clock, zstd });
  }

  /** For the frames of one socket. */
  forSocket(): FramePacking {
    return new FramePacking({ choice: this.#choice, clock: this.#clock, zstd: this.#zstd });
  }

  /**
   * The body of a packed record that stands alone, for a message that leaves in parts: parts on several sockets keep no
   * order, so it tells no differences. Undefined where packing does not pay.
   */
  packLarge(id: number, message: MessageParts): Uint8Array | undefined {
    if (this.#zstd === undefined || !this.#choice.shouldPack(id, message.data)) return undefined;
    const startedMs = this.#clock.monotonicMs();
    const record = new FrameBuilder();
    record.appendMessage(id, message);
    const packer = new Packer(this.#zstd);
    const body = packer.pack(record.take());
    this.#choice.handlePacked(packer.shares, this.#clock.monotonicMs() - startedMs);
    return body;
  }

  forget(id: number): void {
    this.#choice.forget(id);
  }
}
