import { parseDeviceId } from '@longline/line';
import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers, deviceParams } from '../shapes.ts';

const deviceTokenBody = z
  .object({
    unguarded: z
      .boolean()
      .optional()
      .describe('It may be moved although no deadman on it stops it. Default: as before; false for a new device'),
  })
  .nullish();

const deviceTokenShape = z.object({
  device: z.string(),
  token: z.string().describe('Shown this once; the device sends it as Authorization: Bearer'),
  unguarded: z.boolean(),
  path: z.string().describe('Where the device connects by WebSocket'),
  serverUrl: z.string().optional().describe('Where devices reach this server, if it was told'),
});

/** `POST /api/v1/devices/:id/device-token`: registers a plain device, or exchanges its token. */
export function deviceTokenRoute(app: App, context: RouteContext): void {
  app.post(
    '/api/v1/devices/:id/device-token',
    {
      schema: {
        summary: 'Register a device without an agent',
        description:
          'A token that it has is good no more, and its connection ends. On an unlocked server no token is asked for.',
        tags: ['devices'],
        params: deviceParams,
        body: deviceTokenBody,
        response: answers(deviceTokenShape),
      },
    },
    (request, reply) => {
      const device = parseDeviceId(request.params.id);
      const added = context.deviceTokens.add(context.principalOf(request), device, request.body?.unguarded);
      const { token, isUnguarded: unguarded } = added;
      const path = `/api/v1/devices/${device}/connect`;
      const serverUrl = context.publicUrl === undefined ? {} : { serverUrl: context.publicUrl };
      sendJson(reply, { device, token, unguarded, path, ...serverUrl });
    },
  );
}
