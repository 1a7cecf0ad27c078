import { replyError } from '@longline/line';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { StopOutcome } from '../../motion/StopOutcome.ts';
import type { App, RouteContext } from '../App.ts';
import { ageOf, knownDevice, sendJson } from '../App.ts';
import { fleetStopBody, stopBody, stopReleaseQuery, stopShape, stopsShape } from '../motionShapes.ts';
import { answers, deviceParams } from '../shapes.ts';
import { statusOf } from '../statusOf.ts';

const path = '/api/v1/devices/:id/stop';

/** `POST /api/v1/devices/:id/stop`: stops a device, whoever holds its lease. */
export function stopRoute(app: App, context: RouteContext): void {
  app.post(
    path,
    {
      schema: {
        summary: 'Stop a device, and keep it stopped until its lease holder releases it',
        description:
          'Needs no lease and never expires. Where the device is away, or has not connected yet, it is kept and comes first ' +
          'when the device does (202). It is not a safety-rated emergency stop.',
        tags: ['motion'],
        params: deviceParams,
        body: stopBody,
        response: { 202: stopShape, ...answers(stopShape) },
      },
    },
    async (request, reply) => {
      const device = context.fleetOf(request).device(request.params.id);
      sendOutcome(reply, await device.stop(request.body?.outputs));
    },
  );
}

/** `DELETE /api/v1/devices/:id/stop?token=&outputs=`: lets it move again. */
export function releaseStopRoute(app: App, context: RouteContext): void {
  app.delete(
    path,
    {
      schema: {
        summary: 'Let a stopped device move again; needs its lease',
        tags: ['motion'],
        params: deviceParams,
        querystring: stopReleaseQuery,
        response: answers(z.object({ device: z.string(), released: z.literal(true) })),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { token, outputs } = request.query;
      knownDevice(context, request, id);
      const answer = await context.requests.request({
        device: id,
        principal: context.principalOf(request),
        token,
        ageMs: ageOf(context, request),
        action: { kind: 'stop.release', ...(outputs === undefined ? {} : { outputs }) },
        payload: new Uint8Array(0),
      });
      if (answer.state !== 'done') throw replyError(answer);
      return sendJson(reply, { device: id, released: true });
    },
  );
}

/** `POST /api/v1/stop`: stops every device that matches. */
export function fleetStopRoute(app: App, context: RouteContext): void {
  app.post(
    '/api/v1/stop',
    {
      schema: {
        summary:
          'Stop every device whose ID matches, as `POST /api/v1/devices/ID/stop` does; says for each what is known',
        tags: ['motion'],
        body: fleetStopBody,
        response: answers(stopsShape),
      },
    },
    async (request, reply) => {
      const { devices, outputs } = request.body;
      return sendJson(reply, { outcomes: await context.fleetOf(request).stop(devices, { outputs }) });
    },
  );
}

function sendOutcome(reply: FastifyReply, outcome: StopOutcome): void {
  if (outcome.state !== 'refused') {
    sendJson(reply, outcome, outcome.state === 'stopped' ? 200 : 202);
    return;
  }
  const { code = 'REPLY_MISSING', message = 'The robot refused the stop.' } = outcome;
  sendJson(reply, { code, message, details: { stop: outcome } }, statusOf(code));
}
