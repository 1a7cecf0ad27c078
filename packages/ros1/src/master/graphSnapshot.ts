import type { GraphSnapshot } from '@longline/ros';
import type { SystemState } from './MasterClient.ts';

/**
 * The robot's graph out of the master's answers, sorted by name. The node `own` is left out of the
 * subscribers, and so are topics that only it subscribes to: otherwise those would never go away. What it publishes and provides is there.
 */
export function graphSnapshot(state: SystemState, types: ReadonlyMap<string, string>, own: string): GraphSnapshot {
  const sorted = (nodes: readonly string[] = []): readonly string[] => [...nodes].sort();
  const others = (nodes: readonly string[] = []): readonly string[] => sorted(nodes.filter((node) => node !== own));
  const topicNames = [...new Set([...state.publishers.keys(), ...state.subscribers.keys()])].sort();
  const topics = topicNames.map((name) => {
    const type = types.get(name) ?? '';
    return {
      name,
      type: type === '*' ? '' : type,
      publishers: sorted(state.publishers.get(name)),
      subscribers: others(state.subscribers.get(name)),
    };
  });
  const services = [...state.services.keys()].sort().map((name) => {
    return { name, type: '', providers: sorted(state.services.get(name)) };
  });
  return {
    rosVersion: 1,
    topics: topics.filter(({ publishers, subscribers }) => publishers.length + subscribers.length > 0),
    services: services.filter(({ providers }) => providers.length > 0),
  };
}
