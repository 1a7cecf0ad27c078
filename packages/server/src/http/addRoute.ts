import { parseDeviceId } from '@longline/line';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Role } from '../access/Principal.ts';
import { Rights } from '../access/Rights.ts';
import type { Authenticator } from '../credentials/Authenticator.ts';
import type { App, RouteContext } from './App.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. */
    rule?: RouteRule;
  }
}

/** Who may use a route; which robots and topics it shows is decided beyond, by what {@link RouteContext} gives. */
export interface RouteRule {
  /** The least role; `public`: nobody is asked who they are. */
  readonly access: 'public' | Role;
  /** It tells of the fleet as a whole: not for who sees some devices only. */
  readonly allDevices?: boolean;
}

/** A route with its rule. */
export interface RuledRoute extends RouteRule {
  readonly route: (app: App, context: RouteContext) => void;
}

const deviceParam = z.object({ id: z.string() });

/** Adds a route behind the door of its rule: who may not pass is refused before anything else of the request is looked at. */
export async function addRoute(
  app: App,
  context: RouteContext,
  authenticator: Pick<Authenticator, 'authenticate'>,
  { route, ...rule }: RuledRoute,
): Promise<void> {
  await app.register((scope: App, _options, done) => {
    scope.addHook('onRoute', (added) => {
      // The test of refusals walks over the document.
      if (added.schema === undefined || added.schema.hide === true) throw new Error(`${added.url} is not documented`);
      added.config = { ...added.config, rule };
    });
    scope.addHook('onRequest', (request, _reply, next) => {
      enter(request, rule, authenticator);
      next();
    });
    // A body may have taken long to come, and what its sender was let in by be over.
    scope.addHook('preHandler', (request, _reply, next) => {
      if (request.body !== undefined) enter(request, rule, authenticator);
      next();
    });
    route(scope, context);
    done();
  });
}

function enter(
  request: FastifyRequest,
  { access, allDevices = false }: RouteRule,
  authenticator: Pick<Authenticator, 'authenticate'>,
): void {
  if (access === 'public') return;
  const { headers, url, clientAddress: address, method, params, routeOptions } = request;
  const principal = authenticator.authenticate({ authorization: headers.authorization, url, address });
  const rights = Rights.of(principal);
  const what = `${method} ${routeOptions.url ?? ''}`;
  rights.checkRole(access, what);
  if (allDevices) rights.checkAllDevices(what);
  const { data } = deviceParam.safeParse(params);
  if (data !== undefined && what.includes('/devices/:id')) rights.checkDevice(parseDeviceId(data.id));
  request.principal = principal;
}
