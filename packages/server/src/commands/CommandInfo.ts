import { parseJsonExact } from '@longline/ros';
import type { Command, CommandState } from './Command.ts';

/** One command for people and programs. */
export interface CommandInfo {
  readonly id: string;
  readonly device: string;
  readonly kind: 'publish' | 'call' | 'setParameter' | 'setStanding' | 'endStanding';
  /** The topic, service or parameter it is about. */
  readonly target: string;
  readonly issuer: string;
  readonly state: CommandState;
  /** Why it did not end as `done`. */
  readonly code?: string;
  readonly message?: string;
  readonly deadlineMs: number;
  /** Server times, ISO 8601. */
  readonly acceptedTime: string;
  readonly sentTime?: string;
  readonly receivedTime?: string;
  readonly finishedTime?: string;
  /** The robot's result where it is JSON and was kept: `{subscribers}` of a publish, the response of a call. */
  readonly result?: unknown;
}

/** `payload` is the result where it is at hand; a command keeps small ones itself. */
export function commandInfo(command: Command, payload = command.final?.payload): CommandInfo {
  const { final, times, state } = command;
  const { id, device, issuer, deadlineMs, action } = command.identity;
  const result = final?.state === 'done' ? jsonResult(payload, final.encoding) : undefined;
  return {
    id,
    device,
    ...describe(action),
    issuer,
    state,
    ...(final?.code === undefined ? {} : { code: final.code }),
    ...(final?.message === undefined ? {} : { message: final.message }),
    deadlineMs,
    acceptedTime: iso(times.acceptedMs),
    ...(times.sentMs === undefined ? {} : { sentTime: iso(times.sentMs) }),
    ...(times.receivedMs === undefined ? {} : { receivedTime: iso(times.receivedMs) }),
    ...(times.finishedMs === undefined ? {} : { finishedTime: iso(times.finishedMs) }),
    ...(result === undefined ? {} : { result }),
  };
}

function describe(action: Command['identity']['action']): Pick<CommandInfo, 'kind' | 'target'> {
  switch (action.kind) {
    case 'publish':
      return { kind: 'publish', target: action.topic };
    case 'call':
      return { kind: 'call', target: action.service };
    case 'parameter.set':
      return { kind: 'setParameter', target: action.name };
    case 'standing.set':
      return { kind: 'setStanding', target: action.topic };
    case 'standing.end':
      return { kind: 'endStanding', target: action.topic };
    default:
      throw new Error(`${action.kind} is no command`);
  }
}

function jsonResult(payload: Uint8Array | undefined, encoding: string | undefined): unknown {
  if (payload === undefined || payload.length === 0 || (encoding !== undefined && encoding !== 'json'))
    return undefined;
  try {
    return parseJsonExact(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    // The robot's result is its own; one that cannot be read is not shown.
    return undefined;
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
