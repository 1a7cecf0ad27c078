import { isLonglineError } from '@longline/ros';
import type { OperationOptions, ParameterValue, RosGraph } from '@longline/ros';

/** Values asked for at a time. */
const MAX_ASKED_AT_ONCE = 8;
/** Most parameters of one reading. */
export const MAX_READ = 2_000;

/**
 * Reads parameters of a robot, a few at a time; those that are not set are `undefined`, and so are those of several that the reader may
 * set and not read: they must not cost it the others.
 */
export async function readParameters(
  graph: Pick<RosGraph, 'getParameter'>,
  names: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, ParameterValue | undefined>> {
  const values = new Map<string, ParameterValue | undefined>(names.map((name) => [name, undefined]));
  const left = values.keys();
  const unset = values.size > 1 ? ['PARAMETER_UNKNOWN', 'FORBIDDEN'] : ['PARAMETER_UNKNOWN'];
  const ask = async (): Promise<void> => {
    for (const name of left) values.set(name, await valueOf(graph, name, unset, options));
  };
  await Promise.all(Array.from({ length: Math.min(MAX_ASKED_AT_ONCE, values.size) }, ask));
  return values;
}

async function valueOf(
  graph: Pick<RosGraph, 'getParameter'>,
  name: string,
  unset: readonly string[],
  options: OperationOptions,
): Promise<ParameterValue | undefined> {
  try {
    return await graph.getParameter(name, options);
  } catch (error) {
    if (isLonglineError(error) && unset.includes(error.code)) return undefined;
    throw error;
  }
}
