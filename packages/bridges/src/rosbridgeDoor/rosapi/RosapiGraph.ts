import type { GraphSnapshot, ServiceInfo, TopicInfo } from '@longline/ros';

/** The node that this door counts as. */
export const ROSAPI_NODE = '/rosapi';

/** The robot's graph as rosapi shows it: with rosapi's own services, and with `/rosout`, by which clients tell ROS 1 from ROS 2. */
export interface RosapiGraph extends GraphSnapshot {
  readonly nodes: readonly string[];
}

/** Adds to a graph what a robot with rosapi has. `serviceTypes` are rosapi's, by name of the service. */
export function rosapiGraph(snapshot: GraphSnapshot, serviceTypes: ReadonlyMap<string, string>): RosapiGraph {
  const { rosVersion } = snapshot;
  const topics = [...snapshot.topics];
  if (!topics.some(({ name }) => name === '/rosout')) topics.push(rosout(rosVersion));
  const services = snapshot.services.filter(({ name }) => !serviceTypes.has(name));
  for (const [name, type] of serviceTypes) {
    services.push({
      name,
      type: rosVersion === 1 ? `rosapi/${type}` : `rosapi_msgs/srv/${type}`,
      providers: [ROSAPI_NODE],
    });
  }
  const nodes = new Set<string>();
  for (const { publishers, subscribers } of topics) for (const node of [...publishers, ...subscribers]) nodes.add(node);
  for (const { providers } of services) for (const node of providers) nodes.add(node);
  return { rosVersion, topics, services, nodes: [...nodes].sort() };
}

const rosout = (rosVersion: 1 | 2): TopicInfo => ({
  name: '/rosout',
  type: rosVersion === 1 ? 'rosgraph_msgs/Log' : 'rcl_interfaces/msg/Log',
  publishers: [],
  subscribers: [],
});

/** Names of all topics that a node takes part in. */
export const topicsOf = (topics: readonly TopicInfo[], role: 'publishers' | 'subscribers', node: string): string[] =>
  topics.filter((topic) => topic[role].includes(node)).map(({ name }) => name);

/** Names of all services that a node provides. */
export const servicesOf = (services: readonly ServiceInfo[], node: string): string[] =>
  services.filter(({ providers }) => providers.includes(node)).map(({ name }) => name);
