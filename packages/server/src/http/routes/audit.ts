import { z } from 'zod';
import type { KeptAuditEntry } from '../../store/AuditEntry.ts';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { ndjson, sendLines } from '../sendLines.ts';
import { answers, auditQuery, auditShape } from '../shapes.ts';

const DEFAULT_LIMIT = 100;

/** `GET /api/v1/audit`: who commanded which robot to do what, when, and what happened. */
export function auditRoute(app: App, { audit }: RouteContext): void {
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
      if (request.headers.accept?.includes(ndjson) === true) {
        sendLines(reply, audit.entries({ ...meant, limit }).map(auditInfo));
      } else {
        sendJson(reply, { entries: audit.list({ ...meant, limit: limit ?? DEFAULT_LIMIT }).map(auditInfo) });
      }
    },
  );
}

const instantOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

const auditInfo = ({ order, timeMs, ...entry }: KeptAuditEntry): unknown => ({
  order,
  time: new Date(timeMs).toISOString(),
  ...entry,
});
