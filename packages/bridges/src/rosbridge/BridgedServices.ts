import { codecFor, RosError } from '@longline/ros';
import type { Encoding, ProvidedService, ServiceHandler, ServiceSchema } from '@longline/ros';
import { bridgeJson } from '../link/bridgeJson.ts';
import type { CallServiceOp } from './ServerOp.ts';

/** Services provided through one bridge at most. */
export const MAX_BRIDGED_SERVICES = 1_000;
/** Calls of one service that are being answered at once; one more fails for its caller. */
export const MAX_BRIDGED_CALLS = 100;

/** What a provided service needs of the present session with the server. */
export interface ServiceSession {
  readonly encoding: Encoding;
  readonly sendText: (text: string) => void;
}

interface BridgedService {
  readonly name: string;
  readonly schema: ServiceSchema;
  readonly handler: ServiceHandler;
  readonly calls: Set<AbortController>;
}

/** The services that are provided through a rosbridge server; in each new session they are advertised again. */
export class BridgedServices {
  readonly #services = new Map<string, BridgedService>();
  #session: ServiceSession | undefined;

  has(name: string): boolean {
    return this.#services.has(name);
  }

  /** A session began; `undefined`: it ended, and nobody waits for answers any more. */
  handleSession(session: ServiceSession | undefined): void {
    this.#session = session;
    for (const service of this.#services.values()) {
      abortAll(service, 'the connection to the bridge ended');
      if (session !== undefined) announce(session, service);
    }
  }

  /** Throws `SERVICE_EXISTS`, `NOT_SUPPORTED`. */
  provide(name: string, schema: ServiceSchema, handler: ServiceHandler): ProvidedService {
    if (this.#services.has(name)) throw serviceExists(name);
    if (this.#services.size >= MAX_BRIDGED_SERVICES) {
      const text = `One graph provides at most ${MAX_BRIDGED_SERVICES} services. Close some that are not needed.`;
      throw new RosError('NOT_SUPPORTED', text, { details: { limit: MAX_BRIDGED_SERVICES } });
    }
    const service: BridgedService = { name, schema, handler, calls: new Set() };
    this.#services.set(name, service);
    if (this.#session !== undefined) announce(this.#session, service);
    const close = (): void => {
      if (this.#services.get(name) !== service) return;
      this.#services.delete(name);
      abortAll(service, 'the service is provided no longer');
      this.#session?.sendText(JSON.stringify({ op: 'unadvertise_service', service: name }));
    };
    return { schema, close };
  }

  /** The server brings a call. One of a service that is not provided here is told so. */
  handleCall({ id, service: name, args }: CallServiceOp): void {
    const session = this.#session;
    if (session === undefined) return;
    const service = this.#services.get(name);
    if (service === undefined) fail(session, name, id, `${name} is provided no longer`);
    else if (service.calls.size >= MAX_BRIDGED_CALLS) {
      fail(session, name, id, `${MAX_BRIDGED_CALLS} calls of ${name} are being answered already`);
    } else void this.#answer(session, service, id, args);
  }

  close(): void {
    for (const service of this.#services.values()) abortAll(service, 'the graph was closed');
    this.#services.clear();
  }

  async #answer(session: ServiceSession, service: BridgedService, id: string, args: unknown): Promise<void> {
    const { name, schema, handler, calls } = service;
    const controller = new AbortController();
    calls.add(controller);
    try {
      const request = codecFor(schema.request, session.encoding).encode(args ?? {});
      const response = await handler(request, { schema, signal: controller.signal });
      const values = bridgeJson(schema.response, session.encoding, response);
      if (this.#session !== session) return;
      session.sendText(
        `{"op":"service_response","service":${JSON.stringify(name)},"id":${JSON.stringify(id)},"values":${values},"result":true}`,
      );
    } catch (error) {
      if (this.#session === session) fail(session, name, id, error instanceof Error ? error.message : String(error));
    } finally {
      calls.delete(controller);
    }
  }
}

export const serviceExists = (service: string): RosError =>
  new RosError('SERVICE_EXISTS', `${service} is provided already; it was left as it is. Choose another name.`, {
    details: { service },
  });

function announce({ sendText }: ServiceSession, { name, schema }: BridgedService): void {
  sendText(JSON.stringify({ op: 'advertise_service', service: name, type: schema.name }));
}

/** Where the server knows no failures a text is no response either: its caller gets no answer, and never a false one. */
function fail({ sendText }: ServiceSession, service: string, id: string, text: string): void {
  sendText(JSON.stringify({ op: 'service_response', service, id, values: text, result: false }));
}

function abortAll({ calls }: BridgedService, why: string): void {
  for (const controller of calls) controller.abort(new Error(why));
  calls.clear();
}
