import { RosError, stringifyExact } from '@longline/ros';
import { z } from 'zod';
import type { CallBounds } from '../link/CallBounds.ts';
import type { BridgeAnswer, BridgeCall } from './CallConnection.ts';

/** Carries one call to the server; `CallConnection` and `CallPool` are such. */
export interface BridgeCaller {
  call(call: BridgeCall, bounds: CallBounds): Promise<BridgeAnswer>;
}

const strings = z.array(z.string());

/** rosapi's description of one message type. */
export const typeDef = z.object({
  type: z.string(),
  fieldnames: strings,
  fieldtypes: strings,
  fieldarraylen: z.array(z.number().int()),
});
export type TypeDef = z.infer<typeof typeDef>;
const typeDefs = z.object({ typedefs: z.array(typeDef) });

/** A topic's name and type. */
export interface TypedTopic {
  readonly topic: string;
  readonly type: string;
}

/**
 * The rosapi services that are safe to call, as typed questions.
 *
 * ROS 2 rosapi dies of `node_details` of an unknown node, `get_param` of a numeric array, `has_param` of an undeclared
 * parameter, `delete_param` and `get_param_names`: the first is never called, the parameter services only in ROS 1.
 */
export class Rosapi {
  readonly #caller: BridgeCaller;

  constructor(caller: BridgeCaller) {
    this.#caller = caller;
  }

  async topics(bounds: CallBounds): Promise<TypedTopic[]> {
    const { topics, types } = await this.#ask('topics', {}, z.object({ topics: strings, types: strings }), bounds);
    return topics.map((topic, index) => ({ topic, type: types[index] ?? '' }));
  }

  /** Per topic its type and the type's concatenated definition (empty where the server cannot find it). */
  async topicsAndRawTypes(bounds: CallBounds): Promise<(TypedTopic & { readonly text: string })[]> {
    const answer = z.object({ topics: strings, types: strings, typedefs_full_text: strings });
    const { topics, types, typedefs_full_text: texts } = await this.#ask('topics_and_raw_types', {}, answer, bounds);
    return topics.map((topic, index) => ({ topic, type: types[index] ?? '', text: texts[index] ?? '' }));
  }

  async publishers(topic: string, bounds: CallBounds): Promise<string[]> {
    return (await this.#ask('publishers', { topic }, z.object({ publishers: strings }), bounds)).publishers;
  }

  async subscribers(topic: string, bounds: CallBounds): Promise<string[]> {
    return (await this.#ask('subscribers', { topic }, z.object({ subscribers: strings }), bounds)).subscribers;
  }

  async services(bounds: CallBounds): Promise<string[]> {
    return (await this.#ask('services', {}, z.object({ services: strings }), bounds)).services;
  }

  /** Empty for an unknown service. */
  async serviceType(service: string, bounds: CallBounds): Promise<string> {
    return (await this.#ask('service_type', { service }, z.object({ type: z.string() }), bounds)).type;
  }

  /** The type first, then what it contains; empty for an unknown type. */
  async messageDetails(type: string, bounds: CallBounds): Promise<TypeDef[]> {
    return (await this.#ask('message_details', { type }, typeDefs, bounds)).typedefs;
  }

  async serviceRequestDetails(type: string, bounds: CallBounds): Promise<TypeDef[]> {
    return (await this.#ask('service_request_details', { type }, typeDefs, bounds)).typedefs;
  }

  async serviceResponseDetails(type: string, bounds: CallBounds): Promise<TypeDef[]> {
    return (await this.#ask('service_response_details', { type }, typeDefs, bounds)).typedefs;
  }

  /** A round trip through ROS that costs next to nothing. */
  async getTime(bounds: CallBounds): Promise<void> {
    await this.#ask('get_time', {}, z.object({ time: z.unknown() }), bounds);
  }

  async rosVersion(bounds: CallBounds): Promise<1 | 2> {
    const answer = z.object({ version: z.union([z.literal(1), z.literal(2)]) });
    return (await this.#ask('get_ros_version', {}, answer, bounds)).version;
  }

  /** ROS 1 only. */
  async paramNames(bounds: CallBounds): Promise<string[]> {
    return (await this.#ask('get_param_names', {}, z.object({ names: strings }), bounds)).names;
  }

  /** ROS 1 only. */
  async hasParam(name: string, bounds: CallBounds): Promise<boolean> {
    return (await this.#ask('has_param', { name }, z.object({ exists: z.boolean() }), bounds)).exists;
  }

  /** ROS 1 only. The value's JSON text. */
  async getParam(name: string, bounds: CallBounds): Promise<string> {
    return (await this.#ask('get_param', { name, default: '' }, z.object({ value: z.string() }), bounds)).value;
  }

  /** ROS 1 only. */
  async setParam(name: string, valueJson: string, bounds: CallBounds): Promise<void> {
    await this.#ask('set_param', { name, value: valueJson }, z.unknown(), bounds);
  }

  /** ROS 1 only. */
  async deleteParam(name: string, bounds: CallBounds): Promise<void> {
    await this.#ask('delete_param', { name }, z.unknown(), bounds);
  }

  #ask<T>(name: string, args: Readonly<Record<string, string>>, answer: z.ZodType<T>, bounds: CallBounds): Promise<T> {
    return askService(this.#caller, `/rosapi/${name}`, args, answer, bounds);
  }
}

/** Calls a service with plain values and parses its answer. `SERVICE_UNKNOWN`, `SERVICE_FAILED` with the robot's words, and the caller's errors. */
export async function askService<T>(
  caller: BridgeCaller,
  service: string,
  args: unknown,
  answer: z.ZodType<T>,
  bounds: CallBounds,
): Promise<T> {
  const values = acceptedValues(service, await caller.call({ service, argsJson: stringifyExact(args) }, bounds));
  let why: string;
  try {
    const parsed = answer.safeParse(values);
    if (parsed.success) return parsed.data;
    why = z.prettifyError(parsed.error);
  } catch (error) {
    why = String(error);
  }
  throw new RosError(
    'SERVICE_FAILED',
    `${service} answered in an unexpected form (${why}). Is the bridge of a version that Longline does not know?`,
    { details: { service } },
  );
}

/** The values of an answer; throws where the server says that the call failed. */
export function acceptedValues(service: string, answer: BridgeAnswer): unknown {
  const { result, values } = answer;
  if (result && typeof values !== 'string') return values;
  const text = typeof values === 'string' && values !== '' ? values : 'no reason was given';
  const unknown = /does not exist|unable to load service|service \[[^\]]*\] unavailable/i.test(text);
  throw new RosError(
    unknown ? 'SERVICE_UNKNOWN' : 'SERVICE_FAILED',
    unknown
      ? `The robot has no service ${service} (${text}). See which there are with "service list".`
      : `${service} failed: ${text}`,
    { details: { service, reason: text } },
  );
}
