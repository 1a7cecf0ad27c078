import { replyError } from '@longline/line';
import type { Action } from '@longline/line';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DEFAULT_HOLD_MS } from '../../motion/DeviceLease.ts';
import { confirmedLease } from '../../motion/leaseReply.ts';
import type { App, RouteContext } from '../App.ts';
import { ageOf, knownDevice, sendJson } from '../App.ts';
import { leaseRenewBody, leaseShape, leaseTakeBody, presentLeaseShape, tokenQuery } from '../motionShapes.ts';
import { answers, deviceParams } from '../shapes.ts';

const path = '/api/v1/devices/:id/lease';

/** `POST /api/v1/devices/:id/lease`: takes the lease. */
export function takeLeaseRoute(app: App, context: RouteContext): void {
  app.post(
    path,
    {
      schema: {
        summary: 'Take the lease of a device: nobody else moves it then',
        description:
          'Answers when the robot has confirmed it. Renew it before its hold has run out. It ends with the line of the robot.',
        tags: ['motion'],
        params: deviceParams,
        body: leaseTakeBody,
        response: answers(leaseShape),
      },
    },
    async (request, reply) => {
      const { holdMs, takeOver } = request.body ?? { holdMs: DEFAULT_HOLD_MS, takeOver: false };
      const { id } = request.params;
      const held = await ask(context, request, {
        device: id,
        action: { kind: 'lease.take', holdMs, takeOver },
        holdMs,
      });
      return sendJson(reply, held);
    },
  );
}

/** `PUT /api/v1/devices/:id/lease`: renews it. */
export function renewLeaseRoute(app: App, context: RouteContext): void {
  app.put(
    path,
    {
      schema: {
        summary: 'Renew the lease of a device: it lasts for its hold from now',
        tags: ['motion'],
        params: deviceParams,
        body: leaseRenewBody,
        response: answers(leaseShape),
      },
    },
    async (request, reply) => {
      const { holdMs, token } = request.body;
      const { id } = request.params;
      const held = await ask(context, request, { device: id, action: { kind: 'lease.renew', holdMs }, token, holdMs });
      return sendJson(reply, held);
    },
  );
}

/** `DELETE /api/v1/devices/:id/lease?token=`: gives it back. */
export function releaseLeaseRoute(app: App, context: RouteContext): void {
  app.delete(
    path,
    {
      schema: {
        summary: 'Give the lease of a device back; what moved under it stops',
        tags: ['motion'],
        params: deviceParams,
        querystring: tokenQuery,
        response: answers(z.object({ device: z.string(), held: z.literal(false) })),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await ask(context, request, { device: id, action: { kind: 'lease.release' }, token: request.query.token });
      return sendJson(reply, { device: id, held: false });
    },
  );
}

/** `GET /api/v1/devices/:id/lease`: who holds it. */
export function getLeaseRoute(app: App, context: RouteContext): void {
  app.get(
    path,
    {
      schema: {
        summary: 'Who holds the lease of a device',
        tags: ['motion'],
        params: deviceParams,
        response: answers(presentLeaseShape),
      },
    },
    (request, reply) => {
      const { device } = knownDevice(context, request, request.params.id);
      const lease = context.requests.leaseOf({ device: device.id, principal: context.principalOf(request) });
      if (lease === undefined) return sendJson(reply, { device: device.id, held: false });
      const { token, principal, sinceMs } = lease.identity;
      return sendJson(reply, {
        device: device.id,
        held: true,
        token,
        holder: principal.name,
        since: new Date(sinceMs).toISOString(),
        remainingMs: Math.max(0, Math.round(lease.untilMs - context.clock.monotonicMs())),
      });
    },
  );
}

/** Asks, and gives the lease as the robot confirmed it. */
async function ask(
  context: RouteContext,
  request: FastifyRequest,
  word: { readonly device: string; readonly action: Action; readonly token?: number; readonly holdMs?: number },
): Promise<z.infer<typeof leaseShape>> {
  const { device, action, token = 0, holdMs = 0 } = word;
  knownDevice(context, request, device);
  const principal = context.principalOf(request);
  const ageMs = ageOf(context, request);
  const payload = new Uint8Array(0);
  const reply = await context.requests.request({ device, principal, token, ageMs, action, payload });
  if (reply.state !== 'done') throw replyError(reply);
  const confirmed = confirmedLease(reply, holdMs);
  return { device, token: confirmed.token ?? token, holder: principal.name, holdMs: confirmed.holdMs };
}
