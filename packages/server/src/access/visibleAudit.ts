import type { Audit } from '../store/Audit.ts';
import type { KeptAuditEntry } from '../store/AuditEntry.ts';
import type { AuditFilter } from '../store/CommandStore.ts';
import type { Principal } from './Principal.ts';
import { Rights } from './Rights.ts';

/** Entries of the audit about devices that one principal sees, newest first; what is about no device is for who sees all. */
export function visibleAudit(
  audit: Audit,
  principal: Principal,
  filter: Omit<AuditFilter, 'limit'>,
  limit: number,
): IteratorObject<KeptAuditEntry, undefined> {
  const rights = Rights.of(principal);
  if (rights.seesAllDevices) return audit.entries({ ...filter, limit });
  return audit
    .entries(filter)
    .filter(({ device }) => device !== undefined && rights.seesDevice(device))
    .take(limit);
}
