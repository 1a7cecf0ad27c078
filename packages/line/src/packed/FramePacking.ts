import type { Clock, MessageParts } from '@longline/ros';
import { FrameBuilder } from '../FrameBuilder.ts';
import { recordKinds } from '../recordKinds.ts';
import { Packer } from './Packer.ts';
import type { PackingChoice } from './PackingChoice.ts';
import type { Zstd } from './Zstd.ts';

/** What packing is taken to leave of the bytes before anything was packed. */
const FIRST_SHARE = 0.5;
const NEWEST_WEIGHT = 0.2;

/** Gathers the messages of one frame of one socket that are worth packing, and writes them as one packed record. */
export class FramePacking {
  readonly #packer: Packer;
  readonly #choice: PackingChoice;
  readonly #clock: Clock;
  readonly #messages = new FrameBuilder();
  readonly #channels = new Set<number>();
  #share = FIRST_SHARE;

  constructor(options: { readonly choice: PackingChoice; readonly clock: Clock; readonly zstd: Zstd | undefined }) {
    this.#packer = new Packer(options.zstd);
    this.#choice = options.choice;
    this.#clock = options.clock;
  }

  /** About how many bytes the packed record will have. */
  get bytes(): number {
    return this.#messages.length * this.#share;
  }

  /** Takes a message where packing its channel pays, and where an earlier one of its channel is in the frame already. */
  place(id: number, message: MessageParts): boolean {
    if (!this.#channels.has(id) && !this.#choice.shouldPack(id, message.data)) return false;
    this.add(id, message);
    return true;
  }

  /** Takes a message. */
  add(id: number, message: MessageParts): void {
    this.#messages.appendMessage(id, message);
    this.#channels.add(id);
  }

  /** Writes what was gathered. */
  writeTo(frame: FrameBuilder): void {
    if (this.#messages.length === 0) return;
    const records = this.#messages.take();
    const startedMs = this.#clock.monotonicMs();
    const body = this.#packer.pack(records);
    this.#choice.handlePacked(this.#packer.shares, this.#clock.monotonicMs() - startedMs);
    this.#share += (body.length / records.length - this.#share) * NEWEST_WEIGHT;
    this.#channels.clear();
    frame.append(recordKinds.packed, body);
  }
}
