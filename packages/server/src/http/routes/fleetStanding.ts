import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { ageOf, sendJson } from '../App.ts';
import { answers, outcomesShape, standingBody, standingShape, topicQuery } from '../shapes.ts';

const path = '/api/v1/standing';

/** `PUT /api/v1/standing?topic=`: sets, or renews, a standing command on all devices that are online. */
export function setFleetStandingRoute(app: App, context: RouteContext): void {
  app.put(
    path,
    {
      schema: {
        summary: 'Repeat a message on a topic of every device that is online now',
        tags: ['standing'],
        querystring: topicQuery,
        // A lease is of one device.
        body: standingBody.omit({ token: true }),
        response: answers(outcomesShape),
      },
    },
    async (request, reply) => {
      const { deadlineMs, ...spec } = request.body;
      const options = { ageMs: ageOf(context, request), deadlineMs };
      return sendJson(reply, {
        outcomes: await context.fleetOf(request).setStanding({ ...spec, ...request.query }, options),
      });
    },
  );
}

/** `DELETE /api/v1/standing?topic=`: ends it on all devices that are online. */
export function endFleetStandingRoute(app: App, context: RouteContext): void {
  app.delete(
    path,
    {
      schema: {
        summary: 'End what is repeated on a topic of every device that is online now',
        tags: ['standing'],
        querystring: topicQuery,
        response: answers(outcomesShape),
      },
    },
    async (request, reply) => {
      return sendJson(reply, { outcomes: await context.fleetOf(request).endStanding(request.query.topic) });
    },
  );
}

/** `GET /api/v1/standing`: what is held on all devices. */
export function getFleetStandingRoute(app: App, context: RouteContext): void {
  app.get(
    path,
    {
      schema: {
        summary: 'What is repeated on all devices',
        tags: ['standing'],
        response: answers(z.object({ standing: z.array(standingShape) })),
      },
    },
    (request, reply) => {
      return sendJson(reply, { standing: context.fleetOf(request).standing() });
    },
  );
}
