import { laneSchema } from '@longline/line';
import { RosError, topicPattern } from '@longline/ros';
import { z } from 'zod';
import { typePattern } from './typePattern.ts';

const compiles = (compile: (text: string) => unknown): z.ZodString =>
  z
    .string()
    .max(512)
    .superRefine((text, context) => {
      try {
        compile(text);
      } catch (error) {
        if (!(error instanceof RosError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
      }
    });

/** A topic pattern that compiles. */
export const patternSchema = compiles(topicPattern);
const typePatternSchema = compiles(typePattern);

/** Lowest and highest rate limit in the config, in Hz. */
export const MIN_RULE_RATE_HZ = 0.001;
export const MAX_RULE_RATE_HZ = 10_000;
/** Longest age bound in the config, in milliseconds. */
export const MAX_RULE_AGE_MS = 86_400_000;

/** Which topics are sent, and how. What is left out follows from name and type ({@link defaultPlan}). */
export const topicRuleSchema = z
  .strictObject({
    /** Topics this rule is for: `/a/b`, `*` within a part, `**` any parts, `{a,b}`. */
    match: patternSchema,
    /** Types this rule is for, as a pattern: `sensor_msgs/Image`, `nav_msgs/*`. Default: every type. */
    type: typePatternSchema.optional(),
    /** `false` keeps the topics on the robot. */
    send: z.boolean().default(true),
    /** Priority on the line. Default: by name and type. */
    lane: laneSchema.optional(),
    /**
     * What happens when the line cannot keep up: the newest replaces the older, or a bounded queue loses its oldest.
     * Default: by name and type; `queue` where `maxAgeMs` is given.
     */
    delivery: z
      .enum(['latest', 'queue'], {
        error: (issue) =>
          issue.input === 'stored' ? '"stored" is not available in this version. Write latest or queue.' : undefined,
      })
      .optional(),
    /** At most so many messages a second, the newest kept; no limit by default. */
    rateHz: z.number().min(MIN_RULE_RATE_HZ).max(MAX_RULE_RATE_HZ).optional(),
    /** `queue` only: what waited longer is dropped unsent, 1 ms to a day. Default: by name and type, mostly no bound. */
    maxAgeMs: z.int().min(1).max(MAX_RULE_AGE_MS).optional(),
    /** `watched`: nothing flows while nobody looks. Default `always`. */
    demand: z.enum(['always', 'watched']).optional(),
  })
  .refine(({ delivery, maxAgeMs }) => delivery !== 'latest' || maxAgeMs === undefined, {
    path: ['maxAgeMs'],
    message:
      'it bounds what waits in a queue, and latest keeps the newest only. Write delivery: queue, or leave it out',
  });
export type TopicRule = z.infer<typeof topicRuleSchema>;
