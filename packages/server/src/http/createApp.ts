import swagger from '@fastify/swagger';
import { fastify } from 'fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { parseJsonExact, stringifyExact } from '@longline/ros';
import type { Logger } from 'pino';
import type { Authenticator } from '../credentials/Authenticator.ts';
import { localAdministrator } from '../access/Principal.ts';
import { ServerError } from '../errors.ts';
import { findWebSocket } from '../gateway/webSocketRoutes.ts';
import type { Doorway } from '../transport/Doorway.ts';
import type { SecurityHeaders } from '../transport/securityHeaders.ts';
import type { App, RouteContext } from './App.ts';
import { addRoute } from './addRoute.ts';
import { sendJson } from './App.ts';
import { errorReply } from './errorReply.ts';
import { routeTable } from './routeTable.ts';
import { bearerScheme, ruledSchema } from './ruledSchema.ts';
import { validateRequest } from './validateRequest.ts';

/** What the HTTP application is given besides what its routes work on. */
export interface AppOptions {
  readonly doorway: Pick<Doorway, 'addressOf' | 'createServer' | 'guard' | 'headers' | 'requests'>;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly maxBodyBytes: number;
  readonly version: string;
  readonly log: Logger;
}

/** A refused request whose body is larger than this, in bytes, ends its connection: nobody reads it to the end. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** The HTTP doors, not listening yet. */
export async function createApp(context: RouteContext, options: AppOptions): Promise<App> {
  const sendError = (reply: FastifyReply, thrown: unknown): void => {
    const { status, error } = errorReply(thrown);
    if (status === 500) options.log.error({ err: thrown }, 'an HTTP request failed');
    const { code, message, details } = error;
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    if (code === 'TOO_MANY_REQUESTS' && typeof details['retryAfterMs'] === 'number') {
      void reply.header('retry-after', Math.ceil(details['retryAfterMs'] / 1000));
    }
    if (hasUnreadBody(reply.request)) void reply.header('connection', 'close');
    sendJson(reply, { code, message, details }, status);
  };
  const noHttp = noHttpAnswer(options.doorway.headers);
  const app = fastify({
    bodyLimit: options.maxBodyBytes,
    forceCloseConnections: true,
    serverFactory: options.doorway.createServer,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error, _request, reply) => {
      sendError(reply, error);
    },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(noHttp, () => socket.destroy());
    },
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validateRequest);
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
  app.decorateRequest('clientAddress', '');
  app.decorateRequest('principal', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    request.receivedMs = context.clock.monotonicMs();
    request.clientAddress = options.doorway.addressOf(request.raw);
    void reply.headers(options.doorway.headers);
    options.doorway.guard.checkHttp(request.method, request.raw);
    done();
  });
  // After it is known who asks, and before a body is read.
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    const { principal } = request;
    if (principal !== localAdministrator) {
      const retryAfterMs = options.doorway.requests.take(principal?.id ?? request.clientAddress, request.receivedMs);
      if (retryAfterMs > 0) throw tooManyRequests(retryAfterMs);
    }
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

/** The whole answer to what is no request, or was not finished in time. */
function noHttpAnswer(headers: SecurityHeaders): string {
  const message = 'This is not HTTP/1.1, or it was not finished within 10 s.';
  const body = stringifyExact({ code: 'REQUEST_INVALID', message, details: {} });
  return [
    'HTTP/1.1 400 Bad Request',
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}

/** Whether more of a request is still to come than is worth reading. */
function hasUnreadBody({ raw }: FastifyRequest): boolean {
  if (raw.complete) return false;
  const { 'content-length': bytes, 'transfer-encoding': encoding } = raw.headers;
  return encoding !== undefined || Number(bytes ?? 0) > MAX_UNREAD_BYTES;
}

const tooManyRequests = (retryAfterMs: number): ServerError =>
  new ServerError('TOO_MANY_REQUESTS', 'More requests a second came than one token or address may send. Send fewer.', {
    details: { retryAfterMs: Math.ceil(retryAfterMs) },
  });

function routeUnknown(method: string, path: string): ServerError {
  const { who, subprotocols = [] } = findWebSocket(path)?.route ?? {};
  const spoken = subprotocols.length === 0 ? '' : ` of the subprotocol ${subprotocols.join(' or ')}`;
  const help =
    who === undefined ? '/api/v1/openapi.json lists what there is.' : `It is for WebSockets${spoken}, of ${who}.`;
  return new ServerError('ROUTE_UNKNOWN', `There is no ${method} ${path.slice(0, 255)}. ${help}`);
}
