import type { KeptAuditEntry } from './AuditEntry.ts';
import type { CommandRecord } from './CommandRecord.ts';
import type { AuditFilter, CommandFilter } from './CommandStore.ts';

export function matchesCommand(record: CommandRecord, filter: CommandFilter): boolean {
  return (
    (filter.device === undefined || record.device === filter.device) &&
    (filter.state === undefined || record.state === filter.state) &&
    (filter.kind === undefined || record.action.kind === filter.kind) &&
    (filter.issuer === undefined || record.issuer === filter.issuer) &&
    (filter.before === undefined || record.order < filter.before)
  );
}

export function matchesAudit(entry: KeptAuditEntry, filter: AuditFilter): boolean {
  return (
    (filter.device === undefined || entry.device === filter.device) &&
    (filter.principal === undefined || entry.principal === filter.principal) &&
    (filter.what === undefined || entry.what === filter.what) &&
    (filter.fromMs === undefined || entry.timeMs >= filter.fromMs) &&
    (filter.toMs === undefined || entry.timeMs < filter.toMs) &&
    (filter.before === undefined || entry.order < filter.before)
  );
}
