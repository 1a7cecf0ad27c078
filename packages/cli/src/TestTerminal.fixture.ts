import type { Terminal } from './Terminal.ts';

/** A terminal that keeps what is written, can be interrupted, and has a keyboard where a test types. */
export class TestTerminal implements Terminal {
  readonly #stop = new AbortController();
  readonly signal = this.#stop.signal;
  readonly env: Record<string, string>;
  readonly isTty: boolean;
  readonly columns = 100;
  readonly rows = 40;
  /** Without one it is no keyboard. */
  hasKeyboard = false;
  /** What comes over standard input. */
  input: string | undefined;
  /** Sends the signal. */
  hangUp: () => void = () => undefined;
  out = '';
  err = '';
  #listener: ((text: string) => void) | undefined;

  constructor(env: Record<string, string> = {}, { isTty = false } = {}) {
    // Nobody is logged in, whoever runs the tests.
    this.env = { XDG_CONFIG_HOME: '/nowhere', ...env };
    this.isTty = isTty;
  }

  get isRead(): boolean {
    return this.#listener !== undefined;
  }

  print(text: string): Promise<void> {
    this.out += text;
    return Promise.resolve();
  }

  warn(line: string): void {
    this.err += `${line}\n`;
  }

  onHangUp(listener: () => void): () => void {
    this.hangUp = listener;
    return () => (this.hangUp = () => undefined);
  }

  readInput(): Promise<string | undefined> {
    return Promise.resolve(this.input);
  }

  readKeys(listener: (text: string) => void): (() => void) | undefined {
    if (!this.hasKeyboard) return undefined;
    this.#listener = listener;
    return () => (this.#listener = undefined);
  }

  type(text: string): void {
    this.#listener?.(text);
  }

  interrupt(): void {
    this.#stop.abort();
  }
}
