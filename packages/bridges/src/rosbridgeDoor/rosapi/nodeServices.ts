import { servicesOf, topicsOf } from './RosapiGraph.ts';
import { nameArgument, rosapiService, withSlash } from './RosapiService.ts';
import type { RosapiService } from './RosapiService.ts';

/** rosapi's questions about nodes. */
export const nodeServices: Readonly<Record<string, RosapiService>> = {
  nodes: rosapiService('Nodes', {}, async (context) => ({ nodes: (await context.graph()).nodes })),
  node_details: rosapiService('NodeDetails', { node: nameArgument }, async (context, args) => {
    const { topics, services } = await context.graph();
    const node = withSlash(args.node);
    return {
      subscribing: topicsOf(topics, 'subscribers', node),
      publishing: topicsOf(topics, 'publishers', node),
      services: servicesOf(services, node),
    };
  }),
};
