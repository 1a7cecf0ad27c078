import { RosError } from '@longline/ros';
import type { Channel } from '@longline/ros';
import type { AdvertisedChannel } from './FoxgloveOp.ts';
import { readableChannel } from './readableChannel.ts';

/** Most channels of one server that are looked at. */
export const MAX_CHANNELS = 10_000;
/** Most characters of their definitions. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** A channel of the server with the ID by which it is subscribed to. */
export interface ServerChannel {
  readonly id: number;
  readonly channel: Channel;
}

/** One channel as it was advertised; `channel` is undefined where it cannot be read. */
interface Advertised {
  readonly advertised: AdvertisedChannel;
  readonly server: ServerChannel | undefined;
  readonly problem: RosError | undefined;
}

/** The channels of one connection to a server. Where a topic has several, the newest counts. */
export class ServerChannels {
  readonly #handleProblem: (problem: string) => void;
  readonly #byId = new Map<number, Advertised>();
  /** IDs, the newest last. */
  readonly #byTopic = new Map<string, number[]>();
  readonly #told = new Set<string>();
  #characters = 0;

  constructor(handleProblem: (problem: string) => void) {
    this.#handleProblem = handleProblem;
  }

  handleAdvertised(channels: readonly AdvertisedChannel[]): void {
    for (const advertised of channels) {
      const { id, topic } = advertised;
      const known = this.#byId.get(id);
      if (known !== undefined) {
        if (JSON.stringify(known.advertised) === JSON.stringify(advertised)) continue;
        this.handleGone([id]);
      }
      if (this.#byId.size >= MAX_CHANNELS || this.#characters > MAX_CHARACTERS) {
        this.#tell(
          '',
          `more than ${MAX_CHANNELS} channels, or longer definitions than are kept, are advertised; the rest is not read`,
        );
        return;
      }
      this.#characters += advertised.schema.length;
      const channel = readableChannel(advertised);
      const isReadable = !(channel instanceof RosError);
      this.#byId.set(id, {
        advertised,
        server: isReadable ? { id, channel } : undefined,
        problem: isReadable ? undefined : channel,
      });
      const ids = this.#byTopic.get(topic) ?? [];
      ids.push(id);
      this.#byTopic.set(topic, ids);
      if (channel instanceof RosError) this.#tell(topic, channel.message);
      else if (ids.length > 1) this.#tell(topic, `${topic} has several channels; the newest is read`);
    }
  }

  handleGone(ids: readonly number[]): void {
    for (const id of ids) {
      const known = this.#byId.get(id);
      if (known === undefined) continue;
      this.#byId.delete(id);
      const { topic, schema } = known.advertised;
      this.#characters -= schema.length;
      const left = (this.#byTopic.get(topic) ?? []).filter((other) => other !== id);
      if (left.length > 0) this.#byTopic.set(topic, left);
      else this.#byTopic.delete(topic);
    }
  }

  /** The newest channel of a topic that can be read; an error where there are only others. */
  newest(topic: string): ServerChannel | RosError | undefined {
    let problem: RosError | undefined;
    for (const id of (this.#byTopic.get(topic) ?? []).toReversed()) {
      const known = this.#byId.get(id);
      if (known?.server !== undefined) return known.server;
      problem ??= known?.problem;
    }
    return problem;
  }

  /** Whether the server has a channel of that ID still. */
  has(id: number): boolean {
    return this.#byId.has(id);
  }

  /** The type of a topic as far as the server names one. */
  typeOf(topic: string): string {
    const newest = this.newest(topic);
    if (newest !== undefined && !(newest instanceof RosError)) return newest.channel.schema.name;
    const ids = this.#byTopic.get(topic) ?? [];
    return this.#byId.get(ids.at(-1) ?? -1)?.advertised.schemaName ?? '';
  }

  topics(): Iterable<string> {
    return this.#byTopic.keys();
  }

  /** All that can be read. */
  *list(): Iterable<Channel> {
    for (const { server } of this.#byId.values()) if (server !== undefined) yield server.channel;
  }

  /** Told once for each topic and connection. */
  #tell(topic: string, problem: string): void {
    if (this.#told.has(topic)) return;
    if (this.#told.size < MAX_CHANNELS) this.#told.add(topic);
    this.#handleProblem(problem);
  }
}
