import { RosError } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { z } from 'zod';
import type { CallBounds } from '../link/CallBounds.ts';
import { ros2ParameterValue, toRos2ParameterValue } from './ros2ParameterValue.ts';
import type { Ros2ParameterValue } from './ros2ParameterValue.ts';
import type { ParameterAccess } from './ParameterAccess.ts';
import { unknownParameter } from './Ros1Parameters.ts';
import { askService } from './Rosapi.ts';
import type { BridgeCaller, Rosapi } from './Rosapi.ts';

const LIST_SUFFIX = '/list_parameters';
/** One node that does not answer must not cost the others their list: milliseconds for each. */
const NODE_DEADLINE_MS = 1_000;

const listAnswer = z.object({ result: z.object({ names: z.array(z.string()) }) });
const getAnswer = z.object({ values: z.array(ros2ParameterValue) });
const setAnswer = z.object({ results: z.array(z.object({ successful: z.boolean(), reason: z.string() })) });

/**
 * Parameters of ROS 2, named `/node:parameter`, through each node's own services.
 *
 * rosapi has services for this as well, which kill rosapi: `get_param` of a numeric array, `has_param` of an undeclared
 * parameter, `get_param_names`; and its `set_param` reports success for a value that the node refused.
 */
export class Ros2Parameters implements ParameterAccess {
  readonly #rosapi: Rosapi;
  readonly #caller: BridgeCaller;

  constructor(rosapi: Rosapi, caller: BridgeCaller) {
    this.#rosapi = rosapi;
    this.#caller = caller;
  }

  async list(bounds: CallBounds): Promise<string[]> {
    const services = await this.#rosapi.services(bounds);
    const nodes = services
      .filter((name) => name.endsWith(LIST_SUFFIX))
      .map((name) => name.slice(0, -LIST_SUFFIX.length));
    const perNode = { ...bounds, deadlineMs: Math.min(bounds.deadlineMs, NODE_DEADLINE_MS) };
    const names = await Promise.all(nodes.map((node) => this.#listNode(node, perNode)));
    bounds.signal?.throwIfAborted();
    return names.flat().toSorted();
  }

  async get(name: string, bounds: CallBounds): Promise<ParameterValue> {
    const value = (await this.#read(name, bounds)).value;
    if (value === undefined) throw unknownParameter(name);
    return value;
  }

  async set(name: string, value: ParameterValue, bounds: CallBounds): Promise<void> {
    const [node, parameter] = splitName(name);
    // A whole number may be meant for a double: the parameter's present type decides.
    const present = await this.#read(name, bounds);
    const written = { name: parameter, value: toRos2ParameterValue(name, value, present.type) };
    const reason = await this.#write(node, written, bounds);
    if (reason === undefined) return;
    throw new RosError('PARAMETER_INVALID', `The node ${node} refused the value for ${name}: ${reason}.`, {
      details: { name, reason },
    });
  }

  /** A parameter set to no type is undeclared, where its node lets it be. */
  async delete(name: string, bounds: CallBounds): Promise<void> {
    const [node, parameter] = splitName(name);
    if ((await this.#read(name, bounds)).value === undefined) throw unknownParameter(name);
    const reason = await this.#write(node, { name: parameter, value: { type: 0 } }, bounds);
    if (reason === undefined) return;
    throw new RosError('NOT_SUPPORTED', `The node ${node} does not let ${name} be deleted: ${reason}.`, {
      details: { name, reason },
    });
  }

  /** Resolves to why the node refused; `undefined` where it did not. */
  async #write(node: string, parameter: object, bounds: CallBounds): Promise<string | undefined> {
    const args = { parameters: [parameter] };
    const { results } = await askService(this.#caller, `${node}/set_parameters`, args, setAnswer, bounds);
    const [result] = results;
    if (result?.successful) return undefined;
    return result === undefined || result.reason === '' ? 'no reason was given' : result.reason;
  }

  async #read(name: string, bounds: CallBounds): Promise<Ros2ParameterValue> {
    const [node, parameter] = splitName(name);
    try {
      const args = { names: [parameter] };
      const { values } = await askService(this.#caller, `${node}/get_parameters`, args, getAnswer, bounds);
      const [value] = values;
      if (value === undefined) throw unknownParameter(name);
      return value;
    } catch (error) {
      if (error instanceof RosError && error.code === 'SERVICE_UNKNOWN') throw unknownParameter(name);
      throw error;
    }
  }

  async #listNode(node: string, bounds: CallBounds): Promise<string[]> {
    try {
      const args = { prefixes: [], depth: 0 };
      const { result } = await askService(this.#caller, `${node}${LIST_SUFFIX}`, args, listAnswer, bounds);
      return result.names.map((parameter) => `${node}:${parameter}`);
    } catch {
      return []; // The node died or hangs; its parameters cannot be had either.
    }
  }
}

function splitName(name: string): [node: string, parameter: string] {
  const colon = name.indexOf(':');
  if (name.startsWith('/') && colon > 1 && colon < name.length - 1)
    return [name.slice(0, colon), name.slice(colon + 1)];
  throw new RosError(
    'NAME_INVALID',
    `${JSON.stringify(name)} is not a parameter's name in ROS 2. Write node and parameter, like /camera:exposure.`,
    { details: { name } },
  );
}
