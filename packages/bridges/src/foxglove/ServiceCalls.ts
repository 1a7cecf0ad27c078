import { codecFor, RosError } from '@longline/ros';
import type { Clock, Encoding } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';
import { bridgeJson } from '../link/bridgeJson.ts';
import { PendingAnswers } from '../link/PendingAnswers.ts';
import { serviceCallFrame } from './clientFrames.ts';
import type { ServiceAnswer } from './FoxgloveDecoder.ts';
import type { ServerService } from './ServerServices.ts';

/** Most calls under way on one connection; a further one is refused with `ROS_TIMEOUT`. Servers may allow fewer (32). */
export const MAX_CALLS = 256;

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

/** Service calls of one connection. */
export class ServiceCalls {
  readonly #send: (frame: Uint8Array) => void;
  readonly #answers: PendingAnswers<number, ServiceAnswer>;
  #nextId = 1;

  constructor(send: (frame: Uint8Array) => void, clock: Clock) {
    this.#send = send;
    this.#answers = new PendingAnswers({ clock, what: 'service calls', limit: MAX_CALLS });
  }

  /**
   * Calls with a request in the robot's own encoding, and resolves to such a response. Both are checked against their
   * definitions: a bridge passes a short request on as zeros, and dies of an empty one.
   */
  async call(
    name: string,
    service: ServerService,
    native: Encoding,
    data: Uint8Array,
    bounds: CallBounds,
  ): Promise<Uint8Array> {
    const { request, response } = service.schema;
    const isJson = service.encoding === 'json';
    if (!isJson && service.encoding !== '' && service.encoding !== native) throw otherEncoding(name, service.encoding);
    codecFor(request, native).validate(data);
    const body = isJson ? textEncoder.encode(bridgeJson(request, native, data)) : data;
    const callId = this.#nextId++ >>> 0;
    const frame = serviceCallFrame(service.id, callId, isJson ? 'json' : native, body);
    const answer = await this.#answers.ask(
      callId,
      bounds,
      () => this.#send(frame),
      () => late(name, bounds.deadlineMs),
    );
    const codec = codecFor(response, native);
    try {
      if (answer.encoding === 'json' && isJson) return codec.encode(codec.fromJson(textDecoder.decode(answer.data)));
      codec.validate(answer.data);
      return answer.data;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new RosError('SERVICE_FAILED', `${name} was called, but its response cannot be read: ${why}`, {
        cause,
        details: { service: name },
      });
    }
  }

  handleAnswer(callId: number, answer: ServiceAnswer): void {
    this.#answers.settle(callId, answer);
  }

  handleFailure(callId: number, reason: string): void {
    const words = reason === '' ? 'no reason was given' : reason;
    this.#answers.settle(
      callId,
      new RosError('SERVICE_FAILED', `The service failed: ${words}`, { details: { reason } }),
    );
  }

  handleEnd(error: Error): void {
    this.#answers.failAll(error);
  }
}

const late = (service: string, deadlineMs: number): RosError =>
  new RosError(
    'ROS_TIMEOUT',
    `${service} gave no answer within ${deadlineMs} ms. Most likely it needs longer, or the node behind it died or hangs. ` +
      'Allow more time, or see the node on the robot.',
    { details: { service, deadlineMs } },
  );

const otherEncoding = (service: string, encoding: string): RosError =>
  new RosError(
    'NOT_SUPPORTED',
    `${service} takes requests in ${JSON.stringify(encoding.slice(0, 40))}, which is not written here.`,
    {
      details: { service, encoding },
    },
  );
