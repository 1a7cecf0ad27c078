import { parseDeviceId } from '@longline/line';
import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers, deviceParams } from '../shapes.ts';

const joinTokenShape = z.object({
  device: z.string(),
  token: z.string().describe('Shown this once; good for one use'),
  expires: z.string().describe('ISO 8601'),
  serverUrl: z.string().optional().describe('Where robots reach this server, if it was told'),
});

/** `POST /api/v1/devices/:id/join-token`: lets a robot join, or join anew. */
export function joinTokenRoute(app: App, context: RouteContext): void {
  app.post(
    '/api/v1/devices/:id/join-token',
    {
      schema: {
        summary: 'Let a robot join once within an hour',
        description:
          'Also one that has joined: its key stays good until the new one has. A token that was not used is replaced.',
        tags: ['devices'],
        params: deviceParams,
        response: answers(joinTokenShape),
      },
    },
    (request, reply) => {
      const device = parseDeviceId(request.params.id);
      const { token, expiresMs } = context.robotKeys.permit(context.principalOf(request), device);
      const serverUrl = context.publicUrl === undefined ? {} : { serverUrl: context.publicUrl };
      sendJson(reply, { device, token, expires: new Date(expiresMs).toISOString(), ...serverUrl });
    },
  );
}
