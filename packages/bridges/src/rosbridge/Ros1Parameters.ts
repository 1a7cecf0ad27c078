import { parseJsonExact, RosError, stringifyExact } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { parameterJson } from '../link/parameterJson.ts';
import type { CallBounds } from '../link/CallBounds.ts';
import type { ParameterAccess } from './ParameterAccess.ts';
import type { Rosapi } from './Rosapi.ts';

/** The parameter server of ROS 1, through rosapi. */
export class Ros1Parameters implements ParameterAccess {
  readonly #rosapi: Rosapi;

  constructor(rosapi: Rosapi) {
    this.#rosapi = rosapi;
  }

  async list(bounds: CallBounds): Promise<string[]> {
    return (await this.#rosapi.paramNames(bounds)).toSorted();
  }

  async get(name: string, bounds: CallBounds): Promise<ParameterValue> {
    if (!(await this.#rosapi.hasParam(name, bounds))) throw unknownParameter(name);
    // An infinite or missing number has no JSON form but null.
    const value = parameterJson.safeParse(parseJsonExact(await this.#rosapi.getParam(name, bounds)));
    if (!value.success) throw unknownParameter(name);
    return value.data;
  }

  async set(name: string, value: ParameterValue, bounds: CallBounds): Promise<void> {
    try {
      await this.#rosapi.setParam(name, stringifyExact(value), bounds);
    } catch (error) {
      if (!(error instanceof RosError) || error.code !== 'SERVICE_FAILED') throw error;
      throw new RosError('PARAMETER_INVALID', `The parameter server refused the value for ${name}: ${error.message}`, {
        cause: error,
        details: { name },
      });
    }
  }

  async delete(name: string, bounds: CallBounds): Promise<void> {
    if (!(await this.#rosapi.hasParam(name, bounds))) throw unknownParameter(name);
    await this.#rosapi.deleteParam(name, bounds);
  }
}

/** Also thrown for parameters of ROS 2. */
export const unknownParameter = (name: string): RosError =>
  new RosError('PARAMETER_UNKNOWN', `The robot has no parameter ${name}. See which there are with "param list".`, {
    details: { name },
  });
