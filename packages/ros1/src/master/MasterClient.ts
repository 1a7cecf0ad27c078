import { RosError } from '@longline/ros';
import { callXmlRpc } from '../xmlrpc/callXmlRpc.ts';
import { XmlRpcFault } from '../xmlrpc/XmlRpcValue.ts';
import type { XmlRpcValue } from '../xmlrpc/XmlRpcValue.ts';
import { listOf, rosReply, stringOf } from './rosReply.ts';

/** What `getSystemState` says: names of nodes by topic or service. */
export interface SystemState {
  readonly publishers: ReadonlyMap<string, readonly string[]>;
  readonly subscribers: ReadonlyMap<string, readonly string[]>;
  readonly services: ReadonlyMap<string, readonly string[]>;
}

/** What a node may be known for. */
export type RegistrationRole = 'subscriber' | 'publisher' | 'service';

const unregisterMethods: Readonly<Record<RegistrationRole, string>> = {
  subscriber: 'unregisterSubscriber',
  publisher: 'unregisterPublisher',
  service: 'unregisterService',
};

/**
 * The ROS master's XML-RPC methods (wiki.ros.org/ROS/Master_API and ROS/Parameter Server API). Rejects with
 * `ROS_UNREACHABLE` when the master gives no proper answer, and with `MasterRefusal` when it says no.
 */
export class MasterClient {
  readonly uri: string;
  readonly #callerId: string;

  constructor(uri: string, callerId: string) {
    this.uri = uri;
    this.#callerId = callerId;
  }

  async systemState(signal: AbortSignal): Promise<SystemState> {
    const state = listOf(await this.call('getSystemState', [], signal));
    const [publishers, subscribers, services] = state.map(namesByName);
    if (publishers === undefined || subscribers === undefined || services === undefined) {
      throw new RosError(
        'ROS_UNREACHABLE',
        `${this.uri} answered getSystemState with ${state.length} lists instead of 3.`,
      );
    }
    return { publishers, subscribers, services };
  }

  async topicTypes(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const pairs = listOf(await this.call('getTopicTypes', [], signal));
    return new Map(
      pairs.map((pair) => {
        const [topic, type] = listOf(pair);
        return [stringOf(topic), stringOf(type)];
      }),
    );
  }

  /** Resolves to the URIs of the topic's publishers. */
  async registerSubscriber(topic: string, nodeUri: string, signal: AbortSignal): Promise<readonly string[]> {
    return listOf(await this.call('registerSubscriber', [topic, '*', nodeUri], signal)).map(stringOf);
  }

  /** Resolves to the URIs of the topic's subscribers. */
  async registerPublisher(
    topic: string,
    type: string,
    nodeUri: string,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    return listOf(await this.call('registerPublisher', [topic, type, nodeUri], signal)).map(stringOf);
  }

  /** `serviceUri` is a `rosrpc://host:port`. The master takes it from whoever had it. */
  async registerService(service: string, serviceUri: string, nodeUri: string, signal: AbortSignal): Promise<void> {
    await this.call('registerService', [service, serviceUri, nodeUri], signal);
  }

  /** `uri` is what was registered: the node's, or the service's. */
  async unregister(role: RegistrationRole, name: string, uri: string, signal: AbortSignal): Promise<void> {
    await this.call(unregisterMethods[role], [name, uri], signal);
  }

  /** The `rosrpc://host:port` of a service; `undefined` when nobody provides it. */
  async lookupService(service: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      return stringOf(await this.call('lookupService', [service], signal));
    } catch (error) {
      if (error instanceof MasterRefusal) return undefined;
      throw error;
    }
  }

  /** Any method; the caller's ID is put in front. */
  async call(method: string, params: readonly XmlRpcValue[], signal: AbortSignal): Promise<XmlRpcValue> {
    try {
      const reply = await callXmlRpc(this.uri, method, [this.#callerId, ...params], signal);
      return rosReply(reply, (text) => new MasterRefusal(text));
    } catch (error) {
      if (error instanceof RosError && error.code === 'ROS_UNREACHABLE') {
        const { cause, details, message } = error;
        throw new RosError('ROS_UNREACHABLE', `${message} Is roscore running there, and its address right?`, {
          cause,
          details,
        });
      }
      // A RangeError is about what was to be sent.
      if (error instanceof MasterRefusal || error instanceof RosError || error instanceof RangeError) throw error;
      if (error instanceof XmlRpcFault) throw new MasterRefusal(error.message);
      signal.throwIfAborted();
      throw new RosError('ROS_UNREACHABLE', `${this.uri} gave no ROS answer to ${method}: ${String(error)}`, {
        cause: error,
      });
    }
  }
}

/** The master understood and said no. */
export class MasterRefusal extends Error {
  override readonly name = 'MasterRefusal';
}

function namesByName(entries: XmlRpcValue): ReadonlyMap<string, readonly string[]> {
  return new Map(
    listOf(entries).map((entry) => {
      const [name, nodes] = listOf(entry);
      return [stringOf(name), listOf(nodes).map(stringOf)];
    }),
  );
}
