import { RosError, parseJsonExact } from '@longline/ros';
import type { ParameterValue, RosValue } from '@longline/ros';
import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

const decoder = new TextDecoder();

/** Sets a parameter to the JSON value of the payload. */
export const parameterSet: Handler<'parameter.set'> = async (action, request, { graph, allowList, guard }) => {
  allowList.checkSetParameter(action.name);
  const value = parameterValue(parseJsonExact(decoder.decode(request.payload)), action.name);
  guard.checkExecution(request, false);
  await graph.setParameter(action.name, value, request.operation());
  return jsonAnswer({});
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
