import { laneSchema } from '@longline/line';
import { RosError, topicPattern } from '@longline/ros';
import { z } from 'zod';

/** A topic pattern that compiles. */
export const patternSchema = z
  .string()
  .max(512)
  .superRefine((text, context) => {
    try {
      topicPattern(text);
    } catch (error) {
      if (!(error instanceof RosError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });

/** Lowest and highest rate limit in the config, in Hz. */
export const MIN_RULE_RATE_HZ = 0.001;
export const MAX_RULE_RATE_HZ = 10_000;

/** Which topics are sent, and how. */
export const topicRuleSchema = z.strictObject({
  /** Topics this rule is for: `/a/b`, `*` within a part, `**` any parts, `{a,b}`. */
  match: patternSchema,
  /** `false` keeps the topics on the robot. */
  send: z.boolean().default(true),
  /** Priority on the line. */
  lane: laneSchema.default('telemetry'),
  /** What happens when the line cannot keep up: the newest replaces the older, or a bounded queue loses its oldest. */
  delivery: z
    .enum(['latest', 'queue'], {
      error: (issue) =>
        issue.input === 'stored' ? '"stored" is not available in this version. Write latest or queue.' : undefined,
    })
    .default('latest'),
  /** At most so many messages a second, the newest kept; no limit by default. */
  rateHz: z.number().min(MIN_RULE_RATE_HZ).max(MAX_RULE_RATE_HZ).optional(),
});
export type TopicRule = z.infer<typeof topicRuleSchema>;
