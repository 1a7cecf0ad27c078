import { z } from 'zod';

const name = z.string().min(1).max(1024);

/** What must survive a restart of the robot. */
export const deadmanRecordSchema = z.object({
  version: z.literal(1),
  /** The highest lease token seen: nothing of a lower one is ever executed. */
  highestToken: z.int().min(0),
  /** Stops that stand until they are released: a pattern of names, by whom, wall time in milliseconds since 1970. */
  latches: z.array(z.object({ outputs: name, by: z.string().max(256), sinceMs: z.number() })).max(100),
  /** Outputs that may move, or that a stop locked: whoever starts next stops the armed ones. */
  outputs: z
    .array(
      z.object({
        kind: z.enum(['topic', 'service', 'parameter']),
        name,
        type: z.optional(z.string().max(1024)),
        armed: z.boolean(),
        locked: z.boolean(),
      }),
    )
    .max(1_000),
});
export type DeadmanRecord = z.output<typeof deadmanRecordSchema>;

/** Of a robot that never moved. */
export const emptyRecord: DeadmanRecord = { version: 1, highestToken: 0, latches: [], outputs: [] };

/** Where the record is kept. */
export interface DeadmanMemory {
  /** `undefined`: there is none yet. `unreadable`: there is one, and nobody knows what it said. Never rejects. */
  load(): Promise<DeadmanRecord | 'unreadable' | undefined>;
  /** It survives a power cut when this resolves. Called again only after that. */
  save(record: DeadmanRecord): Promise<void>;
}
