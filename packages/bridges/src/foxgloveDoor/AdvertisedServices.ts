import { sameType, schemaHash } from '@longline/ros';
import type { GraphSnapshot, ServiceInfo, ServiceSchema } from '@longline/ros';
import { DefinitionPool } from '../door/DefinitionPool.ts';
import { Announcer } from './Announcer.ts';
import type { ReaderContext } from './ReaderContext.ts';
import type { WireService } from './ServerOp.ts';
import { wireService } from './wireChannel.ts';

/** Most services that are offered; those beyond are left out. */
export const MAX_SERVICES = 5_000;

interface AdvertisedService {
  readonly id: number;
  readonly name: string;
  readonly schema: ServiceSchema;
}

/**
 * The robot's services as they are offered to one reader, each when its definition is known. Services of one type share a
 * definition, which is asked for once: over a thin link it costs.
 */
export class AdvertisedServices {
  readonly #announcer: Announcer<WireService>;
  readonly #definitions: DefinitionPool<ServiceSchema>;
  readonly #byId = new Map<number, AdvertisedService>();
  readonly #byName = new Map<string, AdvertisedService>();
  /** Service names by what their definition is asked for under. */
  #names = new Map<string, string[]>();
  #nextId = 1;

  constructor(context: ReaderContext) {
    const { robot, clock, queue, send, log } = context;
    this.#announcer = new Announcer({
      clock,
      hasRoom: () => queue.hasRoom,
      bytesOf: ({ request, response }) => request.schema.length + response.schema.length + 300,
      announce: (services) => send({ op: 'advertiseServices', services }),
      withdraw: (serviceIds) => send({ op: 'unadvertiseServices', serviceIds }),
    });
    this.#definitions = new DefinitionPool({
      clock,
      ask: (key, signal) => robot.graph.serviceSchema(this.#names.get(key)?.[0] ?? key, { signal }),
      handleKnown: (key, schema) => {
        for (const name of this.#names.get(key) ?? []) this.#offer(name, schema);
      },
      // Some cannot be asked for theirs: they are left out.
      handleFailed: (service, error) => log.debug({ service, error }, 'a service without a definition is left out'),
    });
  }

  /** From here on the reader is told. */
  open(): void {
    this.#announcer.open();
  }

  /** The service's name. */
  find(id: number): string | undefined {
    return this.#byId.get(id)?.name;
  }

  handleGraph({ services }: GraphSnapshot): void {
    const names = new Map<string, string[]>();
    const present = new Set<string>();
    for (const service of services.slice(0, MAX_SERVICES)) {
      const key = this.#keyOf(service);
      present.add(service.name);
      const same = names.get(key);
      if (same === undefined) names.set(key, [service.name]);
      else same.push(service.name);
    }
    this.#names = names;
    for (const { name } of [...this.#byName.values()]) if (!present.has(name)) this.#withdraw(name);
    this.#definitions.setWanted(new Set(names.keys()));
    for (const [key, group] of names) {
      const schema = this.#definitions.get(key);
      if (schema !== undefined) for (const name of group) this.#offer(name, schema);
    }
  }

  /** The robot was away: what ran may have been built anew. */
  handleReturn(): void {
    this.#definitions.refresh();
  }

  handleWritable(): void {
    this.#announcer.handleWritable();
  }

  /** Idempotent. */
  close(): void {
    this.#definitions.close();
    this.#announcer.close();
  }

  /** Some robots tell a service's type only once its definition was asked for. */
  #keyOf({ name, type }: ServiceInfo): string {
    const known = this.#byName.get(name);
    const wasAskedByName = known !== undefined && this.#definitions.get(name) === known.schema;
    return type === '' || (wasAskedByName && sameType(known.schema.name, type)) ? name : `type ${type}`;
  }

  #offer(name: string, schema: ServiceSchema): void {
    const known = this.#byName.get(name);
    if (known !== undefined) {
      if (isSame(known.schema, schema)) return;
      this.#withdraw(name);
    }
    const service = { id: this.#nextId++, name, schema };
    this.#byId.set(service.id, service);
    this.#byName.set(name, service);
    this.#announcer.add(wireService(service.id, name, schema));
  }

  #withdraw(name: string): void {
    const known = this.#byName.get(name);
    if (known === undefined) return;
    this.#byName.delete(name);
    this.#byId.delete(known.id);
    this.#announcer.remove(known.id);
  }
}

const isSame = (a: ServiceSchema, b: ServiceSchema): boolean =>
  a === b ||
  (a.name === b.name &&
    schemaHash(a.request) === schemaHash(b.request) &&
    schemaHash(a.response) === schemaHash(b.response));
