import { z } from 'zod';
import type { App, RouteContext } from '../App.ts';

/** `GET /metrics`: counters and gauges in the text format of Prometheus. */
export function metricsRoute(app: App, { metrics }: RouteContext): void {
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Counters and gauges in the text format of Prometheus',
        tags: ['server'],
        produces: ['text/plain'],
        response: { 200: z.string() },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
