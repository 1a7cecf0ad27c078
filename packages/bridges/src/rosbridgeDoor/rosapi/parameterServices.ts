import { isLonglineError, parseParameterValue, RosError, stringifyExact } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { z } from 'zod';
import { ageNow } from '../FrameArrival.ts';
import { nameArgument, rosapiService, withSlash } from './RosapiService.ts';
import type { RosapiContext, RosapiService } from './RosapiService.ts';

const jsonText = z.string().max(1_000_000).default('');
const done = { successful: true, reason: '' };

/** Undefined for one that is not there. */
async function find({ reader }: RosapiContext, name: string): Promise<ParameterValue | undefined> {
  try {
    return await reader.robot.graph.getParameter(withSlash(name));
  } catch (error) {
    if (isLonglineError(error) && error.code === 'PARAMETER_UNKNOWN') return undefined;
    throw error;
  }
}

/** As rosapi reads it: what is no JSON is text. Throws `PARAMETER_INVALID` for JSON that ROS cannot hold. */
function valueOf(text: string): ParameterValue {
  try {
    return parseParameterValue(text);
  } catch (error) {
    if (isJson(text)) throw error;
    return text;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** rosapi's parameters: names as `/a/b` (ROS 1) or `/node:name` (ROS 2), values as JSON text. */
export const parameterServices: Readonly<Record<string, RosapiService>> = {
  get_param_names: rosapiService('GetParamNames', {}, async ({ reader }) => ({
    names: await reader.robot.graph.listParameters(),
  })),
  get_param: rosapiService(
    'GetParam',
    { name: nameArgument, default_value: jsonText, default: jsonText },
    async (context, args) => {
      const value = await find(context, args.name);
      if (value !== undefined) return { value: stringifyExact(value, { nonFinite: 'null' }), ...done };
      const fallback = args.default_value === '' ? args.default : args.default_value;
      if (fallback !== '') return { value: isJson(fallback) ? fallback : JSON.stringify(fallback), ...done };
      return { value: 'null', successful: false, reason: `The robot has no parameter ${withSlash(args.name)}.` };
    },
  ),
  set_param: rosapiService('SetParam', { name: nameArgument, value: jsonText }, async (context, args) => {
    const { reader, arrival } = context;
    const age = ageNow(arrival, reader.clock.monotonicMs());
    await reader.robot.outputs.setParameter(withSlash(args.name), valueOf(args.value), age);
    return done;
  }),
  has_param: rosapiService('HasParam', { name: nameArgument }, async (context, { name }) => ({
    exists: (await find(context, name)) !== undefined,
  })),
  delete_param: rosapiService('DeleteParam', { name: nameArgument }, async ({ reader, arrival }, { name }) => {
    const age = ageNow(arrival, reader.clock.monotonicMs());
    await reader.robot.outputs.deleteParameter(withSlash(name), age);
    return done;
  }),
  search_param: rosapiService('SearchParam', { name: nameArgument }, async (context, { name }) => {
    if ((await find(context, name)) !== undefined) return { global_name: withSlash(name) };
    throw new RosError('PARAMETER_UNKNOWN', `The robot has no parameter ${withSlash(name)}.`);
  }),
};
