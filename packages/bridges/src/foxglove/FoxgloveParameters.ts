import { RosError, stringifyExact } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';
import type { FoxgloveParameter } from './FoxgloveOp.ts';
import { parameterToSend, parameterValueOf } from './foxgloveParameterValue.ts';
import type { ParameterRequests } from './ParameterRequests.ts';

/**
 * Parameters behind a Foxglove server. Of ROS 2 they are called `/node:parameter` here and `/node.parameter` there.
 *
 * A server never says that it refused a value: what it has afterwards tells.
 */
export class FoxgloveParameters {
  readonly #requests: ParameterRequests;
  readonly #rosVersion: 1 | 2;

  constructor(requests: ParameterRequests, rosVersion: 1 | 2) {
    this.#requests = requests;
    this.#rosVersion = rosVersion;
  }

  async list(bounds: CallBounds): Promise<readonly string[]> {
    const all = await this.#requests.get([], bounds);
    return all
      .filter((parameter) => parameter.value !== undefined)
      .map(({ name }) => this.#ours(name))
      .toSorted();
  }

  /** Rejects with `PARAMETER_UNKNOWN`. */
  async get(name: string, bounds: CallBounds): Promise<ParameterValue> {
    const present = await this.#read(name, bounds);
    const value = present && parameterValueOf(present);
    if (value === undefined) throw unknownParameter(name);
    return value;
  }

  /** Rejects with `PARAMETER_INVALID` where the robot has another value afterwards, `PARAMETER_UNKNOWN` where it has none. */
  async set(name: string, value: ParameterValue, bounds: CallBounds): Promise<void> {
    const present = await this.#read(name, bounds);
    const wanted = parameterToSend(present?.name ?? this.#theirs(name), value, present);
    const after = this.#find(name, await this.#requests.set(wanted, bounds));
    const kept = after && parameterValueOf(after);
    if (kept === undefined) throw unknownParameter(name);
    const wantedValue = parameterValueOf(wanted);
    if (wantedValue !== undefined && stringifyExact(kept) === stringifyExact(wantedValue)) return;
    throw new RosError(
      'PARAMETER_INVALID',
      `The robot refused the value for ${name}: it has ${shortened(kept)} still. Is it of the right type and in range?`,
      { details: { name } },
    );
  }

  /** Rejects with `PARAMETER_UNKNOWN`, and `NOT_SUPPORTED` where the parameter stays. */
  async delete(name: string, bounds: CallBounds): Promise<void> {
    const present = await this.#read(name, bounds);
    if (present?.value === undefined) throw unknownParameter(name);
    const after = this.#find(name, await this.#requests.set({ name: present.name }, bounds));
    if (after?.value === undefined) return;
    throw new RosError('NOT_SUPPORTED', `The robot keeps ${name}: the node that declared it does not give it up.`, {
      details: { name },
    });
  }

  /** As the server has it. */
  async #read(name: string, bounds: CallBounds): Promise<FoxgloveParameter | undefined> {
    const theirs = this.#theirs(name);
    const found = this.#find(name, await this.#requests.get([theirs], bounds));
    // Some servers have the name as it is here.
    return found ?? (theirs === name ? undefined : this.#find(name, await this.#requests.get([name], bounds)));
  }

  #find(name: string, parameters: readonly FoxgloveParameter[]): FoxgloveParameter | undefined {
    return parameters.find((parameter) => this.#ours(parameter.name) === name);
  }

  /** Names of nodes have no dot, those of parameters may. */
  #ours(name: string): string {
    return this.#rosVersion === 1 || name.includes(':') ? name : name.replace('.', ':');
  }

  #theirs(name: string): string {
    if (this.#rosVersion === 1) return name;
    const colon = name.indexOf(':');
    if (name.startsWith('/') && colon > 1 && colon < name.length - 1) return name.replace(':', '.');
    throw new RosError(
      'NAME_INVALID',
      `${JSON.stringify(name.slice(0, 200))} is not a parameter's name in ROS 2. Write node and parameter, like /camera:exposure.`,
      { details: { name } },
    );
  }
}

const shortened = (value: ParameterValue): string => stringifyExact(value).slice(0, 100);

const unknownParameter = (name: string): RosError =>
  new RosError('PARAMETER_UNKNOWN', `The robot has no parameter ${name}. See which there are with "param list".`, {
    details: { name },
  });
