import { listOf, stringOf } from './master/rosReply.ts';
import { callXmlRpc } from './xmlrpc/callXmlRpc.ts';
import { XmlRpcServer } from './xmlrpc/XmlRpcServer.ts';
import type { XmlRpcValue } from './xmlrpc/XmlRpcValue.ts';

/** A ROS master for tests that is also the XML-RPC side of one publisher of every topic, whose TCPROS port is given. */
export interface FakeMaster {
  readonly uri: string;
  /** The XML-RPC address under which the node under test registered a topic, once it did. */
  nodeUri(topic: string): string | undefined;
  /** The TCPROS port that the node under test names for a topic that it publishes. */
  publisherPort(topic: string): Promise<number>;
  close(): Promise<void>;
}

/** Starts it on a free port of the loopback address. Without `publisherPort` topics have no publishers. */
export async function startFakeMaster(publisherPort?: number): Promise<FakeMaster> {
  const registered = {
    publishers: new Map<string, [string, string]>(),
    subscribers: new Map<string, [string, string]>(),
  };
  const ok = (value: XmlRpcValue): XmlRpcValue => [1, '', value];
  const known = (entries: ReadonlyMap<string, readonly [string, string]>): XmlRpcValue =>
    [...entries].map(([topic, [node]]) => [topic, [node]]);
  const server = new XmlRpcServer(
    new Map([
      [
        'getSystemState',
        () => {
          const publishers =
            publisherPort === undefined
              ? registered.publishers
              : new Map([...registered.subscribers.keys()].map((t) => [t, ['/fake', ''] as const]));
          return ok([known(publishers), known(registered.subscribers), []]);
        },
      ],
      ['getTopicTypes', () => ok([])],
      [
        'registerSubscriber',
        ([caller, topic, , uri]: readonly XmlRpcValue[]) => {
          registered.subscribers.set(stringOf(topic), [stringOf(caller), stringOf(uri)]);
          return ok(publisherPort === undefined ? [] : [address()]);
        },
      ],
      [
        'registerPublisher',
        ([caller, topic, , uri]: readonly XmlRpcValue[]) => {
          registered.publishers.set(stringOf(topic), [stringOf(caller), stringOf(uri)]);
          return ok([]);
        },
      ],
      ['unregisterSubscriber', () => ok(1)],
      ['unregisterPublisher', () => ok(1)],
      ['requestTopic', () => ok(['TCPROS', '127.0.0.1', publisherPort ?? 0])],
    ]),
  );
  const port = await server.listen('127.0.0.1');
  const address = (): string => `http://127.0.0.1:${port}`;
  const nodeUri = (topic: string): string | undefined =>
    (registered.publishers.get(topic) ?? registered.subscribers.get(topic))?.[1];
  return {
    uri: address(),
    nodeUri,
    async publisherPort(topic) {
      const reply = await callXmlRpc(
        nodeUri(topic) ?? '',
        'requestTopic',
        ['/test', topic, [['TCPROS']]],
        AbortSignal.timeout(5_000),
      );
      return Number(listOf(listOf(reply)[2])[2]);
    },
    close: () => server.close(),
  };
}
