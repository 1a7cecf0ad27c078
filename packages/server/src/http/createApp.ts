import swagger from '@fastify/swagger';
import { fastify } from 'fastify';
import type { FastifyReply } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { subprotocols } from '@longline/line';
import { parseJsonExact, stringifyExact } from '@longline/ros';
import type { Logger } from 'pino';
import type { Authenticator } from '../credentials/Authenticator.ts';
import { ServerError } from '../errors.ts';
import { linePath, livePath } from '../gateway/linePaths.ts';
import type { OriginGuard } from '../gateway/OriginGuard.ts';
import type { App, RouteContext } from './App.ts';
import { addRoute } from './addRoute.ts';
import { sendJson } from './App.ts';
import { errorReply } from './errorReply.ts';
import { routeTable } from './routeTable.ts';
import { bearerScheme, ruledSchema } from './ruledSchema.ts';

/** What the HTTP application is given besides what its routes work on. */
export interface AppOptions {
  readonly guard: OriginGuard;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly maxBodyBytes: number;
  readonly version: string;
  readonly log: Logger;
}

/** So long a client may take to send its request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP doors, not listening yet. */
export async function createApp(context: RouteContext, options: AppOptions): Promise<App> {
  const sendError = (reply: FastifyReply, thrown: unknown): void => {
    const { status, error } = errorReply(thrown);
    if (status === 500) options.log.error({ err: thrown }, 'an HTTP request failed');
    const { code, message, details } = error;
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    sendJson(reply, { code, message, details }, status);
  };
  const app = fastify({
    bodyLimit: options.maxBodyBytes,
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error, _request, reply) => {
      sendError(reply, error);
    },
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      const body = stringifyExact({ code: 'REQUEST_INVALID', message: 'This is not HTTP/1.1.', details: {} });
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    },
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeAllContentTypeParsers();
  // Integers beyond 2^53 must keep their digits.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJsonExact(body.toString()));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      done(new ServerError('REQUEST_INVALID', `The body cannot be read. ${why}`, { cause: error }));
    }
  });
  app.decorateRequest('receivedMs', 0);
  app.decorateRequest('principal', undefined);
  app.addHook('onRequest', (request, _reply, done) => {
    request.receivedMs = context.clock.monotonicMs();
    options.guard.checkHttp(request.method, request.headers);
    done();
  });
  app.setErrorHandler((error, _request, reply) => {
    sendError(reply, error);
  });
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, routeUnknown(request.method, request.url.split('?', 1)[0] ?? '')),
  );
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Longline',
        description: 'ROS robots over outbound lines: what they send, and commands back. All errors have one format.',
        version: options.version,
      },
      components: { securitySchemes: { token: bearerScheme } },
    },
    transform: ruledSchema,
  });
  let isRuled = false;
  app.addHook('onRoute', ({ method, url }) => {
    if (!isRuled) throw new Error(`${String(method)} ${url} has no rule: add it to routeTable.ts`);
  });
  for (const route of routeTable) {
    isRuled = true;
    await addRoute(app, context, options.authenticator, route);
    isRuled = false;
  }
  return app;
}

function routeUnknown(method: string, path: string): ServerError {
  const help =
    path === linePath || path === livePath
      ? `It is for WebSockets of the subprotocol ${subprotocols.join(' or ')}.`
      : '/api/v1/openapi.json lists what there is.';
  return new ServerError('ROUTE_UNKNOWN', `There is no ${method} ${path.slice(0, 255)}. ${help}`);
}
