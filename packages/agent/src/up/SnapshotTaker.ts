import { LonglineError, RosError } from '@longline/ros';
import type { Clock, Message, RosGraph } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { GraphView } from '../robot/GraphView.ts';
import type { Selection } from './Selection.ts';

/** What a {@link SnapshotTaker} is given. */
export interface SnapshotTakerOptions {
  readonly graph: RosGraph;
  readonly view: GraphView;
  readonly selection: Selection;
  readonly clock: Clock;
}

/** Gets the newest message of a topic as of now, whether or not the topic is being sent. */
export class SnapshotTaker {
  readonly #options: SnapshotTakerOptions;

  constructor(options: SnapshotTakerOptions) {
    this.#options = options;
  }

  /**
   * The next message of the topic, or the last one where it is latched. Rejects with `TOPIC_UNKNOWN` where nobody
   * publishes it, `NOT_ALLOWED` where it stays on the robot, `ROS_UNREACHABLE`, and `ROS_TIMEOUT` when none came.
   */
  async take(topic: string, deadlineMs: number): Promise<Message> {
    this.#check(topic);
    const { graph, clock } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    let problem: Error | undefined;
    const cancel = clock.after(deadlineMs, () => reject(problem ?? timedOut(topic, deadlineMs)));
    const subscription = graph.subscribe(
      { topic },
      { handleMessage: resolve, handleProblem: (error) => (problem = error) },
      { deadlineMs },
    );
    subscription.catch(reject);
    try {
      return await promise;
    } finally {
      cancel();
      subscription.then(
        (made) => made.close(),
        () => undefined,
      );
    }
  }

  #check(topic: string): void {
    const { view, selection } = this.#options;
    const { status } = view;
    if (status.state === 'disconnected') throw new LonglineError(status.code, status.reason);
    const info = view.topic(topic);
    if (info === undefined || info.publishers.length === 0) {
      throw new RosError('TOPIC_UNKNOWN', `Nobody on the robot publishes ${topic}.`, { details: { topic } });
    }
    if (selection.plan(topic, info.type || undefined) !== undefined) return;
    throw new AgentError(
      'NOT_ALLOWED',
      `${topic} stays on the robot: no rule under "topics:" in the agent's config sends it.`,
      { details: { topic, key: 'topics' } },
    );
  }
}

const timedOut = (topic: string, deadlineMs: number): RosError =>
  new RosError('ROS_TIMEOUT', `No message of ${topic} was published within ${Math.round(deadlineMs)} ms.`, {
    details: { topic, deadlineMs },
  });
