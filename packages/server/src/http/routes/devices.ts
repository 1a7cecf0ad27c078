import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers, deviceShape } from '../shapes.ts';

/** `GET /api/v1/devices`: every device that has ever connected. */
export function devicesRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices',
    {
      schema: {
        summary: 'Every device that has ever connected, online or not',
        tags: ['devices'],
        response: answers(z.object({ devices: z.array(deviceShape) })),
      },
    },
    (request, reply) => sendJson(reply, { devices: context.fleetOf(request).devices() }),
  );
}
