import { z } from 'zod';
import { commandUnknown } from '../../commands/commandErrors.ts';
import type { App, RouteContext } from '../App.ts';
import { ageOf, knownDevice, rememberedDevice, sendJson } from '../App.ts';
import { leaving } from '../leaving.ts';
import { sendCommand } from '../sendCommand.ts';
import { followLines } from '../sendLines.ts';
import { answers, commandBody, commandListQuery, commandShape, deviceParams } from '../shapes.ts';

const path = '/api/v1/devices/:id/commands';
const oneCommandParams = deviceParams.extend({ commandId: z.string() });

/** `POST /api/v1/devices/:id/commands`: does something once. */
export function commandRoute(app: App, context: RouteContext): void {
  app.post(
    path,
    {
      schema: {
        summary: 'Publish a message, call a service, set or delete a parameter, once',
        description:
          'Answers when it has ended, or earlier as `waitFor` says. An absent robot refuses at once, or with ' +
          '`whenOffline: wait` has it when it is back within the deadline.',
        tags: ['commands'],
        params: deviceParams,
        body: commandBody,
        response: { 202: commandShape, ...answers(commandShape) },
      },
    },
    async (request, reply) => {
      const { device } = knownDevice(context, request, request.params.id);
      const { id, deadlineMs, waitFor, whenOffline, token, sequence, ...spec } = request.body;
      const ageMs = ageOf(context, request);
      return sendCommand(
        reply,
        await device.command(spec, { id, ageMs, deadlineMs, waitFor, whenOffline, token, sequence }),
      );
    },
  );
}

/** `GET /api/v1/devices/:id/commands`: the commands remembered. */
export function commandListRoute(app: App, context: RouteContext): void {
  app.get(
    path,
    {
      schema: {
        summary: 'The commands of a device that are remembered, newest first',
        tags: ['commands'],
        params: deviceParams,
        querystring: commandListQuery,
        response: answers(z.object({ commands: z.array(commandShape) })),
      },
    },
    (request, reply) =>
      sendJson(reply, {
        commands: rememberedDevice(context, request, request.params.id).commands(request.query),
      }),
  );
}

/** `GET /api/v1/devices/:id/commands/watch`: each transition of the device's commands, as it happens. */
export function commandWatchRoute(app: App, context: RouteContext): void {
  app.get(
    `${path}/watch`,
    {
      schema: {
        summary:
          'Each command of a device after each of its transitions, from now on: one JSON text a line, without end',
        description:
          'Empty lines come between to keep the connection. A reader that is too slow loses the oldest changes.',
        tags: ['commands'],
        params: deviceParams,
        response: answers(commandShape),
      },
    },
    (request, reply) => {
      const device = rememberedDevice(context, request, request.params.id);
      followLines(reply, context.clock, leaving(context, request, reply), (signal) => device.watchCommands({ signal }));
    },
  );
}

/** `GET /api/v1/devices/:id/commands/:commandId`: one command. */
export function oneCommandRoute(app: App, context: RouteContext): void {
  app.get(
    `${path}/:commandId`,
    {
      schema: {
        summary: 'One command and what became of it',
        tags: ['commands'],
        params: oneCommandParams,
        response: answers(commandShape),
      },
    },
    (request, reply) => {
      const { id, commandId } = request.params;
      const command = rememberedDevice(context, request, id).findCommand(commandId);
      if (command === undefined) throw commandUnknown(id, commandId);
      sendJson(reply, command);
    },
  );
}

/** `DELETE /api/v1/devices/:id/commands/:commandId`: takes back a command that waits for its device. */
export function cancelCommandRoute(app: App, context: RouteContext): void {
  app.delete(
    `${path}/:commandId`,
    {
      schema: {
        summary: 'Take back a command that waits for its device',
        tags: ['commands'],
        params: oneCommandParams,
        response: answers(commandShape),
      },
    },
    (request, reply) => {
      const { id, commandId } = request.params;
      sendJson(reply, rememberedDevice(context, request, id).cancelCommand(commandId));
    },
  );
}
