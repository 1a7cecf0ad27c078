import { z } from 'zod';
import { patternSchema } from './topicRule.ts';

/** Most outputs, limits of one and steps of one stop in the config. */
const MAX_OUTPUTS = 200;
const MAX_LIMITS = 64;
const MAX_STEPS = 16;
/** Default of `timeoutMs`. */
export const DEFAULT_MOTION_TIMEOUT_MS = 500;

const name = z
  .string()
  .max(512)
  .regex(/^\/\w+(?:\/\w+)*$/, 'write a whole name, like /cmd_vel');
const typeName = z
  .string()
  .max(512)
  .regex(/^\w+\/(?:msg\/)?\w+$/, 'write package/Type, like std_msgs/Bool');
const fields = z.record(z.string(), z.unknown());

const publishStep = z.strictObject({
  publish: name,
  type: typeName,
  message: fields.default({}),
  /** Published before the output moves again, and when the stop is released. Default: nothing. */
  release: fields.optional(),
});
const callStep = z.strictObject({ call: name, request: fields.default({}) });
const lockStep = z.strictObject({ lock: name }).transform(({ lock }): z.output<typeof publishStep> => ({
  publish: lock,
  type: 'std_msgs/Bool',
  message: { data: true },
  release: { data: false },
}));

/**
 * What is done to stop: a message of zeros on the topic itself, a message on another, a service call; `lock` is short for
 * a Bool of true there, and of false at the release, as twist_mux has it.
 */
const stopStepSchema = z.union(
  [z.literal('zeros'), publishStep, callStep, lockStep],
  'write zeros, {publish, type, message, release}, {call, request} or {lock}, with names like /cmd_vel',
);
export type StopStep = z.output<typeof stopStepSchema>;

/** Bounds of one field; every element of arrays on the way is meant. A parameter's value is the field `value`. */
const limitSchema = z
  .strictObject({
    field: z
      .string()
      .max(512)
      .regex(/^\w+(?:\.\w+)*$/, 'write a field, like linear.x'),
    min: z.number().optional(),
    max: z.number().optional(),
    /** What becomes of a value beyond: it is set to the bound, or the whole order refused. Default `refuse`. */
    beyond: z.enum(['clamp', 'refuse']).default('refuse'),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'write min, max or both')
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'min is above max');
export type FieldLimit = z.output<typeof limitSchema>;

const outputSchema = z
  .strictObject({
    /** Which output, as a pattern of names: one of these three. `/node:name` of ROS 2 parameters is matched as `/node/name`. */
    topic: patternSchema.optional(),
    service: patternSchema.optional(),
    parameter: patternSchema.optional(),
    /** Without a fresh order for so long it is stopped, in milliseconds, 100 to 10,000. Default 500. */
    timeoutMs: z.int().min(100).max(10_000).default(DEFAULT_MOTION_TIMEOUT_MS),
    /** Orders beyond this rate are left out, zeros never. Default: no cap. */
    maxRateHz: z.number().min(0.2).max(1_000).optional(),
    limits: z.array(limitSchema).max(MAX_LIMITS).default([]),
    /** In this order. Default: `[zeros]` for topics whose type zeros stop, else nothing. */
    stop: z.array(stopStepSchema).max(MAX_STEPS).optional(),
  })
  .superRefine((output, context) => {
    const issue = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    const given = [output.topic, output.service, output.parameter].filter((pattern) => pattern !== undefined);
    if (given.length !== 1) issue([], 'write one of topic, service or parameter');
    if (output.topic === undefined && output.stop?.includes('zeros') === true) {
      issue(['stop'], 'zeros stop topics only; write {publish, type, message} or {call, request}');
    }
    if (output.maxRateHz !== undefined && output.maxRateHz * output.timeoutMs < 2_000) {
      issue(['maxRateHz'], 'it must let two orders through within timeoutMs, or the output stops between them');
    }
  });
export type MotionOutputConfig = z.output<typeof outputSchema>;

/** What moves the robot: it needs the lease, and is stopped when fresh orders stop coming. */
export const motionSchema = z.strictObject({
  /** Topics of the types Twist, TwistStamped, Ackermann and JointTrajectory are outputs without being named. Default true. */
  byType: z.boolean().default(true),
  /**
   * Who moves it by a door that has no word for leases (rosbridge, Foxglove) takes the lease by that, where nobody holds it. Default
   * false: they name a lease in the door's address.
   */
  implicitLease: z.boolean().default(false),
  /** The first that matches counts. Default none. */
  outputs: z.array(outputSchema).max(MAX_OUTPUTS).default([]),
});
export type MotionConfig = z.output<typeof motionSchema>;
