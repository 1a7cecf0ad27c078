import { lineCloseCodes, MAX_CHALLENGE_BYTES } from '@longline/line';
import type { AgentEnd, LineClose, LineEndpoint, Transport, Welcome } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import type { Dialled } from './Dial.ts';
import type { DialServer } from './DialServers.ts';

/** Opens one more connection to the server at the other end of a line. */
export type SocketOpener = (attach: (transport: Transport) => LineEndpoint) => void;

/** What one connection tells its connector. */
export interface LineEvents {
  handleWelcome(welcome: Welcome): void;
  handleClosed(close: LineClose): void;
  /** The line wants one more socket. Where it cannot be had, the endpoint's `handleDisconnected` says so. */
  readonly handleSocketWanted: SocketOpener;
}

/** What becomes of an attempt. */
export interface DialAttemptHandlers {
  handleProgress(): void;
  /** It is connected; somebody calls `greet`, or abandons it. */
  handleOpened(attempt: DialAttempt): void;
  handleWelcome(attempt: DialAttempt, end: AgentEnd, welcome: Welcome): void;
  /** Called once, unless it was abandoned. `error` where the transport told one. */
  handleEnded(attempt: DialAttempt, close: LineClose, error: Error | undefined): void;
  /** Its line wants one more socket. */
  handleSocketWanted(attempt: DialAttempt, attach: (transport: Transport) => LineEndpoint): void;
}

/** Most bytes of what a server says before the hello: one frame with the challenge (protocol, clause 2.8). */
const MAX_FIRST_FRAME_BYTES = MAX_CHALLENGE_BYTES + 64;

/** How long a connection may take to open, in milliseconds. */
export const DIAL_TIMEOUT_MS = 10_000;

/** Ends after which nobody would answer a close frame. */
const unheard = new Set<string | undefined>(['LINE_SILENT', 'HELLO_TIMEOUT']);

/** One connection to a server, from the dial to its end: it is connected, it greets when it may, it is welcomed. */
export class DialAttempt implements LineEndpoint {
  readonly server: DialServer;
  readonly dialledMs: number;
  readonly #clock: Clock;
  readonly #makeEnd: (transport: Transport, events: LineEvents) => AgentEnd;
  readonly #handlers: DialAttemptHandlers;
  #stage: 'dialling' | 'held' | 'greeted' | 'open' | 'ended' = 'dialling';
  #dialled: Dialled | undefined;
  #transport: Transport | undefined;
  #end: AgentEnd | undefined;
  /** The challenge, where it came before this attempt might greet. */
  #firstFrame: Uint8Array | undefined;
  #error: Error | undefined;
  #progressMs: number | undefined;
  #openedMs: number | undefined;
  #greetedMs: number | undefined;
  #wasWelcomed = false;
  #cancelTimeout: Disposer | undefined;

  constructor(options: {
    readonly server: DialServer;
    readonly clock: Clock;
    readonly makeEnd: (transport: Transport, events: LineEvents) => AgentEnd;
    readonly handlers: DialAttemptHandlers;
  }) {
    this.server = options.server;
    this.#clock = options.clock;
    this.#makeEnd = options.makeEnd;
    this.#handlers = options.handlers;
    this.dialledMs = options.clock.monotonicMs();
  }

  /** `held` is connected and has said nothing yet; `greeted` waits for the welcome. */
  get stage(): 'dialling' | 'held' | 'greeted' | 'open' | 'ended' {
    return this.#stage;
  }

  get remoteAddress(): string | undefined {
    return this.#dialled?.remoteAddress;
  }

  /** When the other side last answered before the welcome; undefined when it never did. */
  get progressMs(): number | undefined {
    return this.#progressMs;
  }

  get wasConnected(): boolean {
    return this.#openedMs !== undefined;
  }

  get wasWelcomed(): boolean {
    return this.#wasWelcomed;
  }

