import { stringifyExact } from '@longline/ros';
import type { AuditEntry } from './AuditEntry.ts';

/** Longest details of one entry, in characters of JSON. */
export const MAX_DETAILS_LENGTH = 4_096;

/** An entry fit to be kept: details that are too long, or are no JSON, are left out, which they then say. */
export function auditEntryFor(entry: AuditEntry): AuditEntry {
  if (entry.details === undefined) return entry;
  try {
    const { length } = stringifyExact(entry.details);
    return length <= MAX_DETAILS_LENGTH ? entry : { ...entry, details: { leftOut: `${length} characters` } };
  } catch (error) {
    return { ...entry, details: { leftOut: String(error) } };
  }
}
