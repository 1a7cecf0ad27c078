import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { programEnv } from '../netem/ensureProgram.ts';
import type { Answer, CommandRole, Order } from './orders.ts';

type Done<Did extends Order['do']> = Extract<Answer, { did: Did }>;

/** One process of the commands bench, as its parent drives it: one order at a time. */
export class CommandChild {
  readonly #role: CommandRole;
  readonly #process: ChildProcess;
  #settle: ((answer: Answer) => void) | undefined;

  /** `prefix` runs it at one end of a link. */
  constructor(role: CommandRole, prefix: readonly string[] = []) {
    this.#role = role;
    const script = join(import.meta.dirname, 'child.ts');
    const [command, ...args] = [...prefix, process.execPath, '--conditions=@longline/source', script, role];
    this.#process = spawn(command, args, { env: programEnv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process.on('error', () => undefined);
    this.#process.on('message', (answer: Answer) => this.#settle?.(answer));
    this.#process.on('exit', (code, signal) =>
      this.#settle?.({ failed: `the process ended (${code ?? signal ?? ''})` }),
    );
  }

  async ask<Did extends Order['do']>(order: Order & { do: Did }): Promise<Done<Did>> {
    const answer = await new Promise<Answer>((resolve) => {
      this.#settle = resolve;
      this.#process.send(order);
    });
    this.#settle = undefined;
    if ('failed' in answer) throw new Error(`${this.#role}: ${answer.failed}`);
    return answer as Done<Did>;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
