import { z } from 'zod';
import { visibleAudit } from '../../access/visibleAudit.ts';
import type { KeptAuditEntry } from '../../store/AuditEntry.ts';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { leaving } from '../leaving.ts';
import { ndjson, sendLines } from '../sendLines.ts';
import { answers, auditQuery, auditShape } from '../shapes.ts';

const DEFAULT_LIMIT = 100;

/** `GET /api/v1/audit`: who commanded which robot to do what, when, and what happened. */
export function auditRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/audit',
    {
      schema: {
        summary: 'Who commanded which robot to do what, when, and what happened, newest first',
        description: 'With `Accept: application/x-ndjson` one JSON text a line, and all that match.',
        tags: ['commands'],
        querystring: auditQuery,
        response: answers(z.object({ entries: z.array(auditShape) })),
      },
    },
    (request, reply) => {
      const { from, to, limit, ...filter } = request.query;
      const meant = { ...filter, fromMs: instantOf(from), toMs: instantOf(to) };
      const wantsLines = request.headers.accept?.includes(ndjson) === true;
      const most = limit ?? (wantsLines ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
      const entries = visibleAudit(context.audit, context.principalOf(request), meant, most).map(auditInfo);
      if (wantsLines) sendLines(reply, entries, leaving(context, request, reply));
      else sendJson(reply, { entries: [...entries] });
    },
  );
}

const instantOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

const auditInfo = ({ order, timeMs, ...entry }: KeptAuditEntry): unknown => ({
  order,
  time: new Date(timeMs).toISOString(),
  ...entry,
});
