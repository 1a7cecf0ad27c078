import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { AgentConfig } from './AgentConfig.ts';

/** The folder with the state folders of all devices of this user: `longline` in `$XDG_STATE_HOME` or `~/.local/state`. */
export function stateRoot(environment: Readonly<Record<string, string | undefined>>, home = homedir()): string {
  const base = environment['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(home, '.local', 'state'), 'longline');
}

/** The one state folder that is chosen whatever the device is: `stateDir` of the config, else `$STATE_DIRECTORY` as systemd sets it. */
export function chosenStateFolder(
  stateDir: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (stateDir !== undefined) return stateDir;
  const [ofService = ''] = (environment['STATE_DIRECTORY'] ?? '').split(':');
  return ofService === '' ? undefined : ofService;
}

/**
 * Where an agent keeps what must survive restarts: `stateDir` of its config, else `$STATE_DIRECTORY` as systemd sets it,
 * else `longline/DEVICE` in `$XDG_STATE_HOME` or `~/.local/state`.
 */
export function stateFolder(
  { stateDir, device }: Pick<AgentConfig, 'stateDir' | 'device'>,
  environment: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): string {
  return chosenStateFolder(stateDir, environment) ?? join(stateRoot(environment, home), device);
}