  /** How long it took to be connected; 0 before. */
  get openingMs(): number {
    return (this.#openedMs ?? this.dialledMs) - this.dialledMs;
  }

  get greetedMs(): number | undefined {
    return this.#greetedMs;
  }

  start(): void {
    this.#cancelTimeout = this.#clock.after(DIAL_TIMEOUT_MS, () => {
      this.#finish({ closeCode: 1006, code: 'HELLO_TIMEOUT', reason: `no answer came within ${DIAL_TIMEOUT_MS} ms` });
      this.#dialled?.abandon();
    });
    try {
      this.#dialled = this.server.dial(
        (transport) => {
          this.#transport = transport;
          return this;
        },
        { handleError: (error) => (this.#error ??= error), handleProgress: () => this.#handleProgress() },
      );
      // It may have been given up while it was being dialled.
      if (this.stage === 'ended') this.#dialled.abandon();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#finish({ closeCode: 1006, code: undefined, reason, cause });
    }
  }

  /** Says the hello. */
  greet(): void {
    if (this.#stage !== 'held' || this.#transport === undefined) return;
    this.#stage = 'greeted';
    this.#greetedMs = this.#clock.monotonicMs();
    const end = this.#makeEnd(this.#transport, {
      handleWelcome: (welcome) => this.#handleWelcome(welcome),
      handleClosed: (close) => {
        this.#finish(close);
        if (unheard.has(close.code)) this.#dialled?.abandon();
      },
      handleSocketWanted: (attach) => this.#handlers.handleSocketWanted(this, attach),
    });
    this.#end = end;
    end.handleOpen();
    if (this.#firstFrame !== undefined) end.handleFrame(this.#firstFrame);
    this.#firstFrame = undefined;
  }

  /** Closes in good order where the line is open, else at once. */
  close(): void {
    if (this.#stage === 'open') this.#end?.close();
    else this.abandon();
  }

  /** Drops it; no handler hears of it any more. Idempotent. */
  abandon(): void {
    this.#stage = 'ended';
    this.#cancelTimeout?.();
    this.#dialled?.abandon();
    this.#end?.handleDisconnected(1006, 'the connection was abandoned');
  }

  /** Addresses of this machine are gone: a connection from one of them is dead, though no packet says so. */
  handleNetworkChange(gone: ReadonlySet<string>): void {
    const address = this.#dialled?.localAddress;
    if (address === undefined || !gone.has(address)) return;
    this.handleDisconnected(1006, `this machine has lost its address ${address}`);
    this.#dialled?.abandon();
  }

  handleOpen(): void {
    if (this.#stage !== 'dialling') return;
    this.#cancelTimeout?.();
    this.#stage = 'held';
    this.#progressMs = this.#openedMs = this.#clock.monotonicMs();
    this.#handlers.handleOpened(this);
  }

  handleFrame(frame: Uint8Array): void {
    if (this.#end !== undefined) this.#end.handleFrame(frame);
    else if (this.#stage === 'held') this.#keepFirst(frame);
  }

  handleText(): void {
    this.#end?.handleText();
  }

  handleWritable(): void {
    this.#end?.handleWritable();
  }

  handleDisconnected(closeCode: number, reason: string): void {
    if (this.#end === undefined) this.#finish({ closeCode, code: undefined, reason });
    else this.#end.handleDisconnected(closeCode, reason);
  }

  /** While it is held the server says one thing, which must not be lost. */
  #keepFirst(frame: Uint8Array): void {
    if (this.#firstFrame === undefined && frame.length <= MAX_FIRST_FRAME_BYTES) {
      this.#firstFrame = frame.slice();
      return;
    }
    const reason = 'the server says more than its challenge before the hello';
    this.#finish({ closeCode: lineCloseCodes.FRAME_UNEXPECTED, code: 'FRAME_UNEXPECTED', reason });
    this.#dialled?.abandon();
  }

  #handleProgress(): void {
    if (this.#stage !== 'dialling') return;
    this.#progressMs = this.#clock.monotonicMs();
    this.#handlers.handleProgress();
  }

  #handleWelcome(welcome: Welcome): void {
    if (this.#stage !== 'greeted' || this.#end === undefined) return;
    this.#stage = 'open';
    this.#wasWelcomed = true;
    this.#handlers.handleWelcome(this, this.#end, welcome);
  }

  #finish(close: LineClose): void {
    if (this.#stage === 'ended') return;
    this.#stage = 'ended';
    this.#cancelTimeout?.();
    this.#handlers.handleEnded(this, close, this.#error);
  }
}
