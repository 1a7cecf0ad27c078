import type { Disposer } from '@longline/ros';

/** What a command may touch of its process, so that tests give it another. */
export interface Terminal {
  /** Writes to standard output. Resolves when the reader keeps up; a command that prints for ever waits for it. */
  print(text: string): Promise<void>;
  /** Writes a line to standard error. */
  warn(line: string): void;
  /** Aborts at Ctrl-C, at a termination signal, and when standard output's reader is gone. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back at each hang-up signal, which then does not end the process, until the disposer is called. At a terminal it stays what it is. */
  onHangUp(listener: () => void): Disposer;
  /** Whether standard output is a terminal that can be redrawn. */
  readonly isTty: boolean;
  /** Characters in a line of the terminal. */
  readonly columns: number;
  readonly rows: number;
  /**
   * Tells what is typed, key by key and not shown, until the disposer is called; undefined where no keyboard is there. Ctrl-C goes
   * on aborting {@link signal}.
   */
  readKeys(listener: (text: string) => void): Disposer | undefined;
  /** The first line of standard input, 4 KiB at most, where that is no keyboard; undefined where it is one. */
  readInput(): Promise<string | undefined>;
}
