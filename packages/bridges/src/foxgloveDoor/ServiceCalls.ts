import { RosError } from '@longline/ros';
import type { Encoding } from '@longline/ros';
import { DoorError } from '../door/DoorError.ts';
import type { AdvertisedServices } from './AdvertisedServices.ts';
import type { ReaderContext } from './ReaderContext.ts';
import { serviceResponseFrame } from './serverFrame.ts';

/** Calls of one reader under way at a time. */
export const MAX_CALLS = 32;
/** Clients of this protocol say no deadline: a call is given up after so long, in milliseconds. */
export const CALL_DEADLINE_MS = 30_000;

/** One call as it came. The bytes are valid during {@link ServiceCalls.call} only. */
export interface ServiceCallRequest {
  readonly serviceId: number;
  readonly callId: number;
  readonly encoding: string;
  readonly data: Uint8Array;
}

const encodings: readonly Encoding[] = ['ros1', 'cdr', 'json'];

/** The calls of one reader: each is answered, by a response in its own encoding or by a failure that says why. */
export class ServiceCalls {
  readonly #context: ReaderContext;
  readonly #services: AdvertisedServices;
  #underWay = 0;
  #isClosed = false;

  constructor(context: ReaderContext, services: AdvertisedServices) {
    this.#context = context;
    this.#services = services;
  }

  call(request: ServiceCallRequest): void {
    const { robot, age } = this.#context;
    const { serviceId, callId } = request;
    const commandAge = age.get();
    const service = this.#services.find(serviceId);
    const encoding = encodings.find((known) => known === request.encoding);
    if (service === undefined) {
      this.#fail(request, new RosError('SERVICE_UNKNOWN', `There is no service ${serviceId} any more.`));
    } else if (encoding === undefined) {
      const text = `${service}: requests in ${request.encoding} are not taken; taken are ros1, cdr and json.`;
      this.#fail(request, new RosError('NOT_SUPPORTED', text));
    } else if (this.#underWay >= MAX_CALLS) {
      const text = `${MAX_CALLS} calls are under way: wait for their answers.`;
      this.#fail(request, new DoorError('LIMIT_EXCEEDED', text));
    } else {
      this.#underWay++;
      robot.outputs
        .callService({ service, encoding, data: request.data.slice(), deadlineMs: CALL_DEADLINE_MS, ...commandAge })
        .then(
          (data) => {
            if (!this.#isClosed) this.#context.queue.send(serviceResponseFrame(serviceId, callId, encoding, data));
          },
          (error: unknown) => this.#fail(request, error, service),
        )
        .finally(() => this.#underWay--);
    }
  }

  /** What is under way is not answered any more. Idempotent. */
  close(): void {
    this.#isClosed = true;
  }

  /** Not every viewer shows a failed call, but all show a status. */
  #fail({ serviceId, callId }: ServiceCallRequest, error: unknown, service = 'service call'): void {
    if (this.#isClosed) return;
    const message = this.#context.status.tellError(error, service);
    this.#context.send({ op: 'serviceCallFailure', serviceId, callId, message });
  }
}
