import { z } from 'zod';
import { deviceIdSchema } from './hello.ts';

const amount = z.number().min(0);
/** Null where it is not known: not measured yet, or not told by the agent. */
const maybe = z.nullable(amount);

const laneStateSchema = z
  .object({
    receivedMs: maybe.describe('How long ago the newest message was received, latched ones left out'),
    underWayMs: maybe.describe('How long that message had been under way then, waiting included'),
    waitingBytes: maybe.describe('Wait for the line on the robot'),
    dropped: maybe.describe(
      'Messages dropped there since the agent started: replaced by newer ones, too old, too many',
    ),
  })
  .describe('One lane');
/** How one lane of a line is doing. Null where it is not known. */
export interface LaneState extends z.infer<typeof laneStateSchema> {}

const pathShape = {
  roundTripMs: maybe.describe('The shortest of late'),
  lastRoundTripMs: maybe.describe('The last one, queues included'),
  bytesPerSecond: maybe.describe('What the path carries; what was offered, where that was less'),
  windowBytes: maybe.describe('May be under way unacknowledged'),
  inFlightBytes: maybe.describe('Are under way'),
};

/** Clause 9.7: how the line of one device is doing; of an offline device, how it was. Null where something is not known. */
export const lineRecordSchema = z.object({
  device: deviceIdSchema,
  online: z.boolean(),
  epoch: z.int().min(0).describe('Grows with every line of this device'),
  sinceMs: z.number().describe('Server time of the last change between online and offline, milliseconds since 1970'),
  nowMs: z.number().describe('Server time of this answer, milliseconds since 1970'),
  sockets: z.int().min(0).describe('Open now; 0 offline'),
  roundTripMs: maybe.describe('The last one, by heartbeats'),
  clockOffsetMs: z.nullable(z.number()).describe("The robot's wall clock minus the server's"),
  clockErrorMs: maybe.describe('The offset is right within so much'),
  reconnects: z.int().min(0).describe('How often the line was opened again since the server started'),
  up: z
    .object({
      ...pathShape,
      receivedBytesPerSecond: amount.describe('Over the last 2 to 4 seconds; 0 offline'),
      receivedBytes: amount.describe('On this line'),
      receivedFrames: amount.describe('On this line'),
      receivedMessages: amount.describe('On this line'),
      copies: z.nullable(z.boolean()).describe('Small urgent messages travel twice'),
      lanes: z.object({
        control: laneStateSchema,
        state: laneStateSchema,
        telemetry: laneStateSchema,
        bulk: laneStateSchema,
      }),
    })
    .describe('From the robot; what only its agent knows is as of its last report'),
  down: z.nullable(z.object(pathShape)).describe('To the robot; null offline'),
  reportedMs: maybe.describe('How long ago the agent reported; it reports changes only'),
  agent: z
    .nullable(
      z.object({
        lines: amount.describe('Lines that were open, this one included'),
        dials: amount.describe('Connections that it tried, further sockets included'),
      }),
    )
    .describe('Counts of this run of the agent'),
});
/** How the line of one device is doing, as server and agent measured it. */
export interface LineRecord extends z.infer<typeof lineRecordSchema> {}
