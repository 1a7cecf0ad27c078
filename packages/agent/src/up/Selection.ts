import { topicPattern } from '@longline/ros';
import { typePattern } from '../config/typePattern.ts';
import type { TopicRule } from '../config/topicRule.ts';
import type { ChannelPlan } from './ChannelPlan.ts';
import { defaultPlan } from './defaultPlan.ts';

/**
 * Decides by the rules of the config which topics are sent and how: the first rule whose topic and type match. What that
 * rule leaves open follows from the topic's name and type ({@link defaultPlan}).
 */
export class Selection {
  readonly #rules: readonly {
    readonly matches: (topic: string) => boolean;
    readonly matchesType: ((type: string) => boolean) | undefined;
    readonly rule: TopicRule;
  }[];

  constructor(rules: readonly TopicRule[]) {
    this.#rules = rules.map((rule) => ({
      matches: topicPattern(rule.match),
      matchesType: rule.type === undefined ? undefined : typePattern(rule.type),
      rule,
    }));
  }

  /**
   * The plan for a topic, or undefined where it stays on the robot. While its type is unknown (`undefined`) rules for
   * types do not match; ask again when it is known.
   */
  plan(topic: string, type: string | undefined): ChannelPlan | undefined {
    const rule = this.#rules.find(
      ({ matches, matchesType }) =>
        matches(topic) && (matchesType === undefined || (type !== undefined && matchesType(type))),
    )?.rule;
    if (rule?.send !== true) return undefined;
    const standard = defaultPlan(topic, type);
    const delivery = rule.delivery ?? (rule.maxAgeMs === undefined ? standard.delivery : 'queue');
    return {
      lane: rule.lane ?? standard.lane,
      delivery,
      maxAgeMs: delivery === 'queue' ? (rule.maxAgeMs ?? standard.maxAgeMs) : undefined,
      rateHz: rule.rateHz,
      demand: rule.demand ?? 'always',
    };
  }
}
