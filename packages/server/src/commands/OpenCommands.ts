import { stopRoom } from '@longline/line';
import type { Action } from '@longline/line';
import { ServerError } from '../errors.ts';
import type { Command } from './Command.ts';

/** How many commands may be open. */
export interface OpenCommandLimits {
  readonly maxCommandsPerDevice: number;
  readonly maxCommands: number;
}

/** The commands that have not ended, bounded per device and in all. */
export class OpenCommands {
  readonly #limits: OpenCommandLimits;
  readonly #byDevice = new Map<string, Map<string, Command>>();
  #size = 0;

  constructor(limits: OpenCommandLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  find(device: string, id: string): Command | undefined {
    return this.#byDevice.get(device)?.get(id);
  }

  /** Throws `COMMAND_LIMIT`, for stops a little later, when as many are open as may be. */
  checkRoom(device: string, action: Action): void {
    const { maxCommandsPerDevice, maxCommands } = this.#limits;
    check(this.#byDevice.get(device)?.size ?? 0, maxCommandsPerDevice + stopRoom(action), `of device ${device}`);
    check(this.#size, maxCommands + stopRoom(action), 'of all devices');
  }

  add(command: Command): void {
    const { device, id } = command.record;
    const commands = this.#byDevice.get(device) ?? new Map<string, Command>();
    this.#byDevice.set(device, commands.set(id, command));
    this.#size++;
  }

  delete(command: Command): void {
    const { device, id } = command.record;
    const commands = this.#byDevice.get(device);
    if (commands?.get(id) !== command) return;
    commands.delete(id);
    this.#size--;
    if (commands.size === 0) this.#byDevice.delete(device);
  }
}

function check(size: number, max: number, whose: string): void {
  if (size < max) return;
  throw new ServerError(
    'COMMAND_LIMIT',
    `${max} commands ${whose} have not ended yet, and no more are taken. Wait for them, or send fewer at once.`,
    { details: { max } },
  );
}
