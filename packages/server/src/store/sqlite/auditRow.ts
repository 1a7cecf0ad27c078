import { parseJsonExact, stringifyExact } from '@longline/ros';
import { z } from 'zod';
import { auditWhats } from '../AuditEntry.ts';
import type { KeptAuditEntry } from '../AuditEntry.ts';

const text = z.string().nullable();

/** A row as it is read: the file may be anything. */
const rowSchema = z.object({
  seq: z.number(),
  time_ms: z.number(),
  what: z.enum(auditWhats),
  principal: z.string(),
  device: text,
  target: text,
  outcome: text,
  code: text,
  token: z.number().nullable(),
  details: text,
});
const detailsSchema = z.record(z.string(), z.unknown());

/** In the order of the values of {@link auditValues}. */
export const auditColumns = [
  'seq',
  'time_ms',
  'what',
  'principal',
  'device',
  'target',
  'outcome',
  'code',
  'token',
  'details',
] as const;

export function auditValues(entry: KeptAuditEntry): (string | number | null)[] {
  const { order, timeMs, what, principal, device, target, outcome, code, token, details } = entry;
  return [
    order,
    timeMs,
    what,
    principal,
    device ?? null,
    target ?? null,
    outcome ?? null,
    code ?? null,
    token ?? null,
    details === undefined ? null : stringifyExact(details),
  ];
}

/** Throws when the row is none that this server could have written. */
export function auditOfRow(row: unknown): KeptAuditEntry {
  const { seq, time_ms, what, principal, details, ...maybe } = rowSchema.parse(row);
  return {
    order: seq,
    timeMs: time_ms,
    what,
    principal,
    ...(maybe.device === null ? {} : { device: maybe.device }),
    ...(maybe.target === null ? {} : { target: maybe.target }),
    ...(maybe.outcome === null ? {} : { outcome: maybe.outcome }),
    ...(maybe.code === null ? {} : { code: maybe.code }),
    ...(maybe.token === null ? {} : { token: maybe.token }),
    ...(details === null ? {} : { details: detailsSchema.parse(parseJsonExact(details)) }),
  };
}
