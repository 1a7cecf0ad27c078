import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { programEnv } from '../netem/ensureProgram.ts';
import type { ThinLink } from '../netem/ThinLink.ts';
import type { Answer, Order } from './reports.ts';

/** The processes of one measurement. */
export type LinkRole = 'server' | 'robot' | 'reader';

type Done<Did extends Order['do']> = Extract<Answer, { did: Did }>;

/** One process of the thin-link bench at one end of the link, as its parent drives it: one order at a time. */
export class LinkChild {
  readonly #role: LinkRole;
  readonly #process: ChildProcess;
  #settle: ((answer: Answer) => void) | undefined;
  #isStopped = false;

  constructor(link: ThinLink, system: string, role: LinkRole, commandHz: number) {
    this.#role = role;
    const [command, ...prefix] = link.commandPrefix(role === 'robot' ? 'robot' : 'server');
    const script = join(import.meta.dirname, 'child.ts');
    const args = [
      ...prefix,
      process.execPath,
      '--conditions=@longline/source',
      script,
      system,
      role,
      String(commandHz),
    ];
    this.#process = spawn(command, args, {
      env: programEnv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.#process.on('error', () => undefined);
    this.#process.on('message', (answer: Answer) => this.#settle?.(answer));
    this.#process.on('exit', (code, signal) => {
      if (!this.#isStopped) this.#settle?.({ failed: `the ${role} ended (${code ?? signal ?? ''})` });
    });
  }

  async ask<Did extends Order['do']>(order: Order & { do: Did }): Promise<Done<Did>> {
    const answer = await new Promise<Answer>((resolve) => {
      this.#settle = resolve;
      this.#process.send(order);
    });
    if ('failed' in answer) throw new Error(`${this.#role}: ${answer.failed}`);
    return answer as Done<Did>;
  }

  /** Kills the process as a power cut would. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isStopped = true;
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
  }
}
