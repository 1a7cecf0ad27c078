import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import type { App, RouteContext } from '../App.ts';
import { ageOf, knownDevice, sendJson } from '../App.ts';
import { sendCommand } from '../sendCommand.ts';
import {
  answers,
  commandShape,
  deviceParams,
  optionalTopicQuery,
  standingBody,
  standingShape,
  topicQuery,
} from '../shapes.ts';

const path = '/api/v1/devices/:id/standing';

/** `PUT /api/v1/devices/:id/standing?topic=`: sets, or renews, what is to be repeated. */
export function setStandingRoute(app: App, context: RouteContext): void {
  app.put(
    path,
    {
      schema: {
        summary: 'Repeat a message on a topic of the device while it is held',
        description:
          'Set it again before the hold runs out to renew it. On topics that move the robot it ends with the line.',
        tags: ['standing'],
        params: deviceParams,
        querystring: topicQuery,
        body: standingBody,
        response: answers(commandShape),
      },
    },
    async (request, reply) => {
      const { device } = knownDevice(context, request, request.params.id);
      const { deadlineMs, token, ...spec } = request.body;
      return sendCommand(
        reply,
        await device.setStanding({ ...spec, ...request.query }, { ageMs: ageOf(context, request), deadlineMs, token }),
      );
    },
  );
}

/** `DELETE /api/v1/devices/:id/standing?topic=`: ends it. */
export function endStandingRoute(app: App, context: RouteContext): void {
  app.delete(
    path,
    {
      schema: {
        summary: 'End what is repeated on a topic of the device',
        tags: ['standing'],
        params: deviceParams,
        querystring: topicQuery,
        response: answers(commandShape),
      },
    },
    async (request, reply) => {
      const { device } = knownDevice(context, request, request.params.id);
      return sendCommand(reply, await device.endStanding(request.query.topic));
    },
  );
}

/** `GET /api/v1/devices/:id/standing[?topic=]`: what is held. */
export function getStandingRoute(app: App, context: RouteContext): void {
  app.get(
    path,
    {
      schema: {
        summary: 'What is repeated on the device, on all topics or on one',
        tags: ['standing'],
        params: deviceParams,
        querystring: optionalTopicQuery,
        response: answers(z.union([standingShape, z.object({ standing: z.array(standingShape) })])),
      },
    },
    (request, reply) => {
      const { device } = knownDevice(context, request, request.params.id);
      const { topic } = request.query;
      const standing = device.standing();
      if (topic === undefined) return sendJson(reply, { standing });
      const one = standing.find((each) => each.topic === topic);
      if (one !== undefined) return sendJson(reply, one);
      throw new ServerError('STANDING_UNKNOWN', `Nothing is held on ${topic} of device ${device.id}. PUT sets it.`, {
        details: { device: device.id, topic },
      });
    },
  );
}
