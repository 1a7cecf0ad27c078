import { codecFor, RosError } from '@longline/ros';
import type { Encoding, ProvidedService, Schema, ServiceCallContext } from '@longline/ros';
import { DoorError } from '../door/DoorError.ts';
import type { ClientId, OpOf } from './ClientOp.ts';
import type { DoorReader } from './DoorReader.ts';
import { resolveName } from './resolveName.ts';

/** Services that one reader provides. */
export const MAX_READER_SERVICES = 100;
/** Calls that wait for one reader's answers. */
export const MAX_CALLS_TO_READER = 100;

interface Provided {
  /** As the reader calls it. */
  readonly calledAs: string;
  readonly type: string;
  service: ProvidedService | undefined;
  isClosed: boolean;
}

interface OpenCall {
  readonly provided: Provided;
  readonly response: Schema;
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** The services that one reader provides on the robot: calls go out to it, its answers come back. */
export class ProvidedServices {
  readonly #reader: DoorReader;
  /** By full name. */
  readonly #provided = new Map<string, Provided>();
  readonly #calls = new Map<string, OpenCall>();
  #nextCall = 0;

  constructor(reader: DoorReader) {
    this.#reader = reader;
  }

  /** The same service again replaces what was. Throws `NAME_INVALID`, `LIMIT_EXCEEDED`; what fails later is told with the op's ID. */
  advertise(op: OpOf<'advertise_service'>): void {
    const name = resolveName(op.service);
    const known = this.#provided.get(name);
    if (known === undefined && this.#provided.size >= MAX_READER_SERVICES) {
      throw new DoorError('LIMIT_EXCEEDED', `One connection provides at most ${MAX_READER_SERVICES} services.`);
    }
    if (known?.type === op.type && known.calledAs === op.service) return;
    if (known !== undefined) this.#close(known, 'the service was advertised anew');
    const provided: Provided = { calledAs: op.service, type: op.type, service: undefined, isClosed: false };
    this.#provided.set(name, provided);
    this.#reader.graphView.change(this.#open(name, provided, op.id));
  }

  /** What is not there is gone already. Throws `NAME_INVALID`. */
  unadvertise(service: string): void {
    const name = resolveName(service);
    const known = this.#provided.get(name);
    if (known === undefined) return;
    this.#provided.delete(name);
    this.#close(known, 'the service was unadvertised');
    this.#reader.graphView.forget();
  }

  /** Throws `SERVICE_UNKNOWN` where no call waits for it, `MESSAGE_INVALID` for values that do not match the definition. */
  respond(op: OpOf<'service_response'>): void {
    const id = String(op.id);
    const call = this.#calls.get(id);
    if (call === undefined) {
      throw new RosError(
        'SERVICE_UNKNOWN',
        `No call waits for the answer ${id.slice(0, 100)}: it was given up, or has been answered.`,
      );
    }
    this.#calls.delete(id);
    if (!op.result && !hasFields(op.values)) {
      const words = typeof op.values === 'string' && op.values !== '' ? op.values : 'the client gave no reason';
      call.reject(new RosError('SERVICE_FAILED', `${call.provided.calledAs} failed: ${words.slice(0, 500)}`));
      return;
    }
    try {
      const codec = codecFor(call.response, encodingOf(call.response));
      call.resolve(codec.encode(op.values ?? {}));
    } catch (error) {
      call.reject(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  close(): void {
    for (const provided of this.#provided.values()) this.#close(provided, 'the client that provides it is gone');
    this.#provided.clear();
  }

  async #open(name: string, provided: Provided, id: ClientId | undefined): Promise<void> {
    const { robot, statuses } = this.#reader;
    try {
      const service = await robot.graph.advertiseService({ service: name, type: provided.type }, (request, context) =>
        this.#call(provided, request, context),
      );
      if (provided.isClosed) service.close();
      else provided.service = service;
    } catch (error) {
      if (this.#provided.get(name) === provided) this.#provided.delete(name);
      if (!provided.isClosed) statuses.refuse(error, { about: name, id });
    }
  }

  #call(provided: Provided, request: Uint8Array, { schema, signal }: ServiceCallContext): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (provided.isClosed)
        throw new RosError('SERVICE_FAILED', `The client that provides ${provided.calledAs} is gone.`);
      if (this.#calls.size >= MAX_CALLS_TO_READER) {
        throw new DoorError(
          'LIMIT_EXCEEDED',
          `${MAX_CALLS_TO_READER} calls wait for the client that provides this service.`,
        );
      }
      const codec = codecFor(schema.request, encodingOf(schema.request));
      const args = codec.toJson(codec.decode(request), { nonFinite: 'null' });
      const id = `service_request:${provided.calledAs}:${this.#nextCall++}`;
      const handleAbort = (): void => {
        this.#calls.delete(id);
        reject(new RosError('ROS_TIMEOUT', `${provided.calledAs} was not answered in time.`));
      };
      const end = (): void => signal.removeEventListener('abort', handleAbort);
      signal.addEventListener('abort', handleAbort, { once: true });
      this.#calls.set(id, {
        provided,
        response: schema.response,
        resolve: (response) => {
          end();
          resolve(response);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      });
      const { calledAs, type } = provided;
      this.#reader.send(
        `{"op":"call_service","id":${JSON.stringify(id)},"service":${JSON.stringify(calledAs)},` +
          `"type":${JSON.stringify(type)},"args":${args}}`,
      );
    });
  }

  #close(provided: Provided, why: string): void {
    provided.isClosed = true;
    for (const [id, call] of this.#calls) {
      if (call.provided !== provided) continue;
      this.#calls.delete(id);
      call.reject(new RosError('SERVICE_FAILED', `${provided.calledAs} was not answered: ${why}.`));
    }
    provided.service?.close();
  }
}

/**
 * Whether there is a response to give: rosbridge gives it to the caller whatever `result` says, and roslibpy's handlers that return
 * nothing true rely on that.
 */
const hasFields = (values: unknown): boolean =>
  typeof values === 'object' && values !== null && Object.keys(values).length > 0;

/** The graph's encoding, as the definition shows it. */
function encodingOf(schema: Schema): Encoding {
  if (schema.encoding === 'ros2msg') return 'cdr';
  return schema.encoding === 'ros1msg' ? 'ros1' : 'json';
}
