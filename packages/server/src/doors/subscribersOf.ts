import type { Reply } from '@longline/line';
import { z } from 'zod';

const receiptSchema = z.object({ subscribers: z.optional(z.int().min(0)) });
const decoder = new TextDecoder();

/** How many heard what was published, as the robot's answer says; undefined where it does not. */
export function subscribersOf({ payload }: Reply): number | undefined {
  try {
    return receiptSchema.parse(JSON.parse(decoder.decode(payload))).subscribers;
  } catch {
    return undefined;
  }
}
