import type { RobotStatus } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';

/** Changes within this many milliseconds travel together. */
const GATHER_MS = 20;

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
    this.#cancel ??= this.#clock.after(GATHER_MS, () => this.#send());
  }

  #send(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const status = this.#read();
    const text = JSON.stringify(status);
    if (text === this.#last) return;
    this.#last = text;
    this.#line?.sendStatus(status);
  }
}
