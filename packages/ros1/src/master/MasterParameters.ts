import { RosError } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { fromXmlRpc, toXmlRpc } from '../parameterValue.ts';
import type { XmlRpcValue } from '../xmlrpc/XmlRpcValue.ts';
import { MasterRefusal } from './MasterClient.ts';
import type { MasterClient } from './MasterClient.ts';
import { listOf, stringOf } from './rosReply.ts';

/** Parameter names are looser than topics': private names and single words occur in the wild. */
const parameterName = /^\/?(?:[\w.-]+\/)*[\w.-]*$/;
const MAX_NAME_LENGTH = 1024;

/** The parameter server inside the ROS master. */
export class MasterParameters {
  readonly #client: MasterClient;

  constructor(client: MasterClient) {
    this.#client = client;
  }

  /** Names of single values; dictionaries are given as their members. */
  async list(signal: AbortSignal): Promise<readonly string[]> {
    return listOf(await this.#client.call('getParamNames', [], signal))
      .map(stringOf)
      .sort();
  }

  /** A single value, or everything below a name as a dictionary. Rejects with `PARAMETER_UNKNOWN`. */
  async get(name: string, signal: AbortSignal): Promise<ParameterValue> {
    const value = await this.#find(checked(name), signal);
    if (value === undefined) throw unknown(name);
    return fromXmlRpc(value);
  }

  /** Sets a value; a dictionary replaces everything below its name. A whole number stays a double where there was one. */
  async set(name: string, value: ParameterValue, signal: AbortSignal): Promise<void> {
    const present = await this.#find(checked(name), signal);
    const written = toXmlRpc(name, value, present);
    try {
      await this.#client.call('setParam', [name, written], signal);
    } catch (error) {
      if (error instanceof MasterRefusal || error instanceof RangeError) {
        throw new RosError('PARAMETER_INVALID', `The value of ${name} cannot be set: ${error.message}`, {
          cause: error,
          details: { name },
        });
      }
      throw error;
    }
  }

  /** Deletes a value, or everything below a name. Rejects with `PARAMETER_UNKNOWN`. */
  async delete(name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.call('deleteParam', [checked(name)], signal);
    } catch (error) {
      if (error instanceof MasterRefusal) throw unknown(name);
      throw error;
    }
  }

  async #find(name: string, signal: AbortSignal): Promise<XmlRpcValue | undefined> {
    try {
      return await this.#client.call('getParam', [name], signal);
    } catch (error) {
      if (error instanceof MasterRefusal) return undefined;
      throw error;
    }
  }
}

function checked(name: string): string {
  if (name.length > 0 && name.length <= MAX_NAME_LENGTH && parameterName.test(name)) return name;
  throw new RosError('NAME_INVALID', `"${name.slice(0, 80)}" is no parameter name; write one like /robot/max_speed.`, {
    details: { name: name.slice(0, MAX_NAME_LENGTH) },
  });
}

const unknown = (name: string): RosError =>
  new RosError('PARAMETER_UNKNOWN', `There is no parameter ${name}. List the parameters for their names.`, {
    details: { name },
  });
