import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers } from '../shapes.ts';
import { principalShape } from '../tokenShapes.ts';

const answer = principalShape.extend({
  server: z.string().describe('Its name'),
  locked: z.boolean().describe('Whether it asks for tokens; else everybody is its administrator'),
});

/** `GET /api/v1/whoami`: whose token this is, and what it allows. */
export function whoamiRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/whoami',
    { schema: { summary: 'Who asks, and what they may', tags: ['access'], response: answers(answer) } },
    (request, reply) => {
      const principal = context.principalOf(request);
      const { authenticator, serverName: server } = context;
      const { name, role, scope } = principal;
      const expiresMs = authenticator.tokenOf(principal)?.expiresMs;
      sendJson(reply, {
        name,
        role,
        ...scope,
        expires: expiresMs === undefined ? null : new Date(expiresMs).toISOString(),
        server,
        locked: authenticator.isLocked,
      });
    },
  );
}
