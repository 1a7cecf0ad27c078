import type { AuditEntry } from '../store/AuditEntry.ts';

/** Where leases, stops and motion streams tell what they did. */
export interface AuditSink {
  /** Costs no wait and never throws. */
  record(entry: AuditEntry): void;
}
