import type { GraphSnapshot } from '@longline/ros';
import type { SystemState } from './MasterClient.ts';

/**
 * The robot's graph out of the master's answers, sorted by name. The node `own` is left out of the lists, and so are
 * topics and services that only it has: otherwise what it subscribes to would never go away.
 */
export function graphSnapshot(state: SystemState, types: ReadonlyMap<string, string>, own: string): GraphSnapshot {
  const others = (nodes: readonly string[] | undefined): readonly string[] =>
    (nodes ?? []).filter((node) => node !== own).sort();
  const topicNames = [...new Set([...state.publishers.keys(), ...state.subscribers.keys()])].sort();
  const topics = topicNames.map((name) => {
    const type = types.get(name) ?? '';
    return {
      name,
      type: type === '*' ? '' : type,
      publishers: others(state.publishers.get(name)),
      subscribers: others(state.subscribers.get(name)),
    };
  });
  const services = [...state.services.keys()].sort().map((name) => {
    return { name, type: '', providers: others(state.services.get(name)) };
  });
  return {
    rosVersion: 1,
    topics: topics.filter(({ publishers, subscribers }) => publishers.length + subscribers.length > 0),
    services: services.filter(({ providers }) => providers.length > 0),
  };
}
