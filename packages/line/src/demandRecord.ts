import { z } from 'zod';

/** Clause 3.5: which `watched` channels are looked at, and how fast; channels that it does not name stay as they are. */
export const demandSchema = z.object({
  channels: z
    .array(
      z.object({
        id: z.int().min(0).max(0xffff_ffff),
        /** Messages a second, the highest rate that anybody asks for; null without a limit, 0 when nobody looks. */
        rateHz: z.nullable(z.number().min(0)),
      }),
    )
    .min(1)
    .max(10_000),
});
export type DemandedChannel = z.infer<typeof demandSchema>['channels'][number];
