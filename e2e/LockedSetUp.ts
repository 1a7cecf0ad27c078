import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, PeerProcess } from '@longline/testing';

/** The heading of the README under which a locked server is set up. */
export const LOCKED = 'From zero to a locked server and one robot';
const README_PORT = '8443';
const main = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'cli', 'src', 'main.ts');

/** A folder and a home of its own, in which commands of the README run as they are written, but for the port. */
export class LockedSetUp {
  readonly folder: string;
  readonly url: string;
  readonly #port: number;
  /** What `export` said, for the terminals that are opened after it. */
  readonly #exports: string[] = [];
  readonly #started: PeerProcess[] = [];
  /** As `device add` printed it last. */
  #joinToken = '';

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.#port = port;
    this.url = `https://localhost:${port}`;
  }

  static async create(): Promise<LockedSetUp> {
    return new LockedSetUp(await mkdtemp(join(tmpdir(), 'longline-locked-')), await freePort());
  }

  /** Starts a command of the page in a terminal of its own. `user` has a home of their own. */
  start(documented: string, user = 'admin', env: NodeJS.ProcessEnv = {}): PeerProcess {
    const command = documented.replaceAll(README_PORT, String(this.#port)).replace('lj_...', this.#joinToken);
    const script = [
      `longline() { "${process.execPath}" --conditions=@longline/source "${main}" "$@"; }`,
      ...this.#exports,
      command.replace(/npm run (?:--silent )?longline -- /, 'longline '),
    ].join('\n');
    if (command.startsWith('export ')) this.#exports.push(command.replaceAll('$PWD', this.folder));
    const home = join(this.folder, user);
    const peer = new PeerProcess('/bin/bash', ['-c', `mkdir -p '${home}' && cd '${this.folder}'\n${script}`], {
      HOME: home,
      XDG_CONFIG_HOME: '',
      XDG_STATE_HOME: '',
      LONGLINE_SERVER: this.url,
      LONGLINE_TOKEN: '',
      ...env,
    });
    this.#started.push(peer);
    return peer;
  }

  /** Runs one to its end; resolves to what it wrote. Rejects where it failed. */
  async run(documented: string, user?: string, env?: NodeJS.ProcessEnv): Promise<string> {
    const peer = this.start(documented, user, env);
    const code = await peer.exited;
    if (code !== 0) throw new Error(`${documented}: exit code ${String(code)}\n${peer.stdout}\n${peer.stderr}`);
    this.#joinToken = /lj_[\w-]+/.exec(peer.stdout)?.[0] ?? this.#joinToken;
    return peer.stdout;
  }

  /** Runs one that is refused; resolves to what it says of it, the error first. */
  async refused(documented: string, user?: string, env?: NodeJS.ProcessEnv): Promise<string> {
    const peer = this.start(documented, user, env);
    const code = await peer.exited;
    if (code !== 1) throw new Error(`${documented}: exit code ${String(code)}\n${peer.stdout}\n${peer.stderr}`);
    return `${peer.stderr}${peer.stdout}`;
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await Promise.all(this.#started.map((peer) => peer.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}
