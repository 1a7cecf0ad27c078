import { RosError, stringifyExact } from '@longline/ros';
import { ServerError } from '../../errors.ts';
import { payloadOf, textOf, valueOf, bytesOf, encodingOf } from '../plainMessage.ts';
import type { RequestHandler } from './PlainRequest.ts';

/** Words of a service that failed, of which so many characters are told. */
const MAX_WORDS = 2_000;

/** Calls a service of the device. Answers its response in the encoding of the request. */
export const call: RequestHandler<'call'> = async (
  { service, encoding },
  request,
  { calls, device, robot, sender },
) => {
  const known = robot.services.get(service);
  if (known === undefined) {
    throw new RosError('SERVICE_UNKNOWN', `${device.id} has not advertised the service ${service}.`, {
      details: { service },
    });
  }
  const { told, schema } = known;
  const args = textOf(schema.request, valueOf(schema.request, encoding, request.payload));
  const { result, values } = await calls.call(service, request.remainingMs, (id) => {
    const head = stringifyExact({ op: 'call_service', id, service: told, type: schema.name });
    sender.send(`${head.slice(0, -1)},"args":${args}}`);
    void sender.reached().then(() => request.handleReceived());
  });
  if (!result) {
    const words = typeof values === 'string' ? values : stringifyExact(values ?? '');
    throw new RosError('SERVICE_FAILED', words.slice(0, MAX_WORDS) || `${service} failed and did not say why.`);
  }
  try {
    const value = valueOf(schema.response, encodingOf(schema.response), bytesOf(schema.response, values ?? {}));
    return { payload: payloadOf(schema.response, encoding, value), encoding };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be read';
    sender.refuse('MESSAGE_INVALID', `The response of ${service} was refused: ${why}`, service);
    // The call was made: what went wrong must not read as if it had been refused.
    throw new ServerError('RESPONSE_INVALID', `${service} was called, but its response cannot be read: ${why}`, {
      cause,
    });
  }
};
