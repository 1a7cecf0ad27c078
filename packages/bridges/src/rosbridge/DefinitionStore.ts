import { RosError, ros1TypeName, ros2TypeName } from '@longline/ros';
import type { Clock, Schema, SchemaEncoding, ServiceSchema } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';
import type { Rosapi } from './Rosapi.ts';
import { typedefText } from './typedefText.ts';

/** Most types and services whose definitions are kept; beyond, all are forgotten and asked for again. */
export const MAX_DEFINITIONS = 4_096;
/** `topics_and_raw_types` costs the robot a walk over all its topics: not more often than this, in milliseconds. */
export const RAW_TYPES_INTERVAL_MS = 1_000;
/** ... and on a slow robot it takes long. */
const RAW_TYPES_DEADLINE_MS = 15_000;

export interface DefinitionStoreOptions {
  readonly rosapi: Rosapi;
  readonly clock: Clock;
  readonly rosVersion: 1 | 2;
  /** Whether a topic of that type is known to exist, so that waiting for the author's text is worth it. */
  readonly hasTopicOfType: (type: string) => boolean;
}

/** The definitions of one session with a server. A new session makes a new store, because types may have changed. */
export class DefinitionStore {
  readonly #options: DefinitionStoreOptions;
  readonly #encoding: SchemaEncoding;
  readonly #messages = new Map<string, Schema>();
  readonly #services = new Map<string, ServiceSchema>();
  #rawTypesAskedMs = Number.NEGATIVE_INFINITY;
  #rawTypesUnderWay: Promise<void> | undefined;

  constructor(options: DefinitionStoreOptions) {
    this.#options = options;
    this.#encoding = options.rosVersion === 1 ? 'ros1msg' : 'ros2msg';
  }

  /** The type's name as this robot's ROS spells it. Throws `NAME_INVALID`. */
  typeName(type: string): string {
    return this.#options.rosVersion === 1 ? ros1TypeName(type) : ros2TypeName(type);
  }

  /** The author's text where a topic of the type exists, else one made from `message_details`. Rejects with `TYPE_UNKNOWN`. */
  async messageSchema(type: string, bounds: CallBounds): Promise<Schema> {
    const name = this.typeName(type);
    const known = this.#messages.get(name) ?? (await this.#fromTopics(name));
    if (known !== undefined) return known;
    const typedefs = await this.#askUnlessRefused(() => this.#options.rosapi.messageDetails(name, bounds));
    if (typedefs.length === 0) throw unknownType(name);
    const schema = this.#schema(name, typedefText(typedefs, this.#encoding));
    this.#keep(this.#messages, name, schema);
    return schema;
  }

  /** Rejects with `SERVICE_UNKNOWN` or `TYPE_UNKNOWN`. */
  async serviceSchema(service: string, bounds: CallBounds): Promise<ServiceSchema> {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const type = await this.#options.rosapi.serviceType(service, bounds);
    if (type === '') {
      throw new RosError(
        'SERVICE_UNKNOWN',
        `The robot has no service ${service}. See which there are with "service list".`,
        { details: { service } },
      );
    }
    const schema = await this.serviceTypeSchema(type, bounds);
    this.#keep(this.#services, service, schema);
    return schema;
  }

  /** The definition of a service's type. Rejects with `TYPE_UNKNOWN`. */
  async serviceTypeSchema(type: string, bounds: CallBounds): Promise<ServiceSchema> {
    const name = this.#options.rosVersion === 1 ? ros1TypeName(type) : ros2TypeName(type, 'srv');
    const request = await this.#askUnlessRefused(() => this.#options.rosapi.serviceRequestDetails(name, bounds));
    const response = await this.#askUnlessRefused(() => this.#options.rosapi.serviceResponseDetails(name, bounds));
    if (request.length === 0 || response.length === 0) throw unknownType(name);
    return {
      name,
      request: this.#schema(`${name}_Request`, typedefText(request, this.#encoding)),
      response: this.#schema(`${name}_Response`, typedefText(response, this.#encoding)),
    };
  }

  /** The service's type if it was asked for before. */
  knownServiceType(service: string): string | undefined {
    return this.#services.get(service)?.name;
  }

  async #fromTopics(name: string): Promise<Schema | undefined> {
    const { clock } = this.#options;
    if (this.#rawTypesUnderWay === undefined) {
      const waitMs = this.#rawTypesAskedMs + RAW_TYPES_INTERVAL_MS - clock.monotonicMs();
      if (waitMs > 0 && !this.#options.hasTopicOfType(name)) return undefined;
      this.#rawTypesUnderWay = this.#askTopics(waitMs).finally(() => (this.#rawTypesUnderWay = undefined));
    }
    await this.#rawTypesUnderWay;
    return this.#messages.get(name);
  }

  async #askTopics(waitMs: number): Promise<void> {
    const { clock } = this.#options;
    if (waitMs > 0) await new Promise<void>((resolve) => clock.after(waitMs, resolve));
    this.#rawTypesAskedMs = clock.monotonicMs();
    // The robot's answer serves every asker, so none of them may abort it.
    const all = await this.#askUnlessRefused(() =>
      this.#options.rosapi.topicsAndRawTypes({ deadlineMs: RAW_TYPES_DEADLINE_MS }),
    );
    for (const { type, text } of all) {
      // A type without fields has an empty text, but so has one that the server could not find: message_details tells.
      if (type === '' || text.trim() === '') continue;
      try {
        const name = this.typeName(type);
        if (!this.#messages.has(name)) this.#keep(this.#messages, name, this.#schema(name, text));
      } catch {
        // A topic with an impossible type name must not hide the others.
      }
    }
  }

  /** Servers refuse by an error or by an empty list, and older ones do not have every service. */
  async #askUnlessRefused<T extends readonly unknown[]>(ask: () => Promise<T>): Promise<T | readonly []> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof RosError && (error.code === 'SERVICE_FAILED' || error.code === 'SERVICE_UNKNOWN')) return [];
      throw error;
    }
  }

  #schema(name: string, text: string): Schema {
    return { name, encoding: this.#encoding, text };
  }

  #keep<T>(map: Map<string, T>, key: string, value: T): void {
    if (map.size >= MAX_DEFINITIONS) map.clear();
    map.set(key, value);
  }
}

const unknownType = (type: string): RosError =>
  new RosError(
    'TYPE_UNKNOWN',
    `The robot's rosapi does not know the type ${type}. Is its package installed and sourced where rosapi runs?`,
    { details: { type } },
  );
