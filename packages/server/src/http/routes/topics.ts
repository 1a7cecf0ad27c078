import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { knownDevice, sendJson } from '../App.ts';
import { answers, deviceParams, topicShape } from '../shapes.ts';

/** `GET /api/v1/devices/:id/topics`: the topics known of a device. */
export function topicsRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices/:id/topics',
    {
      schema: {
        summary: 'The topics known of a device, those of an offline one too',
        tags: ['devices'],
        params: deviceParams,
        response: answers(z.object({ topics: z.array(topicShape) })),
      },
    },
    (request, reply) => sendJson(reply, { topics: knownDevice(context, request, request.params.id).device.channels() }),
  );
}
