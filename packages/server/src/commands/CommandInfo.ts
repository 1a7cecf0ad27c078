import type { Action } from '@longline/line';
import { parseJsonExact } from '@longline/ros';
import type { CommandRecord, CommandState } from '../store/CommandRecord.ts';

/** What commands do, for people and programs. */
export const commandKinds = [
  'publish',
  'call',
  'setParameter',
  'deleteParameter',
  'setStanding',
  'endStanding',
  'stop',
  'releaseStop',
] as const;
export type CommandKind = (typeof commandKinds)[number];

/** One command for people and programs. */
export interface CommandInfo {
  readonly id: string;
  readonly device: string;
  readonly kind: CommandKind;
  /** The topic, service, parameter or pattern of outputs it is about. */
  readonly target: string;
  readonly issuer: string;
  readonly state: CommandState;
  /** Why it did not end as `done`. */
  readonly code?: string;
  readonly message?: string;
  readonly deadlineMs: number;
  /** Of the lease it was made under; absent without one. */
  readonly token?: number;
  /** Its place among the commands of this server: pages of a list go on `before` it. */
  readonly order: number;
  /** Server times, ISO 8601. */
  readonly acceptedTime: string;
  readonly sentTime?: string;
  readonly receivedTime?: string;
  /** When the server stopped expecting an answer; stays when the robot's later word came. */
  readonly unknownTime?: string;
  readonly finishedTime?: string;
  /** The same on the robot's clock, where the robot said it. */
  readonly receivedRobotTime?: string;
  readonly finishedRobotTime?: string;
  /** The robot's result where it is JSON and was kept: `{subscribers}` of a publish, the response of a call. */
  readonly result?: unknown;
}

/** `payload` is the result where it is at hand; small ones are in the record. */
export function commandInfo(record: CommandRecord, payload = record.result): CommandInfo {
  const { id, device, issuer, deadlineMs, action, state, code, message, token, order, times } = record;
  const result = state === 'done' ? jsonResult(payload, record.encoding) : undefined;
  return {
    id,
    device,
    ...describe(action),
    issuer,
    state,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    deadlineMs,
    ...(token === 0 ? {} : { token }),
    order,
    acceptedTime: iso(times.acceptedMs),
    ...(times.sentMs === undefined ? {} : { sentTime: iso(times.sentMs) }),
    ...(times.receivedMs === undefined ? {} : { receivedTime: iso(times.receivedMs) }),
    ...(times.unknownMs === undefined ? {} : { unknownTime: iso(times.unknownMs) }),
    ...(times.finishedMs === undefined ? {} : { finishedTime: iso(times.finishedMs) }),
    ...(isTime(times.receivedRobotMs) ? { receivedRobotTime: iso(times.receivedRobotMs) } : {}),
    ...(isTime(times.finishedRobotMs) ? { finishedRobotTime: iso(times.finishedRobotMs) } : {}),
    ...(result === undefined ? {} : { result }),
  };
}

/** What a command does and what it is about. */
export function describe(action: Action): Pick<CommandInfo, 'kind' | 'target'> {
  switch (action.kind) {
    case 'publish':
      return { kind: 'publish', target: action.topic };
    case 'call':
      return { kind: 'call', target: action.service };
    case 'parameter.set':
      return { kind: 'setParameter', target: action.name };
    case 'parameter.delete':
      return { kind: 'deleteParameter', target: action.name };
    case 'standing.set':
      return { kind: 'setStanding', target: action.topic };
    case 'standing.end':
      return { kind: 'endStanding', target: action.topic };
    case 'stop':
      return { kind: 'stop', target: action.outputs ?? '**' };
    case 'stop.release':
      return { kind: 'releaseStop', target: action.outputs ?? '**' };
    default:
      throw new Error(`${action.kind} is no command`);
  }
}

const actionKinds: Readonly<Record<CommandKind, Action['kind']>> = {
  publish: 'publish',
  call: 'call',
  setParameter: 'parameter.set',
  deleteParameter: 'parameter.delete',
  setStanding: 'standing.set',
  endStanding: 'standing.end',
  stop: 'stop',
  releaseStop: 'stop.release',
};

/** The kind of action on the line that a kind of command is. */
export const actionKindOf = (kind: CommandKind): Action['kind'] => actionKinds[kind];

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

/** A robot may say anything of its clock. */
const isTime = (ms: number | undefined): ms is number => ms !== undefined && Math.abs(ms) <= 8.64e15;

const iso = (ms: number): string => new Date(ms).toISOString();
