import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Order, SiegeRole } from './orders.ts';

type Done<Did extends Order['do']> = Extract<Answer, { did: Did }>;

/** One process of the siege bench, as its parent drives it: one order at a time. */
export class SiegeChild {
  readonly #role: SiegeRole;
  readonly #process: ChildProcess;
  #settle: ((answer: Answer) => void) | undefined;

  /** `niceness` is how far it stands back for the others, 0 to 19. */
  constructor(role: SiegeRole, niceness = 0) {
    this.#role = role;
    const script = join(import.meta.dirname, `${role}.ts`);
    const args = ['-n', String(niceness), process.execPath, '--conditions=@longline/source', '--expose-gc', script];
    this.#process = spawn('nice', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process.on('error', () => undefined);
    this.#process.on('message', (answer: Answer) => this.#settle?.(answer));
    this.#process.on('exit', (code, signal) =>
      this.#settle?.({ failed: `the process ended (${code ?? signal ?? ''})` }),
    );
  }

  get pid(): number {
    return this.#process.pid ?? 0;
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
