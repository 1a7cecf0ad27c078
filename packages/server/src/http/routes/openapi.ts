import type { App } from '../App.ts';
import { sendJson } from '../App.ts';

/** `GET /api/v1/openapi.json`: this API, described. */
export function openapiRoute(app: App): void {
  app.get(
    '/api/v1/openapi.json',
    { schema: { summary: 'This API, as an OpenAPI 3 document', tags: ['server'] } },
    (_request, reply) => sendJson(reply, app.swagger()),
  );
}
