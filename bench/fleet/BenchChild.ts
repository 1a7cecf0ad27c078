import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Answers, Orders } from './orders.ts';

type OrderName = keyof Orders & keyof Answers;

/** What travels to a child and back: one order at a time, one answer each. */
export interface OrderMessage {
  readonly order: OrderName;
  readonly details: unknown;
}
export type AnswerMessage = { readonly answer: unknown } | { readonly error: string };

/** One process of the fleet bench, as its parent drives it. A child that ends on its own ends the bench. */
export class BenchChild {
  readonly #process: ChildProcess;
  #stopping = false;
  #settle: ((message: AnswerMessage) => void) | undefined;

  /** Runs `bench/fleet/<role>.ts`. */
  constructor(role: string, nodeArgs: readonly string[] = []) {
    this.#process = fork(join(import.meta.dirname, `${role}.ts`), [], {
      execArgv: ['--conditions=@longline/source', '--expose-gc', ...nodeArgs],
    });
    this.#process.on('message', (message: AnswerMessage) => this.#settle?.(message));
    this.#process.on('exit', (code, signal) => {
      if (!this.#stopping) this.#settle?.({ error: `the ${role} ended (${code ?? signal ?? ''})` });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  ask<Name extends OrderName>(order: Name, details: Orders[Name]): Promise<Answers[Name]> {
    return new Promise((resolve, reject) => {
      this.#settle = (message) => {
        this.#settle = undefined;
        if ('error' in message) reject(new Error(message.error));
        else resolve(message.answer as Answers[Name]);
      };
      this.#process.send({ order, details } satisfies OrderMessage);
    });
  }

  stop(): void {
    this.#stopping = true;
    this.#process.kill('SIGKILL');
  }
}
