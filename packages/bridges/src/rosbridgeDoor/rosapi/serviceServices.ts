import { sameService } from '../GraphView.ts';
import { nameArgument, rosapiService, withSlash } from './RosapiService.ts';
import type { RosapiContext, RosapiService } from './RosapiService.ts';

async function servicesOfType(context: RosapiContext, type: string): Promise<string[]> {
  const { services } = await context.graph();
  const types = await context.reader.graphView.askAll(services, (service) =>
    context.reader.graphView.serviceType(service),
  );
  return services.filter((_, index) => sameService(types[index] ?? '', type)).map(({ name }) => name);
}

async function providersOf(context: RosapiContext, service: string): Promise<readonly string[]> {
  const { services } = await context.graph();
  return services.find(({ name }) => name === withSlash(service))?.providers ?? [];
}

/** rosapi's questions about services. */
export const serviceServices: Readonly<Record<string, RosapiService>> = {
  services: rosapiService('Services', {}, async (context) => {
    const { services } = await context.graph();
    return { services: services.map(({ name }) => name) };
  }),
  services_for_type: rosapiService('ServicesForType', { type: nameArgument }, async (context, { type }) => ({
    services: await servicesOfType(context, type),
  })),
  service_type: rosapiService('ServiceType', { service: nameArgument }, async (context, { service }) => {
    const { services } = await context.graph();
    const found = services.find(({ name }) => name === withSlash(service));
    return { type: found === undefined ? '' : await context.reader.graphView.serviceType(found) };
  }),
  service_node: rosapiService('ServiceNode', { service: nameArgument }, async (context, { service }) => ({
    node: (await providersOf(context, service))[0] ?? '',
  })),
  // The real one takes a service's type, and its clients give either.
  service_providers: rosapiService('ServiceProviders', { service: nameArgument }, async (context, { service }) => {
    const { services } = await context.graph();
    const names = services.some(({ name }) => name === withSlash(service))
      ? [withSlash(service)]
      : await servicesOfType(context, service);
    return { providers: [...new Set(services.filter(({ name }) => names.includes(name)).flatMap((s) => s.providers))] };
  }),
  service_host: rosapiService('ServiceHost', { service: nameArgument }, () => ({ host: '' })),
};
