import { MAX_REFERENCE_BYTES } from './packedFormat.ts';
import { Reference } from './Reference.ts';
import type { PackedChannel } from './Reference.ts';

/** Most references kept after a body. */
export const MAX_REFERENCES = 128;
/** Most bytes of messages kept as references after a body. */
export const MAX_REFERENCES_BYTES = 128 * 1024;

/** The references of one socket, the same on both sides. Beyond its bounds those go that were not used longest. */
export class ReferenceTable {
  readonly #byIndex: (Reference | undefined)[] = [];
  readonly #byChannelAndLength = new Map<number, Reference>();
  readonly #channels = new Map<number, PackedChannel>();
  readonly #inBody: Reference[] = [];
  #count = 0;
  #bytes = 0;
  #body = 0;

  /** The references that the body at hand uses, in the order of their first messages. */
  get inBody(): readonly Reference[] {
    return this.#inBody;
  }

  channel(id: number): PackedChannel | undefined {
    return this.#channels.get(id);
  }

  at(index: number): Reference | undefined {
    return this.#byIndex[index];
  }

  find(channelId: number, length: number): Reference | undefined {
    return this.#byChannelAndLength.get(key(channelId, length));
  }

  /** A new reference, at the lowest free index. */
  add(channelId: number, length: number): Reference {
    let channel = this.#channels.get(channelId);
    if (channel === undefined)
      this.#channels.set(channelId, (channel = { id: channelId, sequence: -1, references: 0 }));
    channel.references += 1;
    const free = this.#count === this.#byIndex.length ? this.#count : this.#byIndex.indexOf(undefined);
    const reference = new Reference(channel, free, length);
    this.#byIndex[free] = reference;
    this.#byChannelAndLength.set(key(channelId, length), reference);
    this.#count += 1;
    this.#bytes += length;
    return reference;
  }

  /** One more message of the body at hand, whose data lies at `start`, belongs to a reference. */
  use(reference: Reference, start: number): void {
    if (reference.members.length === 0) this.#inBody.push(reference);
    reference.members.push(start);
  }

  /** The body at hand is done. */
  endBody(): void {
    this.#body += 1;
    for (const reference of this.#inBody) {
      reference.members.length = 0;
      reference.usedIn = this.#body;
    }
    this.#inBody.length = 0;
    while (this.#count > MAX_REFERENCES || this.#bytes > MAX_REFERENCES_BYTES) this.#dropOldest();
  }

  #dropOldest(): void {
    let oldest: Reference | undefined;
    for (const reference of this.#byIndex) {
      if (reference !== undefined && (oldest === undefined || reference.usedIn < oldest.usedIn)) oldest = reference;
    }
    if (oldest === undefined) return;
    const { channel, index, length } = oldest;
    this.#byIndex[index] = undefined;
    this.#byChannelAndLength.delete(key(channel.id, length));
    this.#count -= 1;
    this.#bytes -= length;
    channel.references -= 1;
    if (channel.references === 0) this.#channels.delete(channel.id);
  }
}

/** One number for both: below 2^47. */
const key = (channelId: number, length: number): number => channelId * (2 * MAX_REFERENCE_BYTES) + length;
