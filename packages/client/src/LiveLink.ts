import { awayDelayMs, reconnectDelayMs, STABLE_CONNECTION_MS } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import { defaultLimits, ReaderEnd } from '@longline/line';
import type {
  LineClose,
  LineEndpoint,
  LineLimits,
  ReaderEndHandlers,
  ReaderHello,
  Transport,
  Welcome,
} from '@longline/line';
import { DialPatience } from './DialPatience.ts';

/**
 * Opens one transport to the server and attaches a line's end to it, once, perhaps later. When the signal aborts before, the end is
 * attached all the same, and told that it is disconnected.
 */
export type LineOpener = (attach: (transport: Transport) => LineEndpoint, signal: AbortSignal) => void;

/** What a fleet does with its link. Messages and records come as to a {@link ReaderEnd}. */
export interface LiveLinkHandlers extends Omit<ReaderEndHandlers, 'handleWelcome' | 'handleClosed'> {
  handleConnecting(): void;
  handleConnected(end: ReaderEnd, welcome: Welcome): void;
  /** `retryInMs` is undefined when no further attempt is made. */
  handleDisconnected(close: LineClose, retryInMs: number | undefined): void;
}

/** What a link is made of. */
export interface LiveLinkOptions {
  readonly open: LineOpener;
  /** Whether `open` may be called again after the line ended. */
  readonly reopens: boolean;
  readonly clock: Clock;
  readonly hello: ReaderHello;
  readonly handlers: LiveLinkHandlers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly limits?: Partial<LineLimits>;
}

/** How long a closing transport is waited for, in milliseconds. */
const CLOSE_WAIT_MS = 2_500;

/** After a silence it is dialled at once, but not sooner than so long after the last dial, in milliseconds. */
const LEAST_BETWEEN_MS = 500;
/** Ends that say that nothing was heard, not that anybody refused, and the one after which the reader is to come again at once. */
const silences: ReadonlySet<string | undefined> = new Set(['HELLO_TIMEOUT', 'LINE_SILENT', 'RIGHTS_CHANGED']);
/** Credentials that are not taken are shown again after so long, and up to a quarter longer, in milliseconds: somebody must do something first. */
const REFUSED_RETRY_MS = 30_000;
/** How a connection ends whose credentials are not taken (clause 2.9). */
export const REFUSED_CLOSE_CODE = 4401;

/**
 * Keeps one reader's line to the server: one {@link ReaderEnd} per connection, again and again until closed. A line or an
 * attempt that is silent is dropped and dialled again at once; after any other end there is a pause, doubling and jittered.
 */
export class LiveLink {
  readonly #options: LiveLinkOptions;
  #end: ReaderEnd | undefined;
  /** Of the attempt that began last. */
  #dial = new AbortController();
  #transportClosed: Promise<undefined> = Promise.resolve(undefined);
  readonly #patience = new DialPatience();
  #attempt = 0;
  #dialledMs = Number.NEGATIVE_INFINITY;
  #connectedMs: number | undefined;
  #cancelRetry: Disposer | undefined;
  #awaySinceMs: number | undefined;
  #isClosing = false;
  /** The attempt is ended for a new one. */
  #isRetried = false;
  #closed: Promise<void> | undefined;

  constructor(options: LiveLinkOptions) {
    this.#options = options;
  }

  /** The line while it is open. */
  get end(): ReaderEnd | undefined {
    return this.#end?.state === 'open' ? this.#end : undefined;
  }

