import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { knownDevice, sendJson } from '../App.ts';
import { answers, deviceParams } from '../shapes.ts';

/** `GET /api/v1/devices/:id/parameters[?name=]`: the parameters' names, or one's value, asked from the robot now. */
export function parametersRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices/:id/parameters',
    {
      schema: {
        summary: 'Names of the parameters, or with a name its value, asked from the robot now',
        tags: ['robot'],
        params: deviceParams,
        querystring: z.strictObject({ name: z.string().min(1).max(1024).optional() }),
        response: answers(
          z.union([z.object({ names: z.array(z.string()) }), z.object({ name: z.string(), value: z.unknown() })]),
        ),
      },
    },
    async (request, reply) => {
      const { device } = knownDevice(context, request, request.params.id);
      const { name } = request.query;
      if (name === undefined) return sendJson(reply, { names: await device.listParameters() });
      return sendJson(reply, { name, value: await device.getParameter(name) });
    },
  );
}
