import { schemaHash } from '@longline/ros';
import type { Channel, Disposer } from '@longline/ros';
import type { ChannelListener } from '../door/ChannelSource.ts';
import { Announcer } from './Announcer.ts';
import type { ReaderContext } from './ReaderContext.ts';
import type { WireChannel } from './ServerOp.ts';
import { wireChannel } from './wireChannel.ts';

/** A topic that was offered to the reader under a number. */
export interface AdvertisedChannel {
  readonly id: number;
  readonly channel: Channel;
}

/** The topics offered to one reader. A number is never given to another topic, nor to the same one with another definition. */
export class AdvertisedChannels implements ChannelListener {
  readonly #announcer: Announcer<WireChannel>;
  readonly #byId = new Map<number, AdvertisedChannel>();
  readonly #byTopic = new Map<string, AdvertisedChannel>();
  readonly #handleWithdrawn: (channelId: number) => void;
  #nextId = 1;
  readonly #unwatch: Disposer;

  constructor({ robot, clock, queue, send }: ReaderContext, handleWithdrawn: (channelId: number) => void) {
    this.#handleWithdrawn = handleWithdrawn;
    this.#announcer = new Announcer({
      clock,
      hasRoom: () => queue.hasRoom,
      bytesOf: ({ schema }) => schema.length + 200,
      announce: (channels) => send({ op: 'advertise', channels }),
      withdraw: (channelIds) => send({ op: 'unadvertise', channelIds }),
    });
    this.#unwatch = robot.channels.watch(this);
  }

  /** From here on the reader is told. */
  open(): void {
    this.#announcer.open();
  }

  find(id: number): AdvertisedChannel | undefined {
    return this.#announcer.knows(id) ? this.#byId.get(id) : undefined;
  }

  /** Whether the number was a topic's that is gone by now. */
  wasWithdrawn(id: number): boolean {
    return id > 0 && id < this.#nextId && !this.#byId.has(id);
  }

  handleChannel(channel: Channel): void {
    const known = this.#byTopic.get(channel.topic);
    if (known !== undefined) {
      if (isSame(known.channel, channel)) return;
      this.handleChannelGone(channel.topic);
    }
    const advertised = { id: this.#nextId++, channel };
    this.#byId.set(advertised.id, advertised);
    this.#byTopic.set(channel.topic, advertised);
    this.#announcer.add(wireChannel(advertised.id, channel));
  }

  handleChannelGone(topic: string): void {
    const known = this.#byTopic.get(topic);
    if (known === undefined) return;
    this.#byTopic.delete(topic);
    this.#byId.delete(known.id);
    this.#handleWithdrawn(known.id);
    this.#announcer.remove(known.id);
  }

  handleWritable(): void {
    this.#announcer.handleWritable();
  }

  /** Idempotent. */
  close(): void {
    this.#unwatch();
    this.#announcer.close();
  }
}

const isSame = (a: Channel, b: Channel): boolean =>
  a.encoding === b.encoding && (a.schema === b.schema || schemaHash(a.schema) === schemaHash(b.schema));
