import type { Clock } from '@longline/ros';
import { isLoopback, localAddress, uriHost } from './localAddress.ts';
import { listOf, stringOf } from './master/rosReply.ts';
import { TcpRosServer } from './tcpros/TcpRosServer.ts';
import type { TcpRosOffers } from './tcpros/TcpRosServer.ts';
import { XmlRpcServer } from './xmlrpc/XmlRpcServer.ts';
import type { XmlRpcHandler } from './xmlrpc/XmlRpcServer.ts';
import type { XmlRpcValue } from './xmlrpc/XmlRpcValue.ts';

export interface NodeServersOptions extends TcpRosOffers {
  readonly masterUri: string;
  /** `undefined`: the address from which the master is reached. */
  readonly host: string | undefined;
  readonly clock: Clock;
  /** Pairs of topic and type. */
  readonly listPublications: () => readonly (readonly [string, string])[];
  readonly listSubscriptions: () => readonly (readonly [string, string])[];
  /** The master names a topic's publishers. */
  readonly handlePublishers: (topic: string, uris: readonly string[]) => void;
  /** The master or an operator asks this node to end. */
  readonly handleShutdown: (reason: string) => void;
}

/** What other nodes reach of this node: its XML-RPC methods (wiki.ros.org/ROS/Slave_API) and its TCPROS port. Listens when first needed. */
export class NodeServers {
  readonly #options: NodeServersOptions;
  readonly #tcpRos: TcpRosServer;
  readonly #xmlRpc: XmlRpcServer;
  #ports: Promise<{ readonly tcpRos: number; readonly xmlRpc: number }> | undefined;
  #known: { readonly host: string; readonly tcpRos: number } | undefined;

  constructor(options: NodeServersOptions) {
    this.#options = options;
    this.#tcpRos = new TcpRosServer(options.clock, options);
    this.#xmlRpc = new XmlRpcServer(this.#methods());
  }

  /** This node's XML-RPC address as others are told it. Asks the network anew each time, because robots change networks. */
  async uri(signal: AbortSignal): Promise<string> {
    const master = new URL(this.#options.masterUri);
    const masterHost = master.hostname.replace(/^\[|\]$/g, '');
    const host = this.#options.host ?? (await localAddress(masterHost, Number(master.port) || 80, signal));
    this.#ports ??= this.#listen(host);
    const { tcpRos, xmlRpc } = await this.#ports;
    this.#known = { host, tcpRos };
    return `http://${uriHost(host)}:${xmlRpc}/`;
  }

  /** Where this node's services are called. */
  async serviceUri(signal: AbortSignal): Promise<string> {
    await this.uri(signal);
    const { host = '', tcpRos = 0 } = this.#known ?? {};
    return `rosrpc://${uriHost(host)}:${tcpRos}`;
  }

  async close(): Promise<void> {
    await this.#ports?.catch(() => undefined);
    await Promise.all([this.#tcpRos.close(), this.#xmlRpc.close()]);
  }

  async #listen(host: string): Promise<{ tcpRos: number; xmlRpc: number }> {
    // As rospy does: nothing is open to the network when everybody is on this machine.
    const loopback = host === '::1' ? '::1' : '127.0.0.1';
    const address = isLoopback(host) ? loopback : host.includes(':') ? '::' : '0.0.0.0';
    return { tcpRos: await this.#tcpRos.listen(address), xmlRpc: await this.#xmlRpc.listen(address) };
  }

  #methods(): ReadonlyMap<string, XmlRpcHandler> {
    const { masterUri, findPublisher, handlePublishers, handleShutdown } = this.#options;
    const ok = (value: XmlRpcValue): XmlRpcValue => [1, '', value];
    const refuse = (why: string): XmlRpcValue => [0, why, 0];
    return new Map<string, XmlRpcHandler>([
      ['getBusStats', () => ok([[], [], []])],
      ['getBusInfo', () => ok([])],
      ['getMasterUri', () => ok(masterUri)],
      ['getPid', () => ok(process.pid)],
      ['getPublications', () => ok(this.#options.listPublications())],
      ['getSubscriptions', () => ok(this.#options.listSubscriptions())],
      ['paramUpdate', () => ok(0)],
      [
        'shutdown',
        ([, reason]) => {
          handleShutdown(typeof reason === 'string' ? reason : '');
          return ok(0);
        },
      ],
      [
        'publisherUpdate',
        ([, topic, uris]) => {
          handlePublishers(stringOf(topic), listOf(uris).map(stringOf));
          return ok(0);
        },
      ],
      [
        'requestTopic',
        ([, topic, protocols]) => {
          const offersTcpRos = listOf(protocols).some((protocol) => listOf(protocol)[0] === 'TCPROS');
          if (!offersTcpRos) return refuse('only TCPROS is spoken here');
          if (this.#known === undefined || findPublisher(stringOf(topic)) === undefined) {
            return refuse(`this node does not publish ${stringOf(topic)}`);
          }
          return ok(['TCPROS', this.#known.host, this.#known.tcpRos]);
        },
      ],
    ]);
  }
}
