import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Clock } from '@longline/ros';
import { stringifyExact } from '@longline/ros';
import type { Registry } from 'prom-client';
import { deviceUnknown } from '../errors.ts';
import type { Commands } from '../commands/Commands.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import type { Device } from '../fleet/Device.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { Fleet } from '../fleet/Fleet.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { Principal } from '../access/Principal.ts';
import type { Audit } from '../store/Audit.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** When its headers came, in milliseconds of the server's monotonic clock. */
    receivedMs: number;
  }
}

/** The HTTP application, its schemas read by zod. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes work on. */
export interface RouteContext {
  readonly state: FleetState;
  readonly fleet: Fleet;
  readonly commands: Commands;
  readonly audit: Audit;
  readonly requests: RobotRequests;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly isReady: () => boolean;
  /** Who asks. */
  readonly principalOf: (request: FastifyRequest) => Principal;
}

/** Answers with exact JSON: bigints as digits. */
export function sendJson(reply: FastifyReply, value: unknown, status = 200): void {
  sendJsonText(reply, stringifyExact(value), status);
}

export function sendJsonText(reply: FastifyReply, json: string, status = 200): void {
  void reply.code(status).type('application/json; charset=utf-8').header('cache-control', 'no-store').send(json);
}

/** How old a request is, in milliseconds: its body may have taken long to come. */
export const ageOf = ({ clock }: RouteContext, { receivedMs }: FastifyRequest): number =>
  clock.monotonicMs() - receivedMs;

/** The device of a route, if it has ever connected. Throws `DEVICE_ID_INVALID`, `DEVICE_UNKNOWN`. */
export function knownDevice(
  context: RouteContext,
  request: FastifyRequest,
  id: string,
): { readonly device: Device; readonly state: DeviceState } {
  const device = context.fleet.device(id, { principal: context.principalOf(request) });
  const state = context.state.device(id);
  if (state === undefined) throw deviceUnknown(id);
  return { device, state };
}

/** The device of a route, if it has ever connected or something is remembered of it. Throws as {@link knownDevice}. */
export function rememberedDevice(context: RouteContext, request: FastifyRequest, id: string): Device {
  const device = context.fleet.device(id, { principal: context.principalOf(request) });
  if (context.state.device(id) === undefined && device.commands({ limit: 1 }).length === 0) throw deviceUnknown(id);
  return device;
}
