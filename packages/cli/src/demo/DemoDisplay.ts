import { repeat } from '../repeat.ts';
import type { Terminal } from '../Terminal.ts';
import type { DemoMeter } from './DemoMeter.ts';
import { demoLine, demoScreen, hints } from './demoScreen.ts';
import type { DemoView } from './demoScreen.ts';

/** Redraws of the screen: four a second. */
const REDRAW_MS = 250;
/** Between two lines where nothing can be redrawn. */
const LINE_MS = 2_000;

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

/**
 * Shows the demo: a screen that is redrawn on a terminal, else a line now and then. With JSON asked for the lines go to
 * standard error, so that standard output has the summary alone.
 */
export class DemoDisplay {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #meter: DemoMeter;
  readonly #forMs: number | undefined;
  readonly #redraws: boolean;
  readonly #startMs = performance.now();
  #serverUrl = '';
  #isOnline = false;
  #ended = false;
  #warning: string | undefined;
  #entered = false;

  constructor(options: {
    readonly terminal: Terminal;
    readonly json: boolean;
    readonly meter: DemoMeter;
    readonly forMs: number | undefined;
  }) {
    this.#terminal = options.terminal;
    this.#json = options.json;
    this.#meter = options.meter;
    this.#forMs = options.forMs;
    this.#redraws = options.terminal.isTty && !options.json;
  }

  /** A line of a log: the newest warning is shown. */
  handleLog(text: string): void {
    const line: unknown = JSON.parse(text);
    if (typeof line !== 'object' || line === null || !('msg' in line) || typeof line.msg !== 'string') return;
    if (this.#redraws) this.#warning = line.msg;
    else this.#terminal.warn(`warning: ${line.msg}`);
  }

  /** A word that must not be missed. */
  note(words: string): void {
    if (this.#redraws) this.#warning = words;
    else this.#terminal.warn(words);
  }

  handlePresence(online: boolean): void {
    this.#isOnline = online;
  }

  async start(serverUrl: string): Promise<void> {
    this.#serverUrl = serverUrl;
    if (this.#redraws) {
      this.#entered = true;
      await this.#terminal.print(ENTER);
      return;
    }
    await this.#line('Longline demo: a simulated turtle, its agent, and a server, in one process.');
    await this.#line('Look at it from another terminal:');
    for (const hint of hints(this.#view())) await this.#line(`  ${hint}`);
  }

  /** Shows until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#redraws) await repeat(REDRAW_MS, signal, () => this.#draw());
    else await repeat(LINE_MS, signal, () => this.#line(demoLine(this.#view())));
  }

  /** Leaves the screen and says how it ended. Idempotent. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#entered) await this.#terminal.print(LEAVE);
    if (this.#meter.messages > 0) await this.#line(demoLine(this.#view()));
  }

  async #draw(): Promise<void> {
    const { columns, rows } = this.#terminal;
    const lines = demoScreen(this.#view(), rows).slice(0, rows - 1);
    const cut = lines.map((line) => `${line.slice(0, columns)}\x1b[K`);
    await this.#terminal.print(`\x1b[H${cut.join('\n')}\x1b[J`);
  }

  async #line(line: string): Promise<void> {
    if (this.#json) this.#terminal.warn(line);
    else await this.#terminal.print(`${line}\n`);
  }

  #view(): DemoView {
    const { env } = this.#terminal;
    const passedS = (performance.now() - this.#startMs) / 1_000;
    return {
      meter: this.#meter,
      online: this.#isOnline,
      serverUrl: this.#serverUrl,
      program: env['npm_lifecycle_event'] === undefined ? 'longline' : 'npm run longline --',
      warning: this.#warning,
      leftS: this.#forMs === undefined ? undefined : Math.max(0, this.#forMs / 1_000 - passedS),
    };
  }
}
