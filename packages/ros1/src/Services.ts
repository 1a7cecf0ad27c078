import { checkTopicName, md5OfService, ros1TypeName, RosError } from '@longline/ros';
import type {
  Log,
  ProvidedService,
  ServiceAdvertisement,
  ServiceCall,
  ServiceHandler,
  ServiceSchema,
} from '@longline/ros';
import { mismatch } from './definitions/Definitions.ts';
import type { Definitions } from './definitions/Definitions.ts';
import type { MasterClient } from './master/MasterClient.ts';
import type { Registrar, Registration } from './master/Registrar.ts';
import { callService, probeService } from './tcpros/callService.ts';
import type { ServiceAddress } from './tcpros/callService.ts';
import { ServiceServer } from './tcpros/ServiceServer.ts';

/** Services that one graph provides at most. */
export const MAX_SERVICES = 1_000;

export interface ServicesOptions {
  readonly client: MasterClient;
  readonly registrar: Registrar;
  readonly definitions: Definitions;
  readonly callerId: string;
  /** For people. */
  readonly graphName: string;
  readonly log: Log;
  /** Where this node's services are called. */
  readonly serviceUri: (signal: AbortSignal) => Promise<string>;
}

/** Services whose sums are remembered. */
const MAX_KNOWN_SERVICES = 4096;

/** The services of the robot, as a caller and as one that provides some. */
export class Services {
  readonly #options: ServicesOptions;
  readonly #servers = new Map<string, ServiceServer>();
  /** Sums of the services whose definitions were given out: requests are checked against them by the robot. */
  readonly #sums = new Map<string, string>();

  constructor(options: ServicesOptions) {
    this.#options = options;
  }

  find(service: string): ServiceServer | undefined {
    return this.#servers.get(service);
  }

  /** Rejects with `SERVICE_UNKNOWN`, `TYPE_UNKNOWN`, `TYPE_MISMATCH`. */
  async schema(service: string, signal: AbortSignal): Promise<ServiceSchema> {
    const { type, md5 } = await probeService(await this.#address(service, signal), signal);
    const schema = await this.#options.definitions.service(type);
    const ours = md5OfService(schema);
    if (md5 !== '' && md5 !== '*' && md5 !== ours) throw mismatch(type, md5, ours);
    if (this.#sums.size >= MAX_KNOWN_SERVICES) this.#sums.clear();
    this.#sums.set(service, ours);
    return schema;
  }

  /** Rejects with `SERVICE_UNKNOWN`, `SERVICE_FAILED`. */
  async call({ service, data }: ServiceCall, signal: AbortSignal): Promise<Uint8Array> {
    return callService(await this.#address(service, signal), this.#sums.get(service) ?? '*', data, signal);
  }

  /** Resolves when the master knows it. Rejects with `SERVICE_EXISTS`, `TYPE_UNKNOWN`, and the signal's reason. */
  async advertise(
    advertisement: ServiceAdvertisement,
    handler: ServiceHandler,
    signal: AbortSignal,
  ): Promise<ProvidedService> {
    const { registrar, definitions, callerId, log } = this.#options;
    const service = checkTopicName(advertisement.service);
    const schema = await definitions.service(ros1TypeName(advertisement.type));
    await this.#checkFree(service, signal);
    if (this.#servers.has(service)) throw exists(service, 'this node');
    if (this.#servers.size >= MAX_SERVICES) throw tooMany(service);
    const server = new ServiceServer({ service, schema, handler, callerId, log });
    this.#servers.set(service, server);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const registration: Registration = {
      role: 'service',
      topic: service,
      type: schema.name,
      handlePeers: () => resolve(undefined),
    };
    registrar.add(registration);
    const close = (): void => {
      if (this.#servers.get(service) !== server) return;
      this.#servers.delete(service);
      registrar.remove(registration);
      server.close();
    };
    const given = rejection(signal);
    try {
      await Promise.race([promise, given.promise]);
    } catch (error) {
      close();
      throw error;
    } finally {
      given.dispose();
    }
    return { schema, close };
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
    this.#servers.clear();
  }

  async #address(service: string, signal: AbortSignal): Promise<ServiceAddress> {
    const { client, callerId, graphName } = this.#options;
    checkTopicName(service);
    const uri = await client.lookupService(service, signal);
    if (uri !== undefined) return { service, uri, callerId };
    const text = `Nobody provides the service ${service} on ${graphName}. List the services and start its node.`;
    throw new RosError('SERVICE_UNKNOWN', text, { details: { service } });
  }

  /** The master keeps nodes that died without a word: only one that answers counts. Throws `SERVICE_EXISTS`. */
  async #checkFree(service: string, signal: AbortSignal): Promise<void> {
    const { client, callerId, serviceUri } = this.#options;
    if (this.#servers.has(service)) throw exists(service, 'this node');
    const uri = await client.lookupService(service, signal);
    // One of this node's that was closed a moment ago may not be unregistered yet.
    if (uri === undefined || uri === (await serviceUri(signal))) return;
    try {
      await probeService({ service, uri, callerId }, signal);
    } catch (error) {
      if (error instanceof RosError && error.code === 'SERVICE_UNKNOWN') return;
      signal.throwIfAborted();
    }
    throw exists(service, uri);
  }
}

function rejection(signal: AbortSignal): { readonly promise: Promise<never>; readonly dispose: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const handleAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  if (signal.aborted) handleAbort();
  signal.addEventListener('abort', handleAbort, { once: true });
  return { promise, dispose: () => signal.removeEventListener('abort', handleAbort) };
}

const exists = (service: string, where: string): RosError =>
  new RosError(
    'SERVICE_EXISTS',
    `${service} is provided already, by ${where}; it was left as it is. Choose another name, or stop that node.`,
    { details: { service } },
  );

const tooMany = (service: string): RosError =>
  new RosError(
    'NOT_SUPPORTED',
    `${service} is one service too many: at most ${MAX_SERVICES} at once. Close others first.`,
    {
      details: { service, limit: MAX_SERVICES },
    },
  );
