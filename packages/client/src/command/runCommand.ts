import { parseJsonExact } from '@longline/ros';
import type { OperationOptions } from '@longline/ros';
import { commandAction } from '@longline/line';
import type { Action, CommandSpec, Reply } from '@longline/line';
import { randomId } from '../randomId.ts';
import type { RequestOptions } from '../RequestSender.ts';

/** How a command is given, and what is waited for. */
export interface CommandOptions extends OperationOptions {
  /** Idempotency key, 1 to 128 characters: a repeated one is executed once, and answered as it was then. Default: random. */
  readonly id?: string;
  /** `received`: the robot has it; `done` (default): it ended. */
  readonly waitFor?: 'received' | 'done';
}

/** What is known of a command. */
export interface CommandOutcome {
  readonly id: string;
  /** `unknown`: the robot was asked, and nobody here heard what it did; ask the server for the command later. */
  readonly state: Reply['state'];
  /** Why it is not `done`. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** On the robot's wall clock, milliseconds since 1970; undefined where the server said it. */
  readonly robotMs?: number | undefined;
  /** What the robot answered, decoded: `{subscribers}` of a publish, the response of a call. */
  readonly result?: unknown;
}

/** Sends one request and resolves to its final reply. */
export type CommandSender = (action: Action, payload: Uint8Array, options: RequestOptions) => Promise<Reply>;

const decoder = new TextDecoder();

/** Gives a command and resolves to what is known of it once what is waited for came; a refusal is an outcome, too. */
export async function runCommand(
  send: CommandSender,
  spec: CommandSpec,
  options: CommandOptions,
): Promise<CommandOutcome> {
  const { id = randomId(), waitFor = 'done', ...operation } = options;
  const { action, payload } = commandAction(spec);
  const received = Promise.withResolvers<Reply>();
  const ended = send(action, payload, { ...operation, id, handleReceived: received.resolve });
  if (waitFor === 'done') return outcomeOf(id, await ended);
  // Whatever the robot says after that is kept by the server.
  return outcomeOf(id, await Promise.race([received.promise, ended]));
}

function outcomeOf(id: string, { code, message, payload, robotMs, state }: Reply): CommandOutcome {
  const result = state === 'done' && payload.length > 0 ? parseJsonExact(decoder.decode(payload)) : undefined;
  return { id, state, code, message, robotMs, result };
}
