import { RosError, stringifyExact } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';
import { PendingAnswers } from '../link/PendingAnswers.ts';
import type { FoxgloveParameter } from './FoxgloveOp.ts';

/** Most questions for parameters under way on one connection. */
const MAX_REQUESTS = 256;

/** Questions for parameters on one connection, by the ID that comes back with the answer. */
export class ParameterRequests {
  readonly #sendText: (text: string) => void;
  readonly #answers: PendingAnswers<string, readonly FoxgloveParameter[]>;
  #nextId = 1;

  constructor(sendText: (text: string) => void, clock: Clock) {
    this.#sendText = sendText;
    this.#answers = new PendingAnswers({ clock, what: 'questions for parameters', limit: MAX_REQUESTS });
  }

  /** All parameters where no name is given. */
  get(parameterNames: readonly string[], bounds: CallBounds): Promise<readonly FoxgloveParameter[]> {
    return this.#ask({ op: 'getParameters', parameterNames }, bounds);
  }

  /** Resolves to what the server has afterwards. */
  set(parameter: FoxgloveParameter, bounds: CallBounds): Promise<readonly FoxgloveParameter[]> {
    return this.#ask({ op: 'setParameters', parameters: [parameter] }, bounds);
  }

  handleValues(parameters: readonly FoxgloveParameter[], id: string | undefined): void {
    if (id !== undefined) this.#answers.settle(id, parameters);
  }

  handleEnd(error: Error): void {
    this.#answers.failAll(error);
  }

  #ask(op: object, bounds: CallBounds): Promise<readonly FoxgloveParameter[]> {
    const id = `longline:${this.#nextId++}`;
    const text = stringifyExact({ ...op, id });
    return this.#answers.ask(
      id,
      bounds,
      () => this.#sendText(text),
      () => late(bounds.deadlineMs),
    );
  }
}

const late = (deadlineMs: number): RosError =>
  new RosError(
    'ROS_TIMEOUT',
    `The bridge gave no answer about parameters within ${deadlineMs} ms. Does the node live?`,
    {
      details: { deadlineMs },
    },
  );
