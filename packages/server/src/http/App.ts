import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Clock } from '@longline/ros';
import { stringifyExact } from '@longline/ros';
import type { Registry } from 'prom-client';
import type { DeviceView } from '../access/DeviceView.ts';
import type { Principal } from '../access/Principal.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import type { Authenticator } from '../credentials/Authenticator.ts';
import type { DeviceTokens } from '../credentials/DeviceTokens.ts';
import type { RobotKeys } from '../credentials/RobotKeys.ts';
import type { Sessions } from '../credentials/Sessions.ts';
import type { Tokens } from '../credentials/Tokens.ts';
import type { Device } from '../fleet/Device.ts';
import type { Fleet } from '../fleet/Fleet.ts';
import type { Audit } from '../store/Audit.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** When its headers came, in milliseconds of the server's monotonic clock. */
    receivedMs: number;
    /** Whence it comes, also behind proxies. */
    clientAddress: string;
    /** Who asks; undefined on a route that is public. Set by {@link addRoute} alone. */
    principal: Principal | undefined;
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

/** What the routes work on. None of it shows anything of a robot but to somebody. */
export interface RouteContext {
  /** The fleet as who asks sees it, with what that one may do. */
  readonly fleetOf: (request: FastifyRequest) => Fleet;
  readonly audit: Audit;
  readonly requests: RobotRequests;
  readonly sessions: Sessions;
  readonly robotKeys: RobotKeys;
  readonly deviceTokens: DeviceTokens;
  /** Of this server, as robots sign it. */
  readonly serverName: string;
  /** Where people and robots reach this server, where that was said. */
  readonly publicUrl: string | undefined;
  readonly tokens: Tokens;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly isReady: () => boolean;
  /** Who asks. Throws on a route that is public. */
  readonly principalOf: (request: FastifyRequest) => Principal;
}

/** Who asks, on every route that is not public. */
export function principalOf({ principal, url }: FastifyRequest): Principal {
  if (principal === undefined) throw new Error(`nobody was asked who they are at ${url.split('?', 1)[0] ?? ''}`);
  return principal;
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

/** The device of a route, and what is known of it. Throws `DEVICE_ID_INVALID`, `DEVICE_UNKNOWN`. */
export function knownDevice(
  context: RouteContext,
  request: FastifyRequest,
  id: string,
): { readonly device: Device; readonly view: DeviceView } {
  const fleet = context.fleetOf(request);
  return { device: fleet.device(id), view: fleet.known(id) };
}

/** The device of a route, if it has ever connected or something is remembered of it. Throws as {@link knownDevice}. */
export function rememberedDevice(context: RouteContext, request: FastifyRequest, id: string): Device {
  const fleet = context.fleetOf(request);
  const device = fleet.device(id);
  if (device.commands({ limit: 1 }).length === 0) fleet.known(id);
  return device;
}
