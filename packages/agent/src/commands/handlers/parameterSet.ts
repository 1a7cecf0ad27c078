import { RosError, parseJsonExact } from '@longline/ros';
import type { ParameterValue, RosValue } from '@longline/ros';
import { parameterTimeoutMs } from '../parameterTimeoutMs.ts';
import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

const decoder = new TextDecoder();

/** Sets a parameter to the JSON value of the payload. */
export const parameterSet: Handler<'parameter.set'> = async (action, request, context) => {
  const { name } = action;
  const { executed, graph, guard, motion } = context;
  context.allowList.checkSetParameter(name);
  const value = parameterValue(parseJsonExact(decoder.decode(request.payload)), name);
  const timeoutMs = parameterTimeoutMs(name, value, motion);
  if (timeoutMs !== undefined) motion.check(request, name, timeoutMs);
  await executed.begin(request.header.id, request.fingerprint, timeoutMs !== undefined);
  guard.checkExecution(request);
  if (timeoutMs === undefined) await graph.setParameter(name, value, request.operation());
  else await motion.execute(request, { kind: 'parameter', name, data: request.payload });
  return emptyAnswer;
};

/** ROS has no null. */
function parameterValue(value: unknown, name: string): ParameterValue {
  if (
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'string'
  ) {
    return value;
  }
  if (Array.isArray(value)) return value.map((item): RosValue => parameterValue(item, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, parameterValue(member, name)]));
  }
  throw new RosError(
    'PARAMETER_INVALID',
    `The value for ${name} holds ${String(value)}; a parameter is a boolean, number, text, list or object of those.`,
    { details: { name } },
  );
}
