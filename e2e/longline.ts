import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PeerProcess } from '@longline/testing';

const main = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'cli', 'src', 'main.ts');

/** A machine's proxy is not the way to its loopback address. */
const noProxy = { HTTP_PROXY: '', HTTPS_PROXY: '', http_proxy: '', https_proxy: '', ALL_PROXY: '' };

/** How long a process may take to start beside other test runs on two cores, in milliseconds. */
export const START_MS = 60_000;

/** Starts this project's Node on a TypeScript file. */
export const startNode = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): PeerProcess =>
  new PeerProcess(process.execPath, ['--conditions=@longline/source', file, ...args], { ...noProxy, ...env });

/** Starts `longline ...` as its users do; stop it, or wait for its exit. */
export const startLongline = (args: readonly string[], env: NodeJS.ProcessEnv = {}): PeerProcess =>
  startNode(main, args, env);

/** What a command that ended said. */
export interface Ended {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs `longline ...` against a server to its end. */
export async function runLongline(server: string, args: readonly string[]): Promise<Ended> {
  const peer = startLongline(args, { LONGLINE_SERVER: server });
  const code = await peer.exited;
  await peer.stop();
  return { code, out: peer.stdout, err: peer.stderr };
}

/** Interrupts a command as Ctrl-C does, and waits for its end. */
export async function interrupt(peer: PeerProcess): Promise<Ended> {
  peer.signal('SIGINT');
  const code = await peer.exited;
  await peer.stop();
  return { code, out: peer.stdout, err: peer.stderr };
}
