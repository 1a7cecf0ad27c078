import { stopRoom } from '@longline/line';
import { ServerError } from '../errors.ts';
import type { Command } from './Command.ts';

/** What the log needs to know of its bounds. */
export interface CommandLogLimits {
  readonly maxCommandsPerDevice: number;
  readonly maxCommands: number;
}

/** The commands of the fleet, newest last, bounded per device and in all: the oldest finished ones are forgotten first. */
export class CommandLog {
  readonly #limits: CommandLogLimits;
  /** In the order of making, all devices; the keys are device and ID. */
  readonly #all = new Map<string, Command>();
  readonly #byDevice = new Map<string, Map<string, Command>>();

  constructor(limits: CommandLogLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  find(device: string, id: string): Command | undefined {
    return this.#byDevice.get(device)?.get(id);
  }

  /** Newest first. */
  list(device: string): Command[] {
    return [...(this.#byDevice.get(device)?.values() ?? [])].reverse();
  }

  /** Throws `COMMAND_LIMIT`, for stops a little later, when the log is full of commands that have not ended. */
  add(command: Command): void {
    const { device, id, action } = command.identity;
    const commands = this.#byDevice.get(device) ?? new Map<string, Command>();
    this.#makeRoom(commands, this.#limits.maxCommandsPerDevice + stopRoom(action), `of device ${device}`);
    this.#makeRoom(this.#all, this.#limits.maxCommands + stopRoom(action), 'of all devices');
    // Making room may have emptied and removed the device's own map.
    this.#byDevice.set(device, commands.set(id, command));
    this.#all.set(keyOf(command), command);
  }

  #makeRoom(commands: ReadonlyMap<string, Command>, max: number, whose: string): void {
    while (commands.size >= max) {
      const oldest = commands.values().find((command) => command.final !== undefined);
      if (oldest !== undefined) {
        this.#forget(oldest);
        continue;
      }
      throw new ServerError(
        'COMMAND_LIMIT',
        `${max} commands ${whose} have not ended yet, and no more are taken. Wait for them, or send fewer at once.`,
        { details: { max } },
      );
    }
  }

  #forget(command: Command): void {
    const { device, id } = command.identity;
    const commands = this.#byDevice.get(device);
    commands?.delete(id);
    if (commands?.size === 0) this.#byDevice.delete(device);
    this.#all.delete(keyOf(command));
  }
}

/** Device IDs have no slash. */
const keyOf = ({ identity }: Command): string => `${identity.device}/${identity.id}`;
