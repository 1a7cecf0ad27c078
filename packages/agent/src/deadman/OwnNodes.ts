/** Which nodes of a graph are this robot's own: its agent, and what the agent and the deadman publish through. */
export class OwnNodes {
  readonly #isSimulated: boolean;
  /** The names of the node that the deadman publishes through, where that is a bridge's. */
  readonly #bridgeNode: RegExp | undefined;

  readonly #agentNode: string | undefined;

  /** `graphName` is that of the graph that the deadman publishes through, `agentNode` the agent's ROS 1 node. */
  constructor(graphName: string, agentNode: string | undefined) {
    this.#agentNode = agentNode;
    this.#isSimulated = graphName.startsWith('turtlesim');
    this.#bridgeNode = bridgeNodes.find(([scheme]) => graphName.startsWith(scheme))?.[1];
  }

  /**
   * It is no other publisher: the deadman publishes through it, or did so before. A ROS 1 master keeps the nodes of killed
   * processes in its lists for ever.
   */
  publishesHere(node: string): boolean {
    return isOurs(node) || (this.#isSimulated && node === '/longline') || this.#isBridge(node);
  }

  /** It does not drive the robot, though it listens to what moves it. */
  drivesNothing(node: string): boolean {
    return isOurs(node) || this.#isBridge(node);
  }

  /** It is connected to the deadman's publishers as a subscriber, and drives nothing. */
  isConnectedWatcher(node: string): boolean {
    return node === this.#agentNode || this.#isBridge(node);
  }

  /** The node of a bridge stands for all its clients, the deadman and the agent among them. */
  #isBridge(node: string): boolean {
    return this.#bridgeNode?.test(node) ?? false;
  }
}

const bridgeNodes: readonly (readonly [scheme: string, node: RegExp])[] = [
  ['rosbridge', /\/rosbridge_websocket\w*$/],
  ['foxglove', /\/foxglove_bridge\w*$/],
];

/** Nodes of agents and deadmen have such names. */
const isOurs = (node: string): boolean => node.startsWith('/longline_');
