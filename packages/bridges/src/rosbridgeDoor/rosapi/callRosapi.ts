import { RosError, stringifyExact } from '@longline/ros';
import type { DoorReader } from '../DoorReader.ts';
import type { FrameArrival } from '../FrameArrival.ts';
import { actionServices } from './actionServices.ts';
import { nodeServices } from './nodeServices.ts';
import { parameterServices } from './parameterServices.ts';
import { rosapiGraph } from './RosapiGraph.ts';
import type { RosapiContext, RosapiService } from './RosapiService.ts';
import { serviceServices } from './serviceServices.ts';
import { systemServices } from './systemServices.ts';
import { topicServices } from './topicServices.ts';
import { typeServices } from './typeServices.ts';

const PREFIX = '/rosapi/';

const services: ReadonlyMap<string, RosapiService> = new Map(
  Object.entries({
    ...topicServices,
    ...serviceServices,
    ...nodeServices,
    ...parameterServices,
    ...actionServices,
    ...typeServices,
    ...systemServices,
  }).map(([name, service]) => [`${PREFIX}${name}`, service]),
);
const serviceTypes: ReadonlyMap<string, string> = new Map([...services].map(([name, { type }]) => [name, type]));

/** Names of rosapi's services, in full. */
export const rosapiNames: readonly string[] = [...services.keys()];

/** Whether this door answers the service itself. */
export const isRosapi = (service: string): boolean => service.startsWith(PREFIX);

/** Answers a call of rosapi; resolves to the JSON text of `values`. Rejects with why it failed, `SERVICE_UNKNOWN` first of all. */
export async function callRosapi(
  reader: DoorReader,
  name: string,
  args: unknown,
  arrival: FrameArrival,
): Promise<string> {
  const service = services.get(name);
  if (service === undefined) {
    throw new RosError('SERVICE_UNKNOWN', `rosapi has no service ${name}. It has ${rosapiNames.join(', ')}.`, {
      details: { service: name },
    });
  }
  const context: RosapiContext = {
    reader,
    arrival,
    graph: async () => rosapiGraph(await reader.graphView.snapshot(), serviceTypes),
  };
  return stringifyExact(await service.answer(context, args));
}
