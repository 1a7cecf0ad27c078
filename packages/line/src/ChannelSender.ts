import { schemaHash } from '@longline/ros';
import type { Channel } from '@longline/ros';
import type { ChannelRecord, Delivery, Lane } from './channelRecords.ts';
import { encodeJson } from './jsonRecord.ts';
import type { LineCore } from './LineCore.ts';

/** A channel as it is advertised on a line. */
export interface AdvertisedChannel extends Channel {
  readonly id: number;
  readonly lane: Lane;
  readonly delivery: Delivery;
  /** Messages come only while somebody looks. Left out: always. */
  readonly demand?: 'watched' | undefined;
  /** Whose channel it is, where the server speaks to a reader. */
  readonly device?: string;
}

/** Advertises channels on one line, each definition once (clause 3). */
export class ChannelSender {
  readonly #line: LineCore;
  readonly #sentSchemas = new Set<string>();

  constructor(line: LineCore) {
    this.#line = line;
  }

  /** The other side has these definitions from an earlier line. */
  handleKnown(hashes: readonly string[]): void {
    for (const hash of hashes) this.#sentSchemas.add(hash);
  }

  advertise(channels: readonly AdvertisedChannel[]): void {
    if (channels.length === 0) return;
    const records = channels.map((channel): ChannelRecord => {
      const hash = schemaHash(channel.schema);
      if (!this.#sentSchemas.has(hash)) {
        this.#sentSchemas.add(hash);
        const { name, encoding, text } = channel.schema;
        this.#line.send('schema', [encodeJson({ hash, name, encoding, text })]);
      }
      const { id, device, topic, encoding, latched, lane, delivery, demand } = channel;
      return {
        id,
        ...(device === undefined ? {} : { device }),
        topic,
        schema: hash,
        encoding,
        latched,
        lane,
        delivery,
        ...(demand === undefined ? {} : { demand }),
      };
    });
    for (let at = 0; at < records.length; at += 500) {
      this.#line.send('advertise', [encodeJson({ channels: records.slice(at, at + 500) })]);
    }
  }

  unadvertise(ids: readonly number[]): void {
    if (ids.length > 0) this.#line.send('unadvertise', [encodeJson({ channels: ids })]);
  }
}
