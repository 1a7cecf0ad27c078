import { actionSchema } from '@longline/line';
import { z } from 'zod';
import { commandStates } from '../CommandRecord.ts';
import type { CommandRecord } from '../CommandRecord.ts';

const maybe = <T extends z.ZodType>(schema: T) =>
  schema.nullable().transform((value): z.output<T> | undefined => value ?? undefined);

/** A row as it is read: the file may be anything. */
const rowSchema = z.object({
  seq: z.number(),
  device: z.string(),
  id: z.string(),
  issuer: z.string(),
  action: z.string().transform((text) => actionSchema.parse(JSON.parse(text))),
  payload: maybe(z.instanceof(Uint8Array)),
  fingerprint: z.string(),
  deadline_ms: z.number(),
  token: z.number(),
  sequence: z.number(),
  boot: maybe(z.string()),
  state: z.enum(commandStates),
  code: maybe(z.string()),
  message: maybe(z.string()),
  encoding: maybe(z.enum(['ros1', 'cdr', 'json'])),
  result: maybe(z.instanceof(Uint8Array)),
  accepted_ms: z.number(),
  sent_ms: maybe(z.number()),
  received_ms: maybe(z.number()),
  received_robot_ms: maybe(z.number()),
  unknown_ms: maybe(z.number()),
  finished_ms: maybe(z.number()),
  finished_robot_ms: maybe(z.number()),
});

/** In the order of the values of {@link commandValues}. */
export const commandColumns = [
  'seq',
  'device',
  'id',
  'kind',
  'issuer',
  'action',
  'payload',
  'fingerprint',
  'deadline_ms',
  'token',
  'sequence',
  'boot',
  'state',
  'code',
  'message',
  'encoding',
  'result',
  'accepted_ms',
  'sent_ms',
  'received_ms',
  'received_robot_ms',
  'unknown_ms',
  'finished_ms',
  'finished_robot_ms',
] as const;

export function commandValues(record: CommandRecord): (string | number | Uint8Array | null)[] {
  const { times } = record;
  return [
    record.order,
    record.device,
    record.id,
    record.action.kind,
    record.issuer,
    JSON.stringify(record.action),
    record.payload ?? null,
    record.fingerprint,
    record.deadlineMs,
    record.token,
    record.sequence,
    record.boot ?? null,
    record.state,
    record.code ?? null,
    record.message ?? null,
    record.encoding ?? null,
    record.result ?? null,
    times.acceptedMs,
    times.sentMs ?? null,
    times.receivedMs ?? null,
    times.receivedRobotMs ?? null,
    times.unknownMs ?? null,
    times.finishedMs ?? null,
    times.finishedRobotMs ?? null,
  ];
}

/** Throws when the row is none that this server could have written. */
export function commandOfRow(row: unknown): CommandRecord {
  const { seq, deadline_ms, accepted_ms, sent_ms, received_ms, received_robot_ms, ...rest } = rowSchema.parse(row);
  const { unknown_ms, finished_ms, finished_robot_ms, ...record } = rest;
  return {
    ...record,
    order: seq,
    deadlineMs: deadline_ms,
    times: {
      acceptedMs: accepted_ms,
      sentMs: sent_ms,
      receivedMs: received_ms,
      receivedRobotMs: received_robot_ms,
      unknownMs: unknown_ms,
      finishedMs: finished_ms,
      finishedRobotMs: finished_robot_ms,
    },
  };
}
