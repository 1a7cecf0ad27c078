import { ros1TypeName, ros2TypeName, RosError } from '@longline/ros';
import type { Schema, SchemaEncoding, ServiceSchema } from '@longline/ros';
import type { AdvertisedService } from './FoxgloveOp.ts';

/** Most services of one server that are looked at. */
export const MAX_SERVICES = 10_000;
/** Most characters of their definitions. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** A service of the server with the ID by which it is called. */
export interface ServerService {
  readonly id: number;
  readonly schema: ServiceSchema;
  /** The encoding that the server wants for requests; empty where it does not say. */
  readonly encoding: string;
}

/** The services of one connection to a server. */
export class ServerServices {
  readonly #byId = new Map<number, AdvertisedService>();
  /** The newest of each name. */
  readonly #byName = new Map<string, AdvertisedService>();
  #characters = 0;

  handleAdvertised(services: readonly AdvertisedService[]): void {
    for (const service of services) {
      this.handleGone([service.id]);
      if (this.#byId.size >= MAX_SERVICES || this.#characters > MAX_CHARACTERS) continue;
      this.#characters += charactersOf(service);
      this.#byId.set(service.id, service);
      this.#byName.set(service.name, service);
    }
  }

  handleGone(ids: readonly number[]): void {
    for (const id of ids) {
      const service = this.#byId.get(id);
      if (service === undefined) continue;
      this.#byId.delete(id);
      this.#characters -= charactersOf(service);
      if (this.#byName.get(service.name) === service) this.#byName.delete(service.name);
    }
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** Empty for an unknown service. */
  typeOf(name: string): string {
    return this.#byName.get(name)?.type ?? '';
  }

  /** Throws `SERVICE_UNKNOWN`; `NAME_INVALID`, `NOT_SUPPORTED` where the server describes it in another way than ROS does. */
  find(name: string, rosVersion: 1 | 2): ServerService {
    const service = this.#byName.get(name);
    if (service === undefined) throw unknownService(name);
    return { id: service.id, schema: serviceSchemaOf(service, rosVersion), encoding: service.request.encoding ?? '' };
  }

  *schemas(rosVersion: 1 | 2): Iterable<ServiceSchema> {
    for (const service of this.#byName.values()) {
      try {
        yield serviceSchemaOf(service, rosVersion);
      } catch {
        // One that is described in another way has no definitions for others either.
      }
    }
  }
}

const charactersOf = ({ request, response }: AdvertisedService): number =>
  request.schema.length + response.schema.length;

const known = new WeakMap<AdvertisedService, ServiceSchema>();

/** Made once for each service, because codecs are kept by their schemas. */
function serviceSchemaOf(service: AdvertisedService, rosVersion: 1 | 2): ServiceSchema {
  const schemaEncoding: SchemaEncoding = rosVersion === 1 ? 'ros1msg' : 'ros2msg';
  const made = known.get(service);
  if (made?.request.encoding === schemaEncoding) return made;
  const name = rosVersion === 1 ? ros1TypeName(service.type) : ros2TypeName(service.type, 'srv');
  const half = ({ schema, schemaEncoding: language }: AdvertisedService['request'], suffix: string): Schema => {
    if (language !== undefined && language !== '' && language !== schemaEncoding)
      throw otherLanguage(service, language);
    return { name: `${name}_${suffix}`, encoding: schemaEncoding, text: schema };
  };
  const schema = { name, request: half(service.request, 'Request'), response: half(service.response, 'Response') };
  known.set(service, schema);
  return schema;
}

const unknownService = (service: string): RosError =>
  new RosError('SERVICE_UNKNOWN', `The robot has no service ${service}. See which there are with "service list".`, {
    details: { service },
  });

const otherLanguage = ({ name }: AdvertisedService, language: string): RosError =>
  new RosError(
    'NOT_SUPPORTED',
    `${name} is described in ${JSON.stringify(language.slice(0, 40))}; supported are ros1msg and ros2msg.`,
    { details: { service: name, schemaEncoding: language } },
  );
