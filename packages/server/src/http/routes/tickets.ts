import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers } from '../shapes.ts';

const answer = z.object({ ticket: z.string(), expiresInMs: z.number() });

/** `POST /api/v1/tickets`: opens one WebSocket where no header can be sent with it. */
export function ticketsRoute(app: App, context: RouteContext): void {
  app.post(
    '/api/v1/tickets',
    {
      schema: {
        summary: 'A ticket that opens one WebSocket, for clients that cannot send a header with it',
        description: 'Open `/api/v1/live?ticket=TICKET` with it, once, within 30 s.',
        tags: ['access'],
        response: answers(answer),
      },
    },
    (request, reply) => sendJson(reply, context.authenticator.issueTicket(context.principalOf(request))),
  );
}
