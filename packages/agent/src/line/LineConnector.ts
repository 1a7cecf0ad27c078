import type { AgentEnd, LineClose, LineEndpoint, Transport, Welcome } from '@longline/line';
import { jittered, reconnectDelayMs, STABLE_CONNECTION_MS } from '@longline/ros';
import type { Clock, Disposer, Log } from '@longline/ros';
import { closeAdvice } from './closeAdvice.ts';

/** Opens one connection and binds the end to it. `handleError` is told why it broke, where that is known. */
export type Dial = (attach: (transport: Transport) => LineEndpoint, handleError: (error: Error) => void) => void;

/** What one connection tells its connector. */
export interface LineEvents {
  handleWelcome(welcome: Welcome): void;
  handleClosed(close: LineClose): void;
}

/** How the line is now. */
export type LineState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly server: string; readonly epoch: number }
  | { readonly state: 'waiting'; readonly code: string; readonly reason: string }
  | { readonly state: 'stopped' };

/** The same refusal is told again at most this often, in milliseconds. */
const REPEAT_LOG_MS = 60_000;

/** Holds one line to the server: connects, connects again when it ends, and never gives up until stopped. */
export class LineConnector {
  readonly #dial: Dial;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #makeEnd: (transport: Transport, events: LineEvents) => AgentEnd;
  readonly #handleOpen: (end: AgentEnd, welcome: Welcome) => void;
  readonly #handleClosed: () => void;
  readonly #random: () => number;
  #state: LineState = { state: 'stopped' };
  #end: AgentEnd | undefined;
  #openedMs: number | undefined;
  #cancelRetry: Disposer | undefined;
  #lastLogged = { text: '', atMs: Number.NEGATIVE_INFINITY };
  #failures = 0;
  #running = false;

  constructor(options: {
    readonly dial: Dial;
    readonly clock: Clock;
    readonly log: Log;
    /** Gives 0 to 1. */
    readonly random: () => number;
    readonly makeEnd: (transport: Transport, events: LineEvents) => AgentEnd;
    readonly handleOpen: (end: AgentEnd, welcome: Welcome) => void;
    /** An open line ended. */
    readonly handleClosed: () => void;
  }) {
    this.#dial = options.dial;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#makeEnd = options.makeEnd;
    this.#handleOpen = options.handleOpen;
    this.#handleClosed = options.handleClosed;
    this.#random = options.random;
  }

  get state(): LineState {
    return this.#state;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  /** Closes the line. Idempotent. */
  stop(): void {
    this.#running = false;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#end?.close();
    this.#end = undefined;
    this.#state = { state: 'stopped' };
  }

  #connect(): void {
    this.#cancelRetry = undefined;
    if (!this.#running) return;
    this.#state = { state: 'connecting' };
    this.#openedMs = undefined;
    let error: Error | undefined;
    let ended = false;
    const events: LineEvents = {
      handleWelcome: (welcome) => this.#welcomed(welcome),
      handleClosed: (close) => {
        if (ended) return;
        ended = true;
        this.#closed(close, error);
      },
    };
    try {
      this.#dial(
        (transport) => (this.#end = this.#makeEnd(transport, events)),
        (cause) => (error ??= cause),
      );
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      events.handleClosed({ closeCode: 1006, code: undefined, reason, cause });
    }
  }

  #welcomed(welcome: Welcome): void {
    if (this.#end === undefined) return;
    this.#openedMs = this.#clock.monotonicMs();
    this.#state = { state: 'open', server: welcome.server, epoch: welcome.epoch };
    this.#lastLogged = { text: '', atMs: Number.NEGATIVE_INFINITY };
    this.#log.info({ server: welcome.server, epoch: welcome.epoch }, 'the line is open');
    this.#handleOpen(this.#end, welcome);
  }

  #closed(close: LineClose, error: Error | undefined): void {
    this.#end = undefined;
    const openedMs = this.#openedMs;
    const openMs = openedMs === undefined ? 0 : this.#clock.monotonicMs() - openedMs;
    this.#openedMs = undefined;
    const reason = close.reason || (error?.message ?? 'the connection broke');
    if (this.#running) {
      const { waitMs, remedy } = closeAdvice(close);
      if (openMs >= STABLE_CONNECTION_MS) this.#failures = 0;
      const random = this.#random();
      const delayMs = waitMs === undefined ? reconnectDelayMs(this.#failures++, random) : jittered(waitMs * 2, random);
      this.#state = { state: 'waiting', code: close.code ?? `CLOSE_${close.closeCode}`, reason };
      this.#tell(close, reason, remedy, openedMs !== undefined);
      this.#cancelRetry = this.#clock.after(delayMs, () => this.#connect());
    }
    if (openedMs !== undefined) this.#handleClosed();
  }

  #tell(close: LineClose, reason: string, remedy: string | undefined, wasOpen: boolean): void {
    const text = `${close.closeCode} ${reason}`;
    const nowMs = this.#clock.monotonicMs();
    if (text === this.#lastLogged.text && nowMs - this.#lastLogged.atMs < REPEAT_LOG_MS) return;
    this.#lastLogged = { text, atMs: nowMs };
    const details = { closeCode: close.closeCode, code: close.code, reason };
    if (remedy !== undefined) this.#log.error(details, `the server refuses the line: ${remedy}`);
    else if (wasOpen) this.#log.warn(details, 'the line ended; the agent connects again');
    else this.#log.warn(details, 'the server cannot be reached; the agent goes on trying');
  }
}
