import type { LinkSystem } from './LinkSystem.ts';

/** Everything that the thin-link bench can measure, loaded only where it runs. */
const systems: Readonly<Record<string, () => Promise<LinkSystem>>> = {
  longline: async () => (await import('./longlineSystem.ts')).longlineSystem,
  ws: async () => (await import('./wsSystem.ts')).wsSystem,
  mosquitto: async () => (await import('./mosquittoSystem.ts')).mosquittoSystem,
  'mosquitto-split': async () => (await import('./mosquittoSystem.ts')).mosquittoSplitSystem,
  'native-tcp': async () => (await import('./nativeTcpSystem.ts')).nativeTcpSystem,
};

/** The peer that is measured in every run. */
const YARDSTICK = 'ws';
/** What `--peer` may name besides one system. */
const groups: Readonly<Record<string, readonly string[]>> = {
  all: Object.keys(systems),
  mosquitto: ['mosquitto', 'mosquitto-split'],
};

/** What is measured beside Longline for the values of `--peer`. Throws for a name that nothing has. */
export function peersOf(asked: readonly string[]): string[] {
  const wanted = new Set([YARDSTICK, ...asked.flatMap((name) => groups[name] ?? [name])]);
  for (const name of wanted) if (!(name in systems)) throw unknown(name);
  return Object.keys(systems).filter((name) => name !== 'longline' && wanted.has(name));
}

export function loadSystem(name: string): Promise<LinkSystem> {
  const load = systems[name];
  return load === undefined ? Promise.reject(unknown(name)) : load();
}

const unknown = (name: string): Error =>
  new Error(`there is no system ${name}; there are ${[...Object.keys(systems), 'all'].join(', ')}`);
