import { spawnSync } from 'node:child_process';

/** The environment in which a bench starts other programs: Debian keeps servers in /usr/sbin, which is not on everybody's PATH. */
export const programEnv: NodeJS.ProcessEnv = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

/** Keeps a package from starting a service (invoke-rc.d looks at it). */
const NO_SERVICES = '1';

/** Whether a program can be started. */
export const hasProgram = (program: string): boolean =>
  spawnSync(program, ['--version'], { env: programEnv }).error === undefined;

/** Installs Debian packages when the program that they bring is missing. Throws where that fails. */
export function ensureProgram(program: string, packages: readonly string[]): void {
  if (hasProgram(program)) return;
  console.error(`longline: installing ${packages.join(' ')} (once) ...`);
  const env = { ...programEnv, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: NO_SERVICES };
  spawnSync('apt-get', ['update', '-q'], { env });
  spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env });
  if (!hasProgram(program)) {
    throw new Error(`${program} is not installed, and apt-get could not install it (Debian: ${packages.join(' ')})`);
  }
}
