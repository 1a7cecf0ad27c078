import { z } from 'zod';
import { commandInfo } from '../../commands/CommandInfo.ts';
import { commandAction } from '../../commands/CommandSpec.ts';
import { ServerError } from '../../errors.ts';
import type { App, RouteContext } from '../App.ts';
import { ageOf, knownDevice, sendJson } from '../App.ts';
import { sendCommand } from '../sendCommand.ts';
import { answers, commandBody, commandShape, deviceParams } from '../shapes.ts';

/** `POST /api/v1/devices/:id/commands`: does something once. */
export function commandRoute(app: App, context: RouteContext): void {
  app.post(
    '/api/v1/devices/:id/commands',
    {
      schema: {
        summary: 'Publish a message, call a service, or set a parameter, once',
        description:
          'Answers when the robot has, or at once with `waitFor: accepted`. Nothing is queued for an absent robot.',
        tags: ['commands'],
        params: deviceParams,
        body: commandBody,
        response: { 202: commandShape, ...answers(commandShape) },
      },
    },
    async (request, reply) => {
      const { id: device } = request.params;
      knownDevice(context, request, device);
      const { id, deadlineMs, waitFor, ...spec } = request.body;
      const command = context.requests.submit({
        ...commandAction(spec),
        device,
        principal: context.principalOf(request),
        id,
        ageMs: ageOf(context, request),
        deadlineMs,
      });
      if (waitFor === 'accepted') return sendCommand(reply, commandInfo(command.record));
      const { payload } = await command.finished();
      return sendCommand(reply, commandInfo(command.record, payload));
    },
  );
}

/** `GET /api/v1/devices/:id/commands`: the commands remembered. */
export function commandListRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices/:id/commands',
    {
      schema: {
        summary: 'The commands of a device that are remembered, newest first',
        tags: ['commands'],
        params: deviceParams,
        response: answers(z.object({ commands: z.array(commandShape) })),
      },
    },
    (request, reply) =>
      sendJson(reply, { commands: knownDevice(context, request, request.params.id).device.commands() }),
  );
}

/** `GET /api/v1/devices/:id/commands/:commandId`: one command. */
export function oneCommandRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices/:id/commands/:commandId',
    {
      schema: {
        summary: 'One command and what became of it',
        tags: ['commands'],
        params: deviceParams.extend({ commandId: z.string() }),
        response: answers(commandShape),
      },
    },
    (request, reply) => {
      const { id, commandId } = request.params;
      knownDevice(context, request, id);
      const command = context.commands.find(id, commandId);
      if (command !== undefined) return sendJson(reply, commandInfo(command));
      throw new ServerError(
        'COMMAND_UNKNOWN',
        `Device ${id} has no command ${commandId} here: it was never taken, or is too old to be remembered.`,
        { details: { device: id, command: commandId } },
      );
    },
  );
}
