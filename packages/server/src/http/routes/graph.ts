import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { knownDevice, sendJson } from '../App.ts';
import { answers, deviceParams } from '../shapes.ts';

const names = z.array(z.string());
const serviceShape = z.object({ name: z.string(), type: z.string(), providers: names });

/** `GET /api/v1/devices/:id/graph`: the ROS graph of the robot, asked from it now. */
export function graphRoute(app: App, context: RouteContext): void {
  const shape = z.object({
    rosVersion: z.number(),
    topics: z.array(z.object({ name: z.string(), type: z.string(), publishers: names, subscribers: names })),
    services: z.array(serviceShape),
  });
  app.get(
    '/api/v1/devices/:id/graph',
    {
      schema: {
        summary: 'Topics, nodes and services of the robot, asked from it now',
        tags: ['robot'],
        params: deviceParams,
        response: answers(shape),
      },
    },
    async (request, reply) => sendJson(reply, await knownDevice(context, request, request.params.id).device.snapshot()),
  );
}

/** `GET /api/v1/devices/:id/services`: the services of the robot, asked from it now. */
export function servicesRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices/:id/services',
    {
      schema: {
        summary: 'Services of the robot, asked from it now',
        tags: ['robot'],
        params: deviceParams,
        response: answers(z.object({ services: z.array(serviceShape) })),
      },
    },
    async (request, reply) => {
      const { services } = await knownDevice(context, request, request.params.id).device.snapshot();
      return sendJson(reply, { services });
    },
  );
}
