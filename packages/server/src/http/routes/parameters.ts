import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';
import { ageOf, knownDevice, sendJson } from '../App.ts';
import { sendCommand } from '../sendCommand.ts';
import { answers, commandShape, deviceParams } from '../shapes.ts';

const path = '/api/v1/devices/:id/parameters';
const parameterName = z.string().min(1).max(1024);

/** `GET /api/v1/devices/:id/parameters[?name=]`: the parameters' names, or one's value, asked from the robot now. */
export function parametersRoute(app: App, context: RouteContext): void {
  app.get(
    path,
    {
      schema: {
        summary: 'Names of the parameters, or with a name its value, asked from the robot now',
        tags: ['robot'],
        params: deviceParams,
        querystring: z.strictObject({ name: parameterName.optional() }),
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

/** `DELETE /api/v1/devices/:id/parameters?name=`: deletes one, with all below it. */
export function deleteParameterRoute(app: App, context: RouteContext): void {
  app.delete(
    path,
    {
      schema: {
        summary: 'Delete a parameter of the device, with all below it',
        tags: ['robot'],
        params: deviceParams,
        querystring: z.strictObject({ name: parameterName }),
        response: answers(commandShape),
      },
    },
    async (request, reply) => {
      const { device } = knownDevice(context, request, request.params.id);
      const { name } = request.query;
      const ageMs = ageOf(context, request);
      return sendCommand(reply, await device.command({ kind: 'deleteParameter', name }, { ageMs }));
    },
  );
}
