import type { App, RouteContext } from '../App.ts';
import { knownDevice, sendJson } from '../App.ts';
import { answers, deviceParams, deviceShape } from '../shapes.ts';

/** `GET /api/v1/devices/:id`: one device. */
export function deviceRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices/:id',
    { schema: { summary: 'One device', tags: ['devices'], params: deviceParams, response: answers(deviceShape) } },
    (request, reply) => sendJson(reply, knownDevice(context, request, request.params.id).view.info),
  );
}
