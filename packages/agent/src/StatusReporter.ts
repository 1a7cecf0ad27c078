import type { RobotStatus } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';

/** Changes within this many milliseconds travel together. */
const GATHER_MS = 20;
/** A status that changes all the time is told so often, in milliseconds: it must not crowd out what it tells of. */
const INTERVAL_MS = 100;

/** An open line, as far as the robot's status needs it. */
export interface StatusLine {
  sendStatus(status: RobotStatus): void;
}

/** Tells the server what is true of the robot: when a line opens, and whenever something changed. */
export class StatusReporter {
  readonly #clock: Clock;
  readonly #read: () => RobotStatus;
  #line: StatusLine | undefined;
  #last = '';
  #sentMs = Number.NEGATIVE_INFINITY;
  #cancel: Disposer | undefined;

  constructor(options: { readonly clock: Clock; readonly read: () => RobotStatus }) {
    this.#clock = options.clock;
    this.#read = options.read;
  }

  handleLineOpen(line: StatusLine): void {
    this.#line = line;
    this.#last = '';
    this.#send();
  }

  handleLineClosed(): void {
    this.#line = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Something may have changed. */
  handleChange(): void {
    if (this.#line === undefined) return;
    const restMs = this.#sentMs + INTERVAL_MS - this.#clock.monotonicMs();
    this.#cancel ??= this.#clock.after(Math.max(GATHER_MS, restMs), () => this.#send());
  }

  #send(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const status = this.#read();
    const text = JSON.stringify(status);
    if (text === this.#last) return;
    this.#last = text;
    this.#sentMs = this.#clock.monotonicMs();
    this.#line?.sendStatus(status);
  }
}
