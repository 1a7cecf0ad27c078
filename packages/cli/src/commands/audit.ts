import { stringifyExact } from '@longline/ros';
import { z } from 'zod';
import { fittingTable } from '../format/fittingTable.ts';
import { ServerApi } from '../ServerApi.ts';
import type { Terminal } from '../Terminal.ts';
import type { ServerOptions } from '../withFleet.ts';

export interface AuditOptions extends ServerOptions {
  readonly device?: string | undefined;
  readonly principal?: string | undefined;
  readonly what?: string | undefined;
  /** ISO 8601. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: number | undefined;
  /** Everything that matches, one JSON text a line. */
  readonly ndjson?: boolean | undefined;
}

const answerSchema = z.object({ entries: z.array(z.unknown()) });
const entrySchema = z.looseObject({
  time: z.string(),
  what: z.string(),
  principal: z.string(),
  device: z.string().optional(),
  target: z.string().optional(),
  outcome: z.string().optional(),
  code: z.string().optional(),
  token: z.number().optional(),
});
const PATH = '/api/v1/audit';
/** Entries shown by default. */
const LIMIT = 50;

/** `longline audit`: who commanded which robot to do what, when, and what happened, newest first. */
export async function audit(terminal: Terminal, options: AuditOptions): Promise<void> {
  const { device, from, json = false, limit, ndjson = false, principal, to, what } = options;
  const api = new ServerApi(terminal, options);
  const query = { device, principal, what, from, to };
  if (ndjson) {
    for await (const line of api.lines(PATH, { ...query, limit })) await terminal.print(`${line}\n`);
    return;
  }
  const { entries } = answerSchema.parse(await api.get(PATH, { ...query, limit: limit ?? LIMIT }));
  if (json) {
    await terminal.print(`${stringifyExact(entries)}\n`);
    return;
  }
  if (entries.length === 0) {
    terminal.warn('The audit has no entry that matches.');
    return;
  }
  const rows = entries.map((told) => {
    const entry = entrySchema.parse(told);
    const outcome = [entry.outcome, entry.code].filter((word) => word !== undefined).join(' ');
    const token = entry.token === undefined || entry.token === 0 ? '-' : String(entry.token);
    return [entry.time, entry.principal, entry.device ?? '-', entry.what, entry.target ?? '-', outcome || '-', token];
  });
  await terminal.print(
    fittingTable(['TIME', 'BY', 'DEVICE', 'WHAT', 'TARGET', 'OUTCOME', 'TOKEN'], rows, {
      columns: terminal.isTty ? terminal.columns : Infinity,
      spare: ['TOKEN', 'BY'],
    }),
  );
}
