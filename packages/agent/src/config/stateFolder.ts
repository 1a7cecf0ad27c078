import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { AgentConfig } from './AgentConfig.ts';

/**
 * Where an agent keeps what must survive restarts: `stateDir` of its config, else `$STATE_DIRECTORY` as systemd sets it,
 * else `longline/DEVICE` in `$XDG_STATE_HOME` or `~/.local/state`.
 */
export function stateFolder(
  { stateDir, device }: Pick<AgentConfig, 'stateDir' | 'device'>,
  environment: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): string {
  if (stateDir !== undefined) return stateDir;
  const [ofService = ''] = (environment['STATE_DIRECTORY'] ?? '').split(':');
  if (ofService !== '') return ofService;
  const base = environment['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(home, '.local', 'state'), 'longline', device);
}
