import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const answers = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** Says in a sentence what this machine lacks for a {@link ThinLink}; `undefined` when nothing. */
export function missingForLink(): string | undefined {
  if (process.platform !== 'linux') return 'the link emulator needs Linux: network namespaces and TUN devices';
  if (process.getuid?.() !== 0) return 'the link emulator needs root, to make network namespaces and TUN devices';
  if (!existsSync('/dev/net/tun')) return 'the link emulator needs /dev/net/tun (modprobe tun)';
  if (!answers('cc', ['--version'])) return 'the link emulator needs a C compiler (Debian: gcc)';
  if (!answers('ip', ['-Version'])) return 'the link emulator needs ip (Debian: iproute2)';
  return undefined;
}
