import type { ChannelFeed } from './ChannelFeed.ts';
import type { ServerChannel } from './ServerChannels.ts';

/** Subscriptions of one connection: under which of our IDs the server sends which topic. */
export class ServerSubscriptions {
  readonly #send: (op: object) => void;
  readonly #isThere: (channelId: number) => boolean;
  readonly #feeds = new Map<number, ChannelFeed>();
  readonly #ids = new Map<ServerChannel, number>();
  #nextId = 1;

  /** `isThere` tells whether the server has a channel still: one that it took back cannot be unsubscribed from. */
  constructor(send: (op: object) => void, isThere: (channelId: number) => boolean) {
    this.#send = send;
    this.#isThere = isThere;
  }

  subscribe(channel: ServerChannel, feed: ChannelFeed): void {
    const id = this.#nextId++ >>> 0;
    this.#feeds.set(id, feed);
    this.#ids.set(channel, id);
    this.#send({ op: 'subscribe', subscriptions: [{ id, channelId: channel.id }] });
  }

  unsubscribe(channel: ServerChannel): void {
    const id = this.#ids.get(channel);
    if (id === undefined) return;
    this.#ids.delete(channel);
    this.#feeds.delete(id);
    if (this.#isThere(channel.id)) this.#send({ op: 'unsubscribe', subscriptionIds: [id] });
  }

  /** Messages under an ID of before are nobody's. */
  handleMessage(id: number, serverTime: bigint, data: Uint8Array): void {
    this.#feeds.get(id)?.handleMessage(serverTime, data);
  }
}
