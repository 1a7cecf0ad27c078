import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@longline/ros';
import { parseAgentConfig } from '../config/parseAgentConfig.ts';
import { machineClock } from '../machineClock.ts';
import { openDeadman } from '../openDeadman.ts';

/**
 * Whether a deadman can be started here: one is, before a simulated robot and with a folder of its own, so that it touches no robot and no
 * other deadman. Gives why not; undefined: it can.
 */
export async function tryDeadman(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'longline-doctor-'));
  const deadman = openDeadman(parseAgentConfig({ robot: 'turtlesim:' }), folder, {
    clock: machineClock,
    log: silentLog,
    random: Math.random,
  });
  try {
    await deadman.start({ handleChange: () => undefined });
    const { reason, state } = deadman.status.deadman;
    return state === 'ready' ? undefined : (reason ?? 'it does not say why');
  } finally {
    await deadman.close();
    await rm(folder, { recursive: true, force: true });
  }
}
