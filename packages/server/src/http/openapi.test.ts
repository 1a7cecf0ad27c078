import { expect, test } from 'vitest';
import { z } from 'zod';
import { startTestServer } from '../testing/startTestServer.ts';

const content = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const documentSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        summary: z.string().min(1),
        tags: z.array(z.string()).min(1),
        parameters: z
          .array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional() }))
          .optional(),
        requestBody: z.looseObject({ content }).optional(),
        responses: z.record(z.string(), z.looseObject({ description: z.string(), content: content.optional() })),
      }),
    ),
  ),
});

async function apiDocument(url: string): Promise<z.infer<typeof documentSchema>> {
  const response = await fetch(`${url}/api/v1/openapi.json`);
  expect(response.status).toBe(200);
  return documentSchema.parse(await response.json());
}

test('the OpenAPI document lists every route, with its errors', async () => {
  const server = await startTestServer();
  const { paths } = await apiDocument(server.url);
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.sort()).toEqual(
    [
      'get /',
      'get /healthz',
      'get /readyz',
      'get /metrics',
      'get /api/v1/openapi.json',
      'get /api/v1/whoami',
      'post /api/v1/tickets',
      'get /api/v1/tokens',
      'post /api/v1/tokens',
      'put /api/v1/tokens/{name}',
      'delete /api/v1/tokens/{name}',
      'get /api/v1/devices',
      'get /api/v1/devices/{id}',
      'get /api/v1/devices/{id}/line',
      'get /api/v1/devices/{id}/topics',
      'get /api/v1/devices/{id}/latest',
      'get /api/v1/devices/{id}/standing',
      'put /api/v1/devices/{id}/standing',
      'delete /api/v1/devices/{id}/standing',
      'get /api/v1/devices/{id}/lease',
      'post /api/v1/devices/{id}/lease',
      'put /api/v1/devices/{id}/lease',
      'delete /api/v1/devices/{id}/lease',
      'post /api/v1/devices/{id}/stop',
      'delete /api/v1/devices/{id}/stop',
      'post /api/v1/stop',
      'get /api/v1/standing',
      'put /api/v1/standing',
      'delete /api/v1/standing',
      'get /api/v1/devices/{id}/commands',
      'post /api/v1/devices/{id}/commands',
      'get /api/v1/devices/{id}/commands/watch',
      'get /api/v1/devices/{id}/commands/{commandId}',
      'delete /api/v1/devices/{id}/commands/{commandId}',
      'post /api/v1/join',
      'post /api/v1/devices/{id}/join-token',
      'post /api/v1/devices/{id}/device-token',
      'delete /api/v1/devices/{id}/key',
      'get /api/v1/keys',
      'get /api/v1/audit',
      'get /api/v1/devices/{id}/graph',
      'get /api/v1/devices/{id}/services',
      'get /api/v1/devices/{id}/parameters',
      'delete /api/v1/devices/{id}/parameters',
    ].sort(),
  );
});

test('every path parameter is described, and every JSON answer has a schema, errors the one of all errors', async () => {
  const server = await startTestServer();
  const { openapi, paths } = await apiDocument(server.url);
  expect(openapi).toMatch(/^3\.1\./);
  for (const [path, methods] of Object.entries(paths)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters = [], responses } of Object.values(methods)) {
      const described = parameters.filter((each) => each.in === 'path' && each.required === true);
      expect(described.map(({ name }) => name).sort()).toEqual(inPath.sort());
      expect(Object.keys(responses)).toContain('200');
      if (path === '/' || path === '/metrics' || path.endsWith('/openapi.json')) continue;
      for (const status of ['4XX', '5XX']) {
        const error = responses[status]?.content?.['application/json']?.schema;
        expect(error, `${path} ${status}`).toMatchObject({ required: ['code', 'message', 'details'] });
      }
    }
  }
});

test('every $ref of the OpenAPI document leads somewhere', async () => {
  const server = await startTestServer();
  const document: unknown = await apiDocument(server.url);
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => ref ?? '');
  for (const ref of refs) {
    const steps = ref.replace(/^#\//, '').split('/');
    const target = steps.reduce<unknown>((at, step) => z.record(z.string(), z.unknown()).parse(at)[step], document);
    expect(target, ref).toBeDefined();
  }
});
