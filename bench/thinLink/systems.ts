import type { LinkSystem } from './LinkSystem.ts';
import { longlineSystem } from './longlineSystem.ts';
import { wsSystem } from './wsSystem.ts';

/** Everything that the thin-link bench can measure; the yardstick of each run is `ws`. */
const systems: readonly LinkSystem[] = [longlineSystem, wsSystem];

/** What is measured beside Longline: always `ws`, and what `--peer` names, which may be `all`. */
export function peersOf(asked: readonly string[]): string[] {
  for (const name of asked) if (name !== 'all' && !isPeer(name)) throw unknown(name);
  const isAsked = (name: string): boolean =>
    name === 'ws' || asked.includes('all') || asked.some((each) => name === each);
  return systems.map(({ name }) => name).filter((name) => name !== 'longline' && isAsked(name));
}

export function findSystem(name: string): LinkSystem {
  const system = systems.find((each) => each.name === name);
  if (system === undefined) throw unknown(name);
  return system;
}

const isPeer = (name: string): boolean => name !== 'longline' && systems.some((system) => system.name === name);

const unknown = (name: string): Error =>
  new Error(`there is no system ${name}; there are ${systems.map((system) => system.name).join(', ')}`);
