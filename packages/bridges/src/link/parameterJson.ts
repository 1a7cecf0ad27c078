import type { ParameterValue } from '@longline/ros';
import { z } from 'zod';

/** A parameter's value as parsed from exact JSON; null is none. */
export const parameterJson: z.ZodType<ParameterValue> = z.lazy(() =>
  z.union([
    z.boolean(),
    z.number(),
    z.bigint(),
    z.string(),
    z.array(parameterJson),
    z.record(z.string(), parameterJson),
  ]),
);
