import { isStop } from '@longline/line';
import type { Action, Reply } from '@longline/line';
import type { Disposer } from '@longline/ros';
import type { RobotLine } from '../fleet/DeviceState.ts';
import type { Command } from './Command.ts';

/** Commands of one device whose late words are waited for on its line. */
const MAX_AWAITED = 200;

/** What a robot says to an ID that it does not know and that is past its deadline: it was not executed in this run. */
const refusalsOfUnknown: ReadonlySet<string> = new Set(['COMMAND_EXPIRED', 'AGENT_BUSY', 'AGENT_STOPPED']);
/** Words that say nothing of what the command did. */
const noVerdicts: ReadonlySet<string> = new Set(['COMMAND_UNCERTAIN', 'COMMAND_ID_REUSED', 'LIMIT_EXCEEDED']);

/**
 * Whether a robot may be asked again what became of a command. A stop that it forgot would be carried out, and may long
 * have been released.
 */
export const mayBeAsked = (action: Action): boolean => !isStop(action) && action.kind !== 'stop.release';

/**
 * Whether the answer to the second asking settles what became of a command. A robot that may have forgotten the command says
 * of an executed one, too, that it is too late.
 */
export function isVerdict({ state, code = '' }: Reply, mayBeForgotten: boolean): boolean {
  if (state === 'unknown' || noVerdicts.has(code)) return false;
  return !refusalsOfUnknown.has(code) || !mayBeForgotten;
}

/** Listens to what robots say of commands after the server stopped expecting it, while the same line stands. */
export class LateWords {
  readonly #byDevice = new Map<string, Map<Command, Disposer>>();

  /** The listener hears every word until the command is settled or the line ends. */
  listen(line: RobotLine, command: Command, listener: (reply: Reply) => void): void {
    const { device, id } = command.record;
    const awaited = this.#byDevice.get(device) ?? new Map<Command, Disposer>();
    if (awaited.has(command) || awaited.size >= MAX_AWAITED) return;
    try {
      awaited.set(command, line.openStream(id, listener));
      this.#byDevice.set(device, awaited);
    } catch {
      // The line has ended: the robot is asked on the next one.
    }
  }

  handleSettled(command: Command): void {
    const awaited = this.#byDevice.get(command.record.device);
    awaited?.get(command)?.();
    awaited?.delete(command);
    if (awaited?.size === 0) this.#byDevice.delete(command.record.device);
  }

  /** The line of the device ended or was replaced. */
  handleLine(device: string): void {
    for (const stop of this.#byDevice.get(device)?.values() ?? []) stop();
    this.#byDevice.delete(device);
  }
}
