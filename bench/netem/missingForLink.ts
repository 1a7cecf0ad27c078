import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hasProgram, programEnv } from './ensureProgram.ts';

/** What a link needs and the Debian packages that bring it; where there is `apt-get`, they are installed when used. */
export const linkPrograms = [
  { program: 'cc', packages: ['gcc', 'libc6-dev'] },
  { program: 'ip', packages: ['iproute2'] },
] as const;

/** Says in a sentence what this machine lacks for a {@link ThinLink}; `undefined` when nothing. */
export function missingForLink(): string | undefined {
  if (process.platform !== 'linux') return 'the link emulator needs Linux: network namespaces and TUN devices';
  if (process.getuid?.() !== 0) return 'the link emulator needs root, for network namespaces and TUN devices';
  if (!existsSync('/dev/net/tun')) return 'the link emulator needs /dev/net/tun (modprobe tun)';
  for (const { program, packages } of linkPrograms) {
    if (!hasProgram(program) && !hasProgram('apt-get')) {
      return `the link emulator needs ${program} (Debian: ${packages.join(' ')})`;
    }
  }
  return hasProgram('ip') && !canMakeSpaces()
    ? 'the link emulator needs network namespaces, which root may not make here (CAP_SYS_ADMIN, CAP_NET_ADMIN)'
    : undefined;
}

function canMakeSpaces(): boolean {
  const ip = (...args: string[]): boolean => spawnSync('ip', args, { env: programEnv }).status === 0;
  const space = `longline-thin-${process.pid}-probe`;
  const made = ip('netns', 'add', space);
  return made && ip('netns', 'del', space);
}
