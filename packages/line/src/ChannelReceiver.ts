import { schemaHash } from '@longline/ros';
import type { Schema } from '@longline/ros';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { advertiseSchema, droppedSchema, schemaRecordSchema, unadvertiseSchema } from './channelRecords.ts';
import { LineError } from './errors.ts';
import { decodeJson } from './jsonRecord.ts';
import { KeyedValues } from './KeyedValues.ts';
import type { LineLimits } from './limits.ts';
import type { RecordKindName } from './recordKinds.ts';

/** Told what the other side advertises. */
export interface ChannelListener {
  /** Channels new or changed. An ID again names the same topic of the same device, with a new definition. */
  handleAdvertise(channels: readonly AdvertisedChannel[]): void;
  handleUnadvertise(channels: readonly AdvertisedChannel[]): void;
  /** So many further messages of a channel were dropped before they came here. */
  handleDropped(channel: AdvertisedChannel, count: number): void;
}

/** A channel as this side knows it. */
export interface ReceivedChannel {
  advertised: AdvertisedChannel;
  /** Sequence of the newest message that came; undefined before the first. */
  lastSequence: number | undefined;
}

/** Gives one object for what many lines receive alike; both may give back what they are given. */
export interface SharedDefinitions {
  /** A definition equal to this one, which is said to have that hash. */
  schema?(schema: Schema, hash: string): Schema;
  /** A description equal to this one; its definition is a shared one already. */
  channel?(channel: AdvertisedChannel): AdvertisedChannel;
}

const nothingShared: SharedDefinitions = {};
const numberOf = (channel: ReceivedChannel): number => channel.advertised.id;

/** Keeps the definitions and channels that the other side advertised on one line, within bounds (clause 3). */
export class ChannelReceiver {
  readonly #limits: LineLimits;
  readonly #listener: ChannelListener;
  readonly #shared: SharedDefinitions;
  readonly #schemas = new KeyedValues<string, Schema>(schemaHash);
  readonly #channels = new KeyedValues<number, ReceivedChannel>(numberOf);
  #schemaBytes = 0;

  constructor(limits: LineLimits, listener: ChannelListener, shared: SharedDefinitions = nothingShared) {
    this.#limits = limits;
    this.#listener = listener;
    this.#shared = shared;
  }

  get(id: number): ReceivedChannel | undefined {
    return this.#channels.get(id);
  }

  /** Takes a record about channels; false for any other. */
  handleRecord(kind: RecordKindName, body: Uint8Array): boolean {
    switch (kind) {
      case 'schema':
        this.#handleSchema(body);
        return true;
      case 'advertise':
        this.#listener.handleAdvertise(this.#advertised(body));
        return true;
      case 'unadvertise':
        this.#listener.handleUnadvertise(this.#unadvertised(body));
        return true;
      case 'dropped': {
        const { channel: id, count } = decodeJson(kind, body, droppedSchema, this.#limits.maxJsonBytes);
        const channel = this.#channels.get(id);
        if (channel !== undefined) this.#listener.handleDropped(channel.advertised, count);
        return true;
      }
      default:
        return false;
    }
  }

  /** These definitions are known from an earlier line and need not come again. */
  handleKnown(schemas: readonly Schema[]): void {
    for (const schema of schemas) this.#schemas.set(schema);
  }

  #handleSchema(body: Uint8Array): void {
    const { hash, name, encoding, text } = decodeJson('schema', body, schemaRecordSchema, this.#limits.maxJsonBytes);
    const received: Schema = { name, encoding, text };
    const schema = this.#shared.schema?.(received, hash) ?? received;
    if (schemaHash(schema) !== hash)
      throw new LineError('FRAME_MALFORMED', `the definition of ${name} does not have the hash ${hash}`);
    if (this.#schemas.get(hash) !== undefined) return;
    this.#schemaBytes += text.length;
    if (this.#schemaBytes > this.#limits.maxSchemaBytes) {
      throw new LineError(
        'LIMIT_EXCEEDED',
        `more than ${this.#limits.maxSchemaBytes} bytes of definitions on one line`,
      );
    }
    this.#schemas.set(schema);
  }

  #advertised(body: Uint8Array): AdvertisedChannel[] {
    const { channels } = decodeJson('advertise', body, advertiseSchema, this.#limits.maxJsonBytes);
    return channels.map(({ schema: hash, device, ...rest }) => {
      const schema = this.#schemas.get(hash);
      if (schema === undefined) {
        throw new LineError(
          'FRAME_MALFORMED',
          `channel ${rest.id} (${rest.topic}) names the definition ${hash}, which was not sent`,
        );
      }
      const before = this.#channels.get(rest.id);
      const known = before?.advertised;
      if (known !== undefined && (known.topic !== rest.topic || known.device !== device)) {
        throw new LineError(
          'FRAME_MALFORMED',
          `channel ${rest.id} was ${known.topic} and is now advertised as ${rest.topic}`,
        );
      }
      const received: AdvertisedChannel = { ...rest, schema, ...(device === undefined ? {} : { device }) };
      const channel = this.#shared.channel?.(received) ?? received;
      if (before === undefined) this.#channels.set({ advertised: channel, lastSequence: undefined });
      else before.advertised = channel;
      if (this.#channels.size > this.#limits.maxChannels) {
        throw new LineError('LIMIT_EXCEEDED', `more than ${this.#limits.maxChannels} channels on one line`);
      }
      return channel;
    });
  }

  /** The channels that went. Unknown IDs are ignored: both ends may have closed a channel at once. */
  #unadvertised(body: Uint8Array): AdvertisedChannel[] {
    const { channels } = decodeJson('unadvertise', body, unadvertiseSchema, this.#limits.maxJsonBytes);
    return channels.flatMap((id) => {
      const channel = this.#channels.get(id);
      this.#channels.delete(id);
      return channel === undefined ? [] : [channel.advertised];
    });
  }
}