  start(): void {
    const { clock, handlers, hello, limits, open, reopens } = this.#options;
    this.#cancelRetry = undefined;
    handlers.handleConnecting();
    // Whoever was told may have closed the link.
    if (this.#isClosing) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    if (reopens) this.#transportClosed = promise;
    const dialledMs = (this.#dialledMs = clock.monotonicMs());
    const helloTimeoutMs = this.#patience.next(dialledMs, limits?.helloTimeoutMs ?? defaultLimits.helloTimeoutMs);
    this.#dial = new AbortController();
    open((transport) => {
      const end: ReaderEnd = new ReaderEnd({
        transport,
        clock,
        hello,
        limits: { ...limits, helloTimeoutMs },
        handlers: {
          ...bound(handlers),
          handleWelcome: (welcome) => {
            this.#connectedMs = clock.monotonicMs();
            this.#awaySinceMs = undefined;
            this.#patience.handleWelcome(this.#connectedMs - dialledMs);
            handlers.handleConnected(end, welcome);
          },
          handleClosed: (close) => this.#handleClosed(close),
        },
      });
      this.#end = end;
      return {
        handleOpen: () => end.handleOpen(),
        handleFrame: (frame) => end.handleFrame(frame),
        handleText: () => end.handleText(),
        handleWritable: () => end.handleWritable(),
        handleDisconnected: (code, reason) => {
          resolve(undefined);
          end.handleDisconnected(code, reason);
        },
      };
    }, this.#dial.signal);
  }

  /** The machine has a network again: what was tried without one is tried anew. An open line shows by itself whether it lives. */
  handleOnline(): void {
    if (this.#isClosing) return;
    this.#patience.handleOnline();
    if (this.#cancelRetry !== undefined) {
      this.#cancelRetry();
      this.start();
    } else if (this.#end === undefined || this.#end.state === 'greeting') {
      this.#isRetried = true;
      this.#dial.abort();
      this.#end?.close();
    }
  }

  /** Ends the line and all attempts. Idempotent; waits for the transport, 2.5 s at most. */
  close(): Promise<void> {
    this.#isClosing = true;
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#cancelRetry?.();
    this.#dial.abort();
    this.#end?.close();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#options.clock.after(CLOSE_WAIT_MS, () => resolve(undefined));
    await Promise.race([this.#transportClosed, promise]);
    cancel();
  }

  #handleClosed(close: LineClose): void {
    const { clock, handlers, random, reopens } = this.#options;
    if (this.#connectedMs !== undefined && clock.monotonicMs() - this.#connectedMs >= STABLE_CONNECTION_MS)
      this.#attempt = 0;
    this.#connectedMs = undefined;
    this.#end = undefined;
    if (this.#isClosing || !reopens) return handlers.handleDisconnected(close, undefined);
    const isSilent = silences.has(close.code) || this.#isRetried;
    this.#isRetried = false;
    const nowMs = clock.monotonicMs();
    this.#awaySinceMs ??= nowMs;
    let retryInMs: number;
    if (isSilent) retryInMs = Math.max(0, this.#dialledMs + LEAST_BETWEEN_MS - nowMs);
    else if (close.closeCode === REFUSED_CLOSE_CODE) retryInMs = REFUSED_RETRY_MS * (1 + random() / 4);
    // Browsers do not say why no connection came about: mostly because nobody was there.
    else if (close.closeCode === 1006) retryInMs = awayDelayMs(this.#attempt++, nowMs - this.#awaySinceMs, random());
    else retryInMs = reconnectDelayMs(this.#attempt++, random());
    this.#cancelRetry = clock.after(retryInMs, () => this.start());
    handlers.handleDisconnected(close, retryInMs);
  }
}

/** The line's handlers alone, each calling its owner's without a look-up per message. */
const bound = (handlers: LiveLinkHandlers): Omit<ReaderEndHandlers, 'handleWelcome' | 'handleClosed'> => ({
  handleAdvertise: (channels) => handlers.handleAdvertise(channels),
  handleUnadvertise: (channels) => handlers.handleUnadvertise(channels),
  handleMessage: (channel, record) => handlers.handleMessage(channel, record),
  handleDropped: (channel, count) => handlers.handleDropped(channel, count),
  handleDevice: (device) => handlers.handleDevice(device),
  handleLine: (record) => handlers.handleLine?.(record),
  handleMark: (subscription) => handlers.handleMark(subscription),
});
