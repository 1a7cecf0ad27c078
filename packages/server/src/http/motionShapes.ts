import { z } from 'zod';
import { DEFAULT_HOLD_MS } from '../motion/DeviceLease.ts';

// Shapes of the routes that move and stop robots, as those in shapes.ts.

const holdMs = z
  .number()
  .min(200)
  .max(60_000)
  .default(DEFAULT_HOLD_MS)
  .describe('The lease is over so long after it was taken or renewed last; renew it three times as often');
const token = z.int().min(1).describe('Of the lease, as POST answered');
const outputs = z
  .string()
  .min(1)
  .max(1024)
  .optional()
  .describe('Names of topics, services and parameters, a pattern; all that moves the robot by default');

/** No body at all takes the defaults. */
export const leaseTakeBody = z
  .strictObject({ holdMs, takeOver: z.boolean().default(false).describe('Also from who holds it, who is told') })
  .nullish();
export const leaseRenewBody = z.strictObject({ token, holdMs });
export const tokenQuery = z.strictObject({ token: z.coerce.number().pipe(token) });

export const leaseShape = z.object({
  device: z.string(),
  token: z.number().describe('Every command that moves the robot carries it'),
  holder: z.string(),
  holdMs: z.number().describe('It is over so long after it was taken or renewed last'),
});

export const presentLeaseShape = z.object({
  device: z.string(),
  held: z.boolean(),
  token: z.number().optional(),
  holder: z.string().optional(),
  since: z.string().optional().describe('ISO 8601'),
  remainingMs: z.number().optional().describe('Until it is over, unless it is renewed'),
});

export const stopBody = z.strictObject({ outputs }).nullish();
export const fleetStopBody = z.strictObject({
  devices: z.string().min(1).max(256).describe('A device ID, or a pattern with `*` of those that have connected'),
  outputs,
});
export const stopReleaseQuery = tokenQuery.extend({ outputs });

export const stopShape = z.object({
  device: z.string(),
  state: z
    .enum(['stopped', 'waits', 'refused'])
    .describe('waits: kept, and the first that the robot hears when it is back; whether it stands still is unknown'),
  code: z.string().optional(),
  message: z.string().optional(),
  outputs: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      delivered: z.boolean().describe('ROS took the stop'),
      others: z.array(z.string()).describe('Others that publish on the same topic, and were not stopped'),
      code: z.string().optional().describe('NOT_EXCLUSIVE where there are others, or why it was not delivered'),
    }),
  ),
});
export const stopsShape = z.object({ outcomes: z.array(stopShape) });
