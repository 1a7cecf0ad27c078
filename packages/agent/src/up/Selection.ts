import type { Delivery, Lane } from '@longline/line';
import { topicPattern } from '@longline/ros';
import type { TopicRule } from '../config/topicRule.ts';

/** How a topic travels. */
export interface ChannelPlan {
  readonly lane: Lane;
  readonly delivery: Delivery;
  /** At most so many messages a second; `undefined` means no limit. */
  readonly rateHz: number | undefined;
}

/** Decides by the rules of the config which topics are sent and how: the first rule that matches. */
export class Selection {
  readonly #rules: readonly { readonly matches: (topic: string) => boolean; readonly plan: ChannelPlan | undefined }[];

  constructor(rules: readonly TopicRule[]) {
    this.#rules = rules.map(({ match, send, lane, delivery, rateHz }) => ({
      matches: topicPattern(match),
      plan: send ? { lane, delivery, rateHz } : undefined,
    }));
  }

  /** The plan for a topic, or undefined where it stays on the robot. */
  plan(topic: string): ChannelPlan | undefined {
    return this.#rules.find((rule) => rule.matches(topic))?.plan;
  }
}
