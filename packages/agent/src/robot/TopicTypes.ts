import { RosError, sameType } from '@longline/ros';
import type { Clock, OperationOptions, RosGraph, Schema } from '@longline/ros';
import type { GraphView } from './GraphView.ts';

/** A definition is asked for again after so long, in milliseconds. */
const FRESH_MS = 60_000;
/** Most definitions kept; beyond it the oldest goes. */
const MAX_KEPT = 256;

/** A topic, with the type that whoever publishes on it gives. */
export interface TypedTopic {
  readonly topic: string;
  /** Needed only where the robot does not know the topic. */
  readonly type?: string | undefined;
}

/** Which types topics have on the robot, and what these are made of; kept for a stream of messages. */
export class TopicTypes {
  readonly #graph: RosGraph;
  readonly #view: GraphView;
  readonly #clock: Clock;
  readonly #schemas = new Map<string, { readonly schema: Schema; readonly untilMs: number }>();

  constructor(options: { readonly graph: RosGraph; readonly view: GraphView; readonly clock: Clock }) {
    this.#graph = options.graph;
    this.#view = options.view;
    this.#clock = options.clock;
  }

  /**
   * The type of a topic: the robot's word; else `published`, which it was published with before; else the one given.
   * Rejects with `TYPE_MISMATCH`, `TOPIC_UNKNOWN`.
   */
  async typeOf({ topic, type }: TypedTopic, options: OperationOptions, published?: string): Promise<string> {
    let known = this.#view.typeOf(topic) ?? published;
    if (known === undefined) {
      this.#view.handleSnapshot(await this.#graph.snapshot(options));
      known = this.#view.typeOf(topic);
    }
    if (known === undefined && type === undefined) {
      throw new RosError(
        'TOPIC_UNKNOWN',
        `The robot has no topic ${topic}, so its type is unknown. Give the type to make the topic, like geometry_msgs/Twist.`,
        { details: { topic } },
      );
    }
    if (known !== undefined && type !== undefined && !sameType(known, type)) {
      throw new RosError('TYPE_MISMATCH', `Topic ${topic} has type ${known} on the robot, not ${type}. Use ${known}.`, {
        details: { topic, expected: known, actual: type },
      });
    }
    return known ?? type ?? '';
  }

  /** The definition of a message type, a minute old at most. Rejects with `TYPE_UNKNOWN`. */
  async schemaOf(type: string, options: OperationOptions): Promise<Schema> {
    const kept = this.#schemas.get(type);
    const nowMs = this.#clock.monotonicMs();
    if (kept !== undefined && nowMs < kept.untilMs) return kept.schema;
    const schema = await this.#graph.messageSchema(type, options);
    this.#schemas.delete(type);
    this.#schemas.set(type, { schema, untilMs: nowMs + FRESH_MS });
    for (const oldest of this.#schemas.keys()) {
      if (this.#schemas.size <= MAX_KEPT) break;
      this.#schemas.delete(oldest);
    }
    return schema;
  }
}
