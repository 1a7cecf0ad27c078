import { defaultLimits } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import { ServerError } from '../errors.ts';
import type { Command } from './Command.ts';

/** A command that is kept for an absent device. */
export interface WaitingCommand {
  readonly command: Command;
  /** The ID of who wants it. */
  readonly principalId: string;
  readonly payload: Uint8Array;
  /** When it was made, by the server's monotonic clock, in milliseconds. */
  readonly bornMs: number;
}

/** Commands kept for one device: no more than its line takes at once. */
const MAX_PER_DEVICE = Math.floor(defaultLimits.maxOpenRequests / 2);
/** Payloads of all that wait, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Commands for absent devices, in the order of making, each until its deadline. */
export class WaitingCommands {
  readonly #clock: Clock;
  readonly #handleExpired: (command: Command) => void;
  readonly #byDevice = new Map<string, Map<Command, WaitingCommand & { readonly cancelTimer: Disposer }>>();
  #bytes = 0;
  #size = 0;

  constructor(clock: Clock, handleExpired: (command: Command) => void) {
    this.#clock = clock;
    this.#handleExpired = handleExpired;
  }

  get size(): number {
    return this.#size;
  }

  /** Throws `COMMAND_LIMIT`. */
  checkRoom(device: string, payloadBytes: number): void {
    const isFull = (this.#byDevice.get(device)?.size ?? 0) >= MAX_PER_DEVICE;
    if (!isFull && this.#bytes + payloadBytes <= MAX_BYTES) return;
    throw new ServerError(
      'COMMAND_LIMIT',
      isFull
        ? `${MAX_PER_DEVICE} commands wait for device ${device}, and no more are kept. Cancel some, or wait until it is back.`
        : `The commands that wait for their devices have ${this.#bytes} bytes, and no more are kept. Cancel some.`,
      { details: { device, max: isFull ? MAX_PER_DEVICE : MAX_BYTES } },
    );
  }

  add(waiting: WaitingCommand): void {
    const { device, deadlineMs } = waiting.command.record;
    const queue = this.#byDevice.get(device) ?? new Map<Command, WaitingCommand & { cancelTimer: Disposer }>();
    const remainingMs = waiting.bornMs + deadlineMs - this.#clock.monotonicMs();
    const cancelTimer = this.#clock.after(Math.max(0, remainingMs), () => {
      if (this.remove(waiting.command)) this.#handleExpired(waiting.command);
    });
    this.#byDevice.set(device, queue.set(waiting.command, { ...waiting, cancelTimer }));
    this.#bytes += waiting.payload.length;
    this.#size++;
  }

  /** Says whether it waited. */
  remove(command: Command): boolean {
    const queue = this.#byDevice.get(command.record.device);
    const waiting = queue?.get(command);
    if (queue === undefined || waiting === undefined) return false;
    waiting.cancelTimer();
    queue.delete(command);
    this.#bytes -= waiting.payload.length;
    this.#size--;
    if (queue.size === 0) this.#byDevice.delete(command.record.device);
    return true;
  }

  /** Those of a device, oldest first; they wait no longer. */
  take(device: string): WaitingCommand[] {
    const queue = [...(this.#byDevice.get(device)?.values() ?? [])];
    for (const { command } of queue) this.remove(command);
    return queue;
  }

  /** Those of a principal that match; they wait no longer. */
  takeOf(principalId: string, matches: (command: Command) => boolean): WaitingCommand[] {
    const all = [...this.#byDevice.values()].flatMap((queue) => [...queue.values()]);
    const taken = all.filter((waiting) => waiting.principalId === principalId && matches(waiting.command));
    for (const { command } of taken) this.remove(command);
    return taken;
  }

  /** All of them; they wait no longer. */
  takeAll(): WaitingCommand[] {
    return [...this.#byDevice.keys()].flatMap((device) => this.take(device));
  }
}
