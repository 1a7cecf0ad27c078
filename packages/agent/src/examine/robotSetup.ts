import { getProxyForUrl } from 'proxy-from-env';
import type { AgentConfig } from '../config/AgentConfig.ts';
import { stateFolder } from '../config/stateFolder.ts';
import { readIdentity } from '../identity/identityFile.ts';
import { readAuthorities } from '../identity/readAuthorities.ts';
import { lineProxy } from '../line/dialWebSocket.ts';

/** What an agent with this config would work with, for whoever looks whether all is well. It holds no secret. */
export interface RobotSetup {
  /** The state folder. */
  readonly folder: string;
  /** The server that this robot joined, by name and address, and the device that it joined as. Undefined: none yet. */
  readonly joined: { readonly device: string; readonly server: string; readonly url: string } | undefined;
  /** Authorities to trust instead of the system's, in PEM. */
  readonly ca: string | undefined;
  /** The proxy on the way to an address, where there is one. */
  proxyOf(url: string): string | undefined;
}

/** Rejects with `IDENTITY_UNUSABLE`, `CONFIG_INVALID`. */
export async function robotSetup(
  config: AgentConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RobotSetup> {
  const folder = stateFolder(config, environment);
  const identity = readIdentity(folder);
  const authorities = config.ca === undefined ? undefined : await readAuthorities(config.ca);
  return {
    folder,
    joined:
      identity === undefined ? undefined : { device: identity.device, server: identity.server, url: identity.url },
    ca: authorities ?? identity?.ca,
    proxyOf: (url) => lineProxy(url, config.proxy, getProxyForUrl),
  };
}
