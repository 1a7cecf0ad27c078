import { isDeviceId } from '@longline/line';
import type { AgentConfigInput } from '../config/AgentConfig.ts';
import { chosenStateFolder, stateFolder, stateRoot } from '../config/stateFolder.ts';
import { AgentError } from '../errors.ts';
import { listIdentities, readIdentity } from './identityFile.ts';
import type { RobotIdentity } from './RobotIdentity.ts';

/**
 * What an identity says where config and flags do not: the device, and where its server is. The identity is that of the device, where
 * one is given, else the only one there is. Throws `CONFIG_INVALID` where there are several, `IDENTITY_UNUSABLE`.
 */
export function identityDefaults(
  given: { readonly device?: unknown; readonly stateDir?: unknown },
  environment: Readonly<Record<string, string | undefined>>,
): AgentConfigInput {
  // As the config takes it; anything else is refused there.
  const device = typeof given.device === 'number' ? String(given.device) : given.device;
  const stateDir = typeof given.stateDir === 'string' ? given.stateDir : undefined;
  const chosen = chosenStateFolder(stateDir, environment);
  let identity: RobotIdentity | undefined;
  if (chosen !== undefined) identity = readIdentity(chosen);
  else if (typeof device === 'string' && isDeviceId(device))
    identity = readIdentity(stateFolder({ stateDir, device }, environment));
  else if (device !== undefined) return {};
  else identity = onlyOne(listIdentities(stateRoot(environment)));
  if (identity === undefined || (device !== undefined && device !== identity.device)) return {};
  return { device: identity.device, server: identity.url };
}

function onlyOne(identities: readonly RobotIdentity[]): RobotIdentity | undefined {
  if (identities.length <= 1) return identities[0];
  const names = identities.map(({ device }) => device).join(', ');
  throw new AgentError('CONFIG_INVALID', `Several robots joined from here: ${names}. Say which it is with --device.`);
}
