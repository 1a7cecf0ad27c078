import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers } from '../shapes.ts';

const status = z.object({ status: z.string() });

/** `GET /healthz`: the process lives. */
export function healthRoute(app: App): void {
  app.get(
    '/healthz',
    { schema: { summary: 'Whether the process lives', tags: ['server'], response: answers(status) } },
    (_request, reply) => sendJson(reply, { status: 'ok' }),
  );
}

/** `GET /readyz`: it takes lines and readers. */
export function readyRoute(app: App, context: RouteContext): void {
  app.get(
    '/readyz',
    { schema: { summary: 'Whether the server takes connections', tags: ['server'], response: answers(status) } },
    (_request, reply) => {
      if (!context.isReady()) throw new ServerError('SERVER_STOPPING', 'The server is stopping. Use another.');
      return sendJson(reply, { status: 'ready' });
    },
  );
}
