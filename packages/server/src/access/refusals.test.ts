import { expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '@longline/testing';
import type { RuledRoute } from '../http/addRoute.ts';
import { routeTable } from '../http/routeTable.ts';
import { askers, startAskedServer, strangers } from './Askers.fixture.ts';
import type { AskedServer, Asker } from './Askers.fixture.ts';

/** A route as the API's document has it. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly access: 'public' | 'viewer' | 'operator' | 'admin';
}

/** What a route needs besides its path, so that the request is a good one. */
const examples: Readonly<Record<string, { readonly query?: string; readonly body?: unknown }>> = {
  'get /api/v1/devices/{id}/latest': { query: 'topic=/t' },
  'put /api/v1/devices/{id}/standing': { query: 'topic=/t', body: { message: { data: 1 } } },
  'delete /api/v1/devices/{id}/standing': { query: 'topic=/t' },
  'delete /api/v1/devices/{id}/parameters': { query: 'name=/p' },
  'put /api/v1/standing': { query: 'topic=/t', body: { message: { data: 1 } } },
  'delete /api/v1/standing': { query: 'topic=/t' },
  'put /api/v1/devices/{id}/lease': { body: { token: 1, holdMs: 60_000 } },
  'delete /api/v1/devices/{id}/lease': { query: 'token=1' },
  'delete /api/v1/devices/{id}/stop': { query: 'token=1' },
  'post /api/v1/stop': { body: { devices: '*' } },
  'post /api/v1/devices/{id}/commands': { body: { kind: 'publish', topic: '/t', message: { data: 1 } } },
  'post /api/v1/tokens': { body: { name: 'another', role: 'viewer' } },
  'put /api/v1/tokens/{name}': { body: { role: 'viewer' } },
  'post /api/v1/join': { body: { token: 'lj_', publicKey: 'no key', signature: 'none' } },
};

/** The codes that say that somebody may not. */
const refusals = [...strangers.values(), 'FORBIDDEN', 'DEVICE_UNKNOWN', 'TOKEN_UNKNOWN', 'TICKET_UNKNOWN'];

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ 'x-longline-access': z.enum(['public', 'viewer', 'operator', 'admin']) })),
  ),
});

/** Every route that the server has, with its rule. */
async function routesOf({ locked }: AskedServer): Promise<Route[]> {
  const response = await fetch(`${locked.server.url}/api/v1/openapi.json`);
  const { paths } = documentSchema.parse(await response.json());
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, access: operation['x-longline-access'] })),
  );
}

/** The answer to a good request: `let in`, or the refusal, and all of its text. */
async function ask(
  server: AskedServer,
  { method, path }: Route,
  asker: Asker,
): Promise<{ said: string; text: string }> {
  const { query, body } = examples[`${method} ${path}`] ?? {};
  const filled = path.replace('{id}', 'r1').replace('{commandId}', 'c1').replace('{name}', 'somebody');
  const token = server.tokenOf(asker);
  const left = new AbortController();
  const response = await fetch(server.locked.server.url + filled + (query === undefined ? '' : `?${query}`), {
    method: method.toUpperCase(),
    signal: left.signal,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { status, headers } = response;
  if (headers.get('content-type')?.startsWith('application/x-ndjson') === true) {
    left.abort();
    return { said: 'let in', text: '' };
  }
  const text = await response.text();
  if (status < 400) return { said: 'let in', text };
  const { code } = z.looseObject({ code: z.string() }).parse(JSON.parse(text === '' ? '{"code":""}' : text));
  const isRefused = refusals.includes(code) || code === '';
  if (code === 'REQUEST_INVALID') return { said: 'give this route an example of a good request', text };
  return { said: isRefused ? `${status} ${code}`.trim() : 'let in', text };
}

/** The refusal that the document promises, or `let in`. */
function promised({ access, path }: Route, asker: Asker): string {
  if (access === 'public') return 'let in';
  const code = strangers.get(asker);
  if (code !== undefined) return `401 ${code}`;
  const isRoleEnough =
    access === 'viewer' || asker === 'an administrator' || (access === 'operator' && asker !== 'a viewer');
  if (!isRoleEnough) return '403 FORBIDDEN';
  if (asker !== 'an operator of other devices') return 'let in';
  if (path.includes('/devices/{id}')) return '404 DEVICE_UNKNOWN';
  return path === '/metrics' ? '403 FORBIDDEN' : 'let in';
}

const nameOf = ({ method, path, access }: Route): string => `${method} ${path} (${access})`;

test.each(askers)(
  'every HTTP route answers %s as the document says, and no refused request reaches the robot',
  async (asker) => {
    const server = await startAskedServer();
    await server.locked.add('somebody', { role: 'viewer' });
    await waitFor(() => server.locked.server.fleet.device('r1').latest('/t'));
    const routes = await routesOf(server);
    expect(routes.length).toBeGreaterThan(40);
    const said: string[] = [];
    for (const route of routes) {
      const { said: answer, text } = await ask(server, route, asker);
      said.push(`${nameOf(route)}: ${answer}`);
      if (asker === 'an operator of other devices' && answer === 'let in' && route.access !== 'public')
        expect(text, nameOf(route)).not.toMatch(/\br1\b/);
    }
    expect(said).toEqual(routes.map((route) => `${nameOf(route)}: ${promised(route, asker)}`));
    const asked = server.robot.requests.items.map(({ request }) => request.action.kind);
    if (asker === 'a viewer') expect(new Set(asked)).toEqual(new Set(['graph', 'parameter.list']));
    else if (asker === 'an operator' || asker === 'an administrator') expect(asked).toContain('publish');
    else expect(asked).toEqual([]);
  },
);

test('a HEAD request is ruled as the GET that it stands for', async () => {
  const server = await startAskedServer();
  for (const route of await routesOf(server)) {
    if (route.method !== 'get' || route.access === 'public') continue;
    const { said } = await ask(server, { ...route, method: 'head' }, 'nobody');
    expect(said, nameOf(route)).toBe('401');
  }
});

test('a device that one may not see is answered exactly as one that never connected', async () => {
  const server = await startAskedServer();
  for (const route of await routesOf(server)) {
    if (!route.path.includes('/devices/{id}')) continue;
    const { text: unseen } = await ask(server, route, 'an operator of other devices');
    const { text: absent } = await ask(
      server,
      { ...route, path: route.path.replace('{id}', 'r9') },
      'an operator of other devices',
    );
    expect(absent.replaceAll('r9', 'r1'), nameOf(route)).toBe(unseen);
  }
});

test('a route without a rule is a type error', () => {
  // @ts-expect-error It says nothing of who may use it.
  const unruled: RuledRoute = { route: () => undefined };
  expect(routeTable).not.toContain(unruled);
});
