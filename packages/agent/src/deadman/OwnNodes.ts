/** Which nodes of a graph are this robot's own: its agent, and what the agent and the deadman publish through. */
export class OwnNodes {
  readonly #isSimulated: boolean;
  readonly #isBehindBridge: boolean;

  /** `graphName` is that of the graph that the deadman publishes through. */
  constructor(graphName: string) {
    this.#isSimulated = graphName.startsWith('turtlesim');
    this.#isBehindBridge = graphName.startsWith('rosbridge');
  }

  /** The deadman publishes through it: it is no other publisher. A ROS 1 graph leaves its own node out itself. */
  publishesHere(node: string): boolean {
    return (this.#isSimulated && node === '/longline') || this.#isBridge(node);
  }

  /** It listens to what moves the robot, and drives nothing: nodes of agents have such names. */
  onlyWatches(node: string): boolean {
    return node.startsWith('/longline_') || this.#isBridge(node);
  }

  /** The node of a rosbridge server stands for all its clients, the deadman and the agent among them. */
  #isBridge(node: string): boolean {
    return this.#isBehindBridge && /\/rosbridge_websocket\w*$/.test(node);
  }
}
