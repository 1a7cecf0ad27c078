import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerPath } from './peerIsMissing.ts';

/** At most this many characters of a peer's output are kept, the newest. */
const MAX_OUTPUT_CHARS = 4_000_000;
const MAX_KILL_ROUNDS = 20;
const DEFAULT_WAIT_MS = 20_000;

const leash = join(dirname(fileURLToPath(import.meta.url)), 'leash.sh');

/**
 * A program run as a peer of tests. It and everything that it started are killed by `stop()`, and when this process ends
 * for whatever reason.
 */
export class PeerProcess {
  /** What it wrote to standard output so far. */
  stdout = '';
  /** What it wrote to standard error so far. */
  stderr = '';
  /** Marks the environment of all its processes: `LONGLINE_PEER=<mark>`. */
  readonly mark = randomUUID();
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #leash: ChildProcess;
  readonly #exited: Promise<number | undefined>;
  readonly #waiters = new Set<() => void>();
  #hasExited = false;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#name = [command, ...args].join(' ').slice(0, 200);
    this.#child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: peerPath, PYTHONUNBUFFERED: '1', ...env, LONGLINE_PEER: this.mark },
    });
    this.#leash = spawn('/bin/sh', [leash, this.mark], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#leash.unref();
    this.#leash.on('error', () => undefined);
    this.#leash.stdin?.on('error', () => undefined);
    // Neither is a reason for this process to go on living.
    if (this.#leash.stdin !== null && 'unref' in this.#leash.stdin) (this.#leash.stdin as Socket).unref();
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout = (this.stdout + text).slice(-MAX_OUTPUT_CHARS);
      this.#wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-MAX_OUTPUT_CHARS);
      this.#wake();
    });
    this.#exited = new Promise((resolve) => {
      const end = (code: number | undefined): void => {
        this.#hasExited = true;
        resolve(code);
        this.#wake();
      };
      this.#child.once('error', (error) => {
        this.stderr += error.message;
        end(undefined);
      });
      this.#child.once('close', (code) => end(code ?? undefined));
    });
  }

  /** The ID of the process that was started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves to the exit code; `undefined` when a signal ended it. */
  get exited(): Promise<number | undefined> {
    return this.#exited;
  }

  /** The complete lines of standard output so far. */
  get lines(): readonly string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** Resolves to what `find` makes of the output, once that is neither `undefined` nor `false`. Rejects after `timeoutMs` (20 s) or when the peer ended. */
  async waitFor<T>(find: (peer: this) => T | undefined | false, timeoutMs = DEFAULT_WAIT_MS): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = find(this);
      if (found !== undefined && found !== false) return found;
      const remaining = deadline - performance.now();
      if (remaining <= 0 || this.#hasExited) {
        const why = this.#hasExited ? 'ended' : `did not say it within ${timeoutMs} ms`;
        throw new Error(`${this.#name}: ${why}. Its output:\n${this.stdout.slice(-2000)}\n${this.stderr.slice(-2000)}`);
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiters.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, remaining);
        this.#waiters.add(wake);
      });
    }
  }

  /** Sends a signal to the process alone, for peers that are to end in an orderly way. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Kills all its processes at once and waits. Idempotent. */
  async stop(): Promise<void> {
    killMarked(this.mark);
    await this.#exited;
    killMarked(this.mark);
    this.#leash.stdin?.end();
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}

/** SIGKILLs every process that carries a peer's mark; again until none is found, because they may be starting others. */
function killMarked(mark: string): void {
  for (let round = 0; round < MAX_KILL_ROUNDS; round += 1) {
    const pids = markedProcesses(mark);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended between the listing and now.
      }
    }
  }
}

/** The living processes that a peer with this mark consists of. */
export function markedProcesses(mark: string): readonly number[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      // A process that was killed and not yet collected has an empty environment.
      return readFileSync(`/proc/${entry}/environ`, 'latin1').split('\0').includes(`LONGLINE_PEER=${mark}`)
        ? [Number(entry)]
        : [];
    } catch {
      return [];
    }
  });
}
