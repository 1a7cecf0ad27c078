import { z } from 'zod';
import { everything } from '../../access/Principal.ts';
import type { Scope } from '../../access/Principal.ts';
import type { TokenRecord } from '../../credentials/CredentialStore.ts';
import { ServerError } from '../../errors.ts';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers } from '../shapes.ts';
import { expiresInMs, role, scopeFields, tokenShape } from '../tokenShapes.ts';

const path = '/api/v1/tokens';
/** A token is good for so long where its maker says nothing: 90 days, in milliseconds. */
const DEFAULT_EXPIRY_MS = 90 * 86_400_000;
const nameParams = z.object({ name: z.string().min(1).max(64).describe('Name of the token') });
const tags = ['access'];

/** `GET /api/v1/tokens`: who may what. */
export function tokensRoute(app: App, context: RouteContext): void {
  app.get(
    path,
    {
      schema: {
        summary: 'The tokens of people and programs, without the tokens themselves',
        tags,
        response: answers(z.object({ tokens: z.array(tokenShape) })),
      },
    },
    (request, reply) => {
      const tokens = context.tokens.list(context.principalOf(request));
      sendJson(reply, { tokens: tokens.map((token) => shown(context, token)) });
    },
  );
}

/** `POST /api/v1/tokens`: makes one. */
export function addTokenRoute(app: App, context: RouteContext): void {
  app.post(
    path,
    {
      schema: {
        summary: 'Make a token; the answer is the only place where it is shown',
        tags,
        body: z.strictObject({
          name: z.string().max(64).describe('1 to 64 letters, digits and . _ @ -'),
          role,
          ...scopeFields,
          expiresInMs: expiresInMs.default(DEFAULT_EXPIRY_MS),
        }),
        response: answers(tokenShape.extend({ token: z.string() })),
      },
    },
    (request, reply) => {
      const { name, role, expiresInMs: inMs, ...limits } = request.body;
      if (!context.authenticator.isLocked) throw notLocked();
      const spec = { name, role, scope: { ...everything, ...given(limits) }, expiresMs: instantIn(context, inMs) };
      const { token, record } = context.tokens.add(context.principalOf(request), spec);
      sendJson(reply, { ...shown(context, record), token });
    },
  );
}

/** `PUT /api/v1/tokens/:name`: changes what it is for. */
export function changeTokenRoute(app: App, context: RouteContext): void {
  app.put(
    `${path}/:name`,
    {
      schema: {
        summary: 'Change what a token is for; what is left out stays',
        description: 'Its connections begin anew under the new rights; what those do not allow ends.',
        tags,
        params: nameParams,
        body: z.strictObject({ role: role.optional(), ...scopeFields, expiresInMs: expiresInMs.optional() }),
        response: answers(tokenShape),
      },
    },
    (request, reply) => {
      const { role, expiresInMs: inMs, ...limits } = request.body;
      const scope = given(limits);
      const record = context.tokens.change(context.principalOf(request), request.params.name, {
        role,
        scope: Object.keys(scope).length === 0 ? undefined : scope,
        ...(inMs === undefined ? {} : { expiresMs: instantIn(context, inMs) }),
      });
      sendJson(reply, shown(context, record));
    },
  );
}

/** `DELETE /api/v1/tokens/:name`: revokes it. */
export function revokeTokenRoute(app: App, context: RouteContext): void {
  app.delete(
    `${path}/:name`,
    {
      schema: {
        summary: 'Revoke a token: its connections end at once, and the robots that it moves stop',
        tags,
        params: nameParams,
        response: answers(z.object({ name: z.string(), revoked: z.literal(true) })),
      },
    },
    (request, reply) => {
      const { name } = context.tokens.revoke(context.principalOf(request), request.params.name);
      sendJson(reply, { name, revoked: true });
    },
  );
}

const notLocked = (): ServerError =>
  new ServerError(
    'REQUEST_INVALID',
    'This server is not locked: it asks nobody for a token. "longline init --data DIR" locks it, and a restart.',
  );

const given = (limits: { [Part in keyof Scope]?: Scope[Part] | undefined }): Partial<Scope> => {
  const { devices, read, write } = limits;
  return { ...(devices && { devices }), ...(read && { read }), ...(write && { write }) };
};

const instantIn = ({ clock }: RouteContext, inMs: number | null): number | undefined =>
  inMs === null ? undefined : Number(clock.wallNs() / 1_000_000n) + inMs;

const shown = (
  { sessions }: RouteContext,
  { id, name, role, scope, expiresMs, createdMs, createdBy }: TokenRecord,
): z.infer<typeof tokenShape> => ({
  name,
  role,
  devices: [...scope.devices],
  read: [...scope.read],
  write: [...scope.write],
  expires: expiresMs === undefined ? null : new Date(expiresMs).toISOString(),
  created: new Date(createdMs).toISOString(),
  createdBy,
  connections: sessions.countOf(id),
});
