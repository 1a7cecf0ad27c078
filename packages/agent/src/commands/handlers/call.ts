import { checkTopicName, codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { AgentError } from '../../errors.ts';
import { encodingOf, messageBytes } from '../messageBytes.ts';
import { jsonTextAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Calls a service. Answers its response in the encoding of the request. */
export const call: Handler<'call'> = async (action, request, context) => {
  const { service, encoding } = action;
  checkTopicName(service);
  context.allowList.checkCall(service);
  const { executed, graph, guard, motion } = context;
  const timeoutMs = motion.timeoutMs('service', service);
  if (timeoutMs !== undefined) motion.check(request, service, timeoutMs);
  const schema = await graph.serviceSchema(service, request.operation());
  const data = messageBytes(schema.request, encodingOf(schema.request), encoding, request.payload);
  await executed.begin(request.header.id, request.fingerprint, timeoutMs !== undefined);
  guard.checkExecution(request);
  const response =
    timeoutMs === undefined
      ? await graph.callService({ service, data }, request.operation())
      : (await motion.execute(request, { kind: 'service', name: service, data })).payload;
  if (encoding !== 'json') return { payload: response, encoding };
  return jsonTextAnswer(responseJson(service, schema.response, response));
};

/** The call was made: what goes wrong from here on must not read as if it had been refused. */
function responseJson(service: string, schema: Schema, response: Uint8Array): string {
  try {
    const codec = codecFor(schema, encodingOf(schema));
    return codec.toJson(codec.decode(response));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be decoded';
    throw new AgentError('RESPONSE_INVALID', `${service} was called, but its response cannot be read: ${why}`, {
      cause,
    });
  }
}
