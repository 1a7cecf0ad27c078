import { nameArgument, rosapiService } from './RosapiService.ts';
import type { RosapiService } from './RosapiService.ts';
import { typeDefs } from './typeDefs.ts';

/** rosapi's questions about types. */
export const typeServices: Readonly<Record<string, RosapiService>> = {
  message_details: rosapiService('MessageDetails', { type: nameArgument }, async ({ reader }, { type }) => ({
    typedefs: typeDefs(await reader.graphView.messageSchema(type)),
  })),
  service_request_details: rosapiService('ServiceRequestDetails', { type: nameArgument }, async ({ reader }, args) => ({
    typedefs: typeDefs((await reader.graphView.serviceSchemaOf(args.type)).request),
  })),
  service_response_details: rosapiService(
    'ServiceResponseDetails',
    { type: nameArgument },
    async ({ reader }, args) => ({
      typedefs: typeDefs((await reader.graphView.serviceSchemaOf(args.type)).response),
    }),
  ),
  interfaces: rosapiService('Interfaces', {}, async (context) => {
    const { topics, services } = await context.graph();
    const types = new Set([...topics, ...services].map(({ type }) => type).filter((type) => type !== ''));
    return { interfaces: [...types].sort() };
  }),
};
