import { isLonglineError } from '@longline/ros';
import type { CommandAge } from '../door/DoorRobot.ts';
import { DoorError } from '../door/DoorError.ts';
import type { ClientParameter } from './clientOp.ts';
import type { ParameterUpdates } from './ParameterUpdates.ts';
import type { ReaderContext } from './ReaderContext.ts';
import { MAX_READ, readParameters } from './readParameters.ts';
import { parameterValueOf, wireParameter } from './wireParameter.ts';

/** Requests about parameters that wait or are under way, of one reader. */
export const MAX_PARAMETER_REQUESTS = 32;

/** What one reader asks of parameters: one request after the other, in order. */
export class ReaderParameters {
  readonly #context: ReaderContext;
  readonly #updates: ParameterUpdates;
  readonly #abort = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(context: ReaderContext, updates: ParameterUpdates) {
    this.#context = context;
    this.#updates = updates;
  }

  /** No names: all parameters. */
  get(names: readonly string[], id: string | undefined): void {
    this.#enqueue(() => this.#answer(names, id));
  }

  /** Answered with the values as they are then, where the request has an ID. */
  set(parameters: readonly ClientParameter[], id: string | undefined): void {
    const age = this.#context.age.get();
    const cameMs = this.#context.clock.monotonicMs();
    this.#enqueue(async () => {
      for (const parameter of parameters) {
        const waitedMs = this.#context.clock.monotonicMs() - cameMs;
        await this.#set(parameter, { ...age, ageMs: age.ageMs + waitedMs });
      }
      const names = parameters.map(({ name }) => name);
      if (id !== undefined && names.length > 0) await this.#answer(names, id);
      this.#updates.handleSet(names);
    });
  }

  /** Idempotent. */
  close(): void {
    this.#abort.abort(new Error('the reader is gone'));
  }

  #enqueue(act: () => Promise<void>): void {
    const { status } = this.#context;
    if (this.#waiting >= MAX_PARAMETER_REQUESTS) {
      const text = `${MAX_PARAMETER_REQUESTS} requests about parameters are under way: wait for their answers.`;
      status.tellError(new DoorError('LIMIT_EXCEEDED', text), 'parameters');
      return;
    }
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      try {
        if (!this.#abort.signal.aborted) await act();
      } catch (error) {
        if (!this.#abort.signal.aborted) status.tellError(error, 'parameters');
      } finally {
        this.#waiting--;
      }
    });
  }

  async #answer(asked: readonly string[], id: string | undefined): Promise<void> {
    const { robot, status, send } = this.#context;
    const { signal } = this.#abort;
    const all = asked.length > 0 ? asked : await this.#names();
    if (all.length > MAX_READ) {
      status.tell(1, 'LIMIT_EXCEEDED', `Of ${all.length} parameters the first ${MAX_READ} are read.`, 'parameters');
    }
    const values = await readParameters(robot.graph, all.slice(0, MAX_READ), { signal });
    if (signal.aborted) return;
    const parameters = [...values].map(([name, value]) => wireParameter(name, value));
    this.#updates.handleTold(parameters);
    send({ op: 'parameterValues', parameters, ...(id === undefined ? {} : { id }) });
  }

  /** A robot without parameters has none: viewers ask for all of them again and again. */
  async #names(): Promise<readonly string[]> {
    try {
      return await this.#context.robot.graph.listParameters({ signal: this.#abort.signal });
    } catch (error) {
      if (isLonglineError(error) && error.code === 'NOT_SUPPORTED') return [];
      throw error;
    }
  }

  async #set(parameter: ClientParameter, age: CommandAge): Promise<void> {
    const { robot, status } = this.#context;
    const { name } = parameter;
    try {
      const value = parameterValueOf(parameter);
      if (value === undefined) await robot.outputs.deleteParameter(name, age);
      else await robot.outputs.setParameter(name, value, age);
    } catch (error) {
      status.tellError(error, name);
    }
  }
}
