import { RosError } from '@longline/ros';
import type {
  Clock,
  Log,
  ProvidedService,
  RosGraph,
  ServiceAdvertisement,
  ServiceCallContext,
  ServiceSchema,
} from '@longline/ros';
import type { ReplyHeader } from '@longline/line';
import { AgentError } from '../errors.ts';
import { AwaitedCalls, MAX_AWAITED_CALLS } from './AwaitedCalls.ts';
import { encodingOf } from './messageBytes.ts';
import type { RobotRequest } from './RobotRequest.ts';

/** Services provided from afar at once; one more is refused. */
export const MAX_PROVIDED_SERVICES = 100;
/** ROS callers do not say how long they wait: a call is answered within so long or fails, in milliseconds. */
export const CALL_DEADLINE_MS = 5_000;

/** The open line. */
interface CallLine {
  reply(header: ReplyHeader, payload?: Uint8Array): void;
}

interface Provided {
  /** Of the request that provides it: its calls are replies to that. */
  readonly id: string;
  readonly service: string;
  readonly calls: AwaitedCalls;
  /** Once ROS knows it. */
  inRos: ProvidedService | undefined;
  ended: boolean;
}

/** Services of this robot that are provided at the other end of the line, and end with it (clause 5.13). */
export class ProvidedServices {
  readonly #graph: RosGraph;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #provided = new Map<string, Provided>();
  #line: CallLine | undefined;
  #maxPayloadBytes = Number.POSITIVE_INFINITY;
  #lastCall = 0;

  constructor(options: { readonly graph: RosGraph; readonly clock: Clock; readonly log: Log }) {
    this.#graph = options.graph;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  handleLineOpen(line: CallLine, maxPayloadBytes: number): void {
    this.#line = line;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Nobody answers any more: ROS must not go on believing that somebody does. */
  handleLineClosed(): void {
    this.#line = undefined;
    for (const provided of [...this.#provided.values()]) this.#end(provided, 'the line to its provider ended');
  }

  /** Resolves when ROS knows it. Rejects with `SERVICE_EXISTS`, `SERVICE_LIMIT`, `TYPE_UNKNOWN`, `NOT_SUPPORTED`. */
  async advertise(advertisement: ServiceAdvertisement, request: RobotRequest): Promise<ServiceSchema> {
    const { service } = advertisement;
    request.lineEnded.throwIfAborted();
    if (this.#provided.has(service)) throw existsHere(service);
    if (this.#provided.size >= MAX_PROVIDED_SERVICES) throw tooMany();
    const calls = new AwaitedCalls({ clock: this.#clock, service });
    const provided: Provided = { id: request.header.id, service, calls, inRos: undefined, ended: false };
    this.#provided.set(service, provided);
    try {
      const handle = (data: Uint8Array, context: ServiceCallContext): Promise<Uint8Array> =>
        this.#call(provided, data, context);
      const inRos = await this.#graph.advertiseService(advertisement, handle, request.operation());
      provided.inRos = inRos;
      if (provided.ended) {
        inRos.close();
        throw ended(service);
      }
      this.#log.info(
        { service, type: advertisement.type, issuer: request.header.issuer },
        'a service is provided from afar',
      );
      return inRos.schema;
    } catch (error) {
      if (this.#provided.get(service) === provided) this.#provided.delete(service);
      throw error;
    }
  }

  /** Does nothing where there is none. */
  unadvertise(service: string): void {
    const provided = this.#provided.get(service);
    if (provided === undefined) return;
    const wasKnown = provided.inRos !== undefined;
    this.#end(provided, 'its provider ended it');
    // One that is about to be known is answered by its own request.
    if (!wasKnown) return;
    const { code, message } = ended(service);
    this.#line?.reply({ id: provided.id, state: 'cancelled', code, message, robotMs: this.#robotMs() });
  }

  /** Throws `CALL_ENDED`, and `MESSAGE_INVALID` where the response does not match the definition: the call fails then. */
  respond(
    answer: { readonly service: string; readonly call: number; readonly result: boolean },
    payload: Uint8Array,
  ): void {
    const { service, call, result } = answer;
    const isOpen = this.#provided.get(service)?.calls.settle(call, result, payload);
    if (isOpen === true) return;
    throw new AgentError(
      'CALL_ENDED',
      `Call ${call} of ${service} is not open: it was answered, or its caller waits no longer. Answer within the deadline of the call.`,
      { details: { service, call } },
    );
  }

  #call(provided: Provided, data: Uint8Array, { schema, signal }: ServiceCallContext): Promise<Uint8Array> {
    const { calls, id, service } = provided;
    const line = this.#line;
    if (line === undefined || provided.ended) return Promise.reject(ended(service));
    if (data.length > this.#maxPayloadBytes) {
      const text = `${service}: a request of ${data.length} bytes is larger than the ${this.#maxPayloadBytes} that fit on the line.`;
      return Promise.reject(new RosError('SERVICE_FAILED', text));
    }
    if (calls.isFull) return Promise.reject(busy(service));
    const call = ++this.#lastCall;
    const answer = calls.wait(call, { schema: schema.response, signal, deadlineMs: CALL_DEADLINE_MS });
    const encoding = encodingOf(schema.request);
    line.reply({ id, state: 'called', call, deadlineMs: CALL_DEADLINE_MS, encoding, robotMs: this.#robotMs() }, data);
    return answer;
  }

  #end(provided: Provided, why: string): void {
    provided.ended = true;
    this.#provided.delete(provided.service);
    // First, so that callers hear why.
    provided.calls.end(why);
    provided.inRos?.close();
    if (provided.inRos !== undefined) this.#log.info({ service: provided.service, why }, 'a provided service ended');
  }

  #robotMs(): number {
    return Number(this.#clock.wallNs() / 1_000n) / 1_000;
  }
}

const existsHere = (service: string): RosError =>
  new RosError(
    'SERVICE_EXISTS',
    `${service} is provided from afar already; two cannot provide it. Choose another name.`,
    {
      details: { service },
    },
  );

const tooMany = (): AgentError =>
  new AgentError(
    'SERVICE_LIMIT',
    `${MAX_PROVIDED_SERVICES} services are provided from afar on this robot already. End one first.`,
  );

const ended = (service: string): AgentError =>
  new AgentError('SERVICE_ENDED', `${service} is provided from afar no longer.`, { details: { service } });

const busy = (service: string): AgentError =>
  new AgentError(
    'SERVICE_LIMIT',
    `${MAX_AWAITED_CALLS} calls of ${service} wait for answers already. Call again later.`,
  );
