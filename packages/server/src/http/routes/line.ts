import { lineRecordSchema } from '@longline/line';
import type { App, RouteContext } from '../App.ts';
import { knownDevice, sendJson } from '../App.ts';
import { answers, deviceParams } from '../shapes.ts';

/** `GET /api/v1/devices/:id/line`: how the line of one device is doing. */
export function lineRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices/:id/line',
    {
      schema: {
        summary: 'How the line to a device is doing: round trip, rates, backlogs and drops by lane, reconnects',
        tags: ['devices'],
        params: deviceParams,
        response: answers(lineRecordSchema),
      },
    },
    (request, reply) => sendJson(reply, knownDevice(context, request, request.params.id).view.line),
  );
}
