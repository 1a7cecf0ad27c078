import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, DoorsRole, Order, Progress } from './orders.ts';

type Done<Did extends Order['do']> = Extract<Answer, { did: Did }>;

/** One process of the doors bench, as its parent drives it: one order at a time. */
export class DoorsChild {
  readonly #role: DoorsRole;
  readonly #process: ChildProcess;
  handleProgress: (progress: Progress) => void = () => undefined;
  #settle: ((answer: Answer) => void) | undefined;

  constructor(role: DoorsRole) {
    this.#role = role;
    this.#process = fork(join(import.meta.dirname, `${role}.ts`), [], {
      execArgv: ['--conditions=@longline/source', '--expose-gc'],
    });
    this.#process.on('error', () => undefined);
    this.#process.on('message', (answer: Answer | Progress) => {
      if ('progress' in answer) this.handleProgress(answer);
      else this.#settle?.(answer);
    });
    this.#process.on('exit', (code, signal) =>
      this.#settle?.({ failed: `the process ended (${code ?? signal ?? ''})` }),
    );
  }

  tell(progress: Progress): void {
    if (this.#process.connected) this.#process.send(progress);
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
