import type { LineEndpoint, Transport } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import type { Dial, Dialled } from './Dial.ts';
import { DIAL_TIMEOUT_MS } from './DialAttempt.ts';
import { PATIENCE_MS } from './DialRace.ts';
import { isPathError } from './endKind.ts';

/** An unanswered dial is joined by another after so long, in milliseconds: the server is known to be there, a packet was lost. */
const OVERLAP_MS = 300;
/** Most dials for one socket at once; the oldest is dropped. */
const MAX_DIALS = 4;

/** A transport that nothing can be sent on. */
const nowhere: Transport = { bufferedBytes: 0, send: () => undefined, close: () => undefined };

/**
 * One further socket of a line. Unanswered dials overlap, since a socket is also wanted where the ones
 * there are have fallen silent. The first that is connected becomes the line's; only then is the line's end of it made.
 */
export class ExtraSocket {
  readonly #dial: Dial;
  readonly #address: string | undefined;
  readonly #clock: Clock;
  readonly #attach: (transport: Transport) => LineEndpoint;
  readonly #handleEnded: () => void;
  #dials: readonly SocketDial[] = [];
  #endpoint: LineEndpoint | undefined;
  #hasEnded = false;
  #dialledMs = 0;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #cancelTimeout: Disposer | undefined;
  #cancelNext: Disposer | undefined;

  constructor(options: {
    readonly dial: Dial;
    /** Where to, when it is known. */
    readonly address: string | undefined;
    readonly clock: Clock;
    readonly attach: (transport: Transport) => LineEndpoint;
    readonly handleEnded: () => void;
  }) {
    this.#dial = options.dial;
    this.#address = options.address;
    this.#clock = options.clock;
    this.#attach = options.attach;
    this.#handleEnded = options.handleEnded;
  }

  get isOpen(): boolean {
    return this.#endpoint !== undefined && !this.#hasEnded;
  }

  start(): void {
    this.#cancelTimeout = this.#clock.after(DIAL_TIMEOUT_MS, () =>
      this.abandon(`no answer came within ${DIAL_TIMEOUT_MS} ms`),
    );
    this.#dialOne();
  }

  /** Drops it, and says so. Idempotent. */
  abandon(reason: string): void {
    this.#end(1006, reason);
  }

  handleNetworkChange(gone: ReadonlySet<string>): void {
    for (const dial of [...this.#dials]) {
      if (dial.localAddress === undefined || !gone.has(dial.localAddress)) continue;
      dial.abandon();
      this.#handleDialEnded(dial, 1006, `this machine has lost its address ${dial.localAddress}`, true);
    }
  }

  #dialOne(): void {
    if (this.#dials.length >= MAX_DIALS) this.#dials[0]?.abandon();
    this.#dialledMs = this.#clock.monotonicMs();
    const dial: SocketDial = new SocketDial({
      handleProgress: () => {
        this.#answeredMs = this.#clock.monotonicMs();
        this.#scheduleNext();
      },
      handleOpen: (transport) => this.#handleOpen(dial, transport),
      handleEnded: (closeCode, reason, isPathBroken) => this.#handleDialEnded(dial, closeCode, reason, isPathBroken),
    });
    this.#dials = [...this.#dials.slice(1 - MAX_DIALS), dial];
    dial.start(this.#dial, this.#address);
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    this.#cancelNext?.();
    if (this.#endpoint !== undefined || this.#hasEnded) return;
    const dueMs = Math.max(this.#dialledMs + OVERLAP_MS, this.#answeredMs + PATIENCE_MS);
    this.#cancelNext = this.#clock.after(dueMs - this.#clock.monotonicMs(), () => this.#dialOne());
  }

  #handleOpen(winner: SocketDial, transport: Transport): LineEndpoint | undefined {
    if (this.#endpoint !== undefined || this.#hasEnded) return undefined;
    this.#cancelTimeout?.();
    this.#cancelNext?.();
    for (const dial of this.#dials) if (dial !== winner) dial.abandon();
    this.#dials = [winner];
    this.#endpoint = this.#attach(transport);
    return this.#endpoint;
  }

  #handleDialEnded(ended: SocketDial, closeCode: number, reason: string, isPathBroken: boolean): void {
    this.#dials = this.#dials.filter((dial) => dial !== ended);
    // A path that is broken now may be there before the time is over; who refuses will refuse again.
    if (this.#endpoint !== undefined || !isPathBroken) this.#end(closeCode, reason);
  }

  #end(closeCode: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelTimeout?.();
    this.#cancelNext?.();
    this.#handleEnded();
    for (const dial of this.#dials) dial.abandon();
    this.#endpoint ??= this.#attach(nowhere);
    this.#endpoint.handleDisconnected(closeCode, reason);
  }
}

/** What becomes of one dial for an {@link ExtraSocket}. */
interface SocketDialHandlers {
  handleProgress(): void;
  /** Gives the line's end of it; nothing where it is not wanted any more. */
  handleOpen(transport: Transport): LineEndpoint | undefined;
  /** Called once, unless it was abandoned. */
  handleEnded(closeCode: number, reason: string, isPathBroken: boolean): void;
}

/** One dial for an {@link ExtraSocket}. */
class SocketDial implements LineEndpoint {
  readonly #handlers: SocketDialHandlers;
  #transport: Transport = nowhere;
  #dialled: Dialled | undefined;
  #endpoint: LineEndpoint | undefined;
  #error: Error | undefined;
  #hasEnded = false;

  constructor(handlers: SocketDialHandlers) {
    this.#handlers = handlers;
  }

  get localAddress(): string | undefined {
    return this.#dialled?.localAddress;
  }

  start(dial: Dial, address: string | undefined): void {
    try {
      this.#dialled = dial(
        (transport) => {
          this.#transport = transport;
          return this;
        },
        { handleError: (error) => (this.#error ??= error), handleProgress: () => this.#handlers.handleProgress() },
        address,
      );
    } catch (cause) {
      this.handleDisconnected(1006, cause instanceof Error ? cause.message : String(cause));
    }
  }

  /** Drops it; no handler hears of it any more. Idempotent. */
  abandon(): void {
    this.#hasEnded = true;
    this.#dialled?.abandon();
  }

  handleOpen(): void {
    if (this.#hasEnded) return;
    this.#endpoint = this.#handlers.handleOpen(this.#transport);
    this.#endpoint?.handleOpen?.();
  }

  handleFrame(frame: Uint8Array): void {
    this.#endpoint?.handleFrame(frame);
  }

  handleText(): void {
    this.#endpoint?.handleText();
  }

  handleWritable(): void {
    this.#endpoint?.handleWritable();
  }

  handleDisconnected(closeCode: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const isPathBroken = this.#error !== undefined && isPathError(this.#error);
    this.#handlers.handleEnded(closeCode, reason || (this.#error?.message ?? ''), isPathBroken);
  }
}
