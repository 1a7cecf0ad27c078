import type { LineEndpoint, Transport } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import type { Dial, Dialled } from './Dial.ts';
import { DIAL_TIMEOUT_MS } from './DialAttempt.ts';

/** The further sockets of one line: all to the address at which its first one was welcomed. */
export class ExtraSockets {
  readonly #dial: Dial;
  readonly #address: string | undefined;
  readonly #clock: Clock;
  readonly #sockets = new Set<ExtraSocket>();
  #isClosed = false;

  constructor(options: { readonly dial: Dial; readonly address: string | undefined; readonly clock: Clock }) {
    this.#dial = options.dial;
    this.#address = options.address;
    this.#clock = options.clock;
  }

  /** Dials one. Where it cannot be had, or breaks, the endpoint's `handleDisconnected` says so, once. */
  open(attach: (transport: Transport) => LineEndpoint): void {
    const socket = new ExtraSocket(this.#clock, () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
    socket.dial(this.#dial, attach, this.#address);
    if (this.#isClosed) socket.abandon('the line is over');
  }

  /** What leaves from an address that is gone is dead. */
  handleNetworkChange(gone: ReadonlySet<string>): void {
    for (const socket of [...this.#sockets]) socket.handleNetworkChange(gone);
  }

  /** The line is over. Its end closes the sockets that are open; the rest is dropped, all where nobody would hear a close. */
  handleLineClosed(isUnheard: boolean): void {
    this.#isClosed = true;
    for (const socket of [...this.#sockets]) if (isUnheard || !socket.isOpen) socket.abandon('the line is over');
  }
}

/** One further socket, between its transport and the line's end of it. */
class ExtraSocket implements LineEndpoint {
  readonly #handleEnded: () => void;
  readonly #cancelTimeout: Disposer;
  #dialled: Dialled | undefined;
  #endpoint: LineEndpoint | undefined;
  #error: Error | undefined;
  #hasEnded = false;
  isOpen = false;

  constructor(clock: Clock, handleEnded: () => void) {
    this.#handleEnded = handleEnded;
    this.#cancelTimeout = clock.after(DIAL_TIMEOUT_MS, () =>
      this.abandon(`no answer came within ${DIAL_TIMEOUT_MS} ms`),
    );
  }

  dial(dial: Dial, attach: (transport: Transport) => LineEndpoint, address: string | undefined): void {
    try {
      this.#dialled = dial(
        (transport) => {
          this.#endpoint = attach(transport);
          return this;
        },
        { handleError: (error) => (this.#error ??= error), handleProgress: () => undefined },
        address,
      );
    } catch (cause) {
      this.#endpoint ??= attach({ bufferedBytes: 0, send: () => undefined, close: () => undefined });
      this.handleDisconnected(1006, cause instanceof Error ? cause.message : String(cause));
    }
  }

  /** Drops it, and says so. Idempotent. */
  abandon(reason: string): void {
    this.handleDisconnected(1006, reason);
    this.#dialled?.abandon();
  }

  handleNetworkChange(gone: ReadonlySet<string>): void {
    const address = this.#dialled?.localAddress;
    if (address !== undefined && gone.has(address)) this.abandon(`this machine has lost its address ${address}`);
  }

  handleOpen(): void {
    this.#cancelTimeout();
    this.isOpen = true;
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
    this.#cancelTimeout();
    this.#handleEnded();
    this.#endpoint?.handleDisconnected(closeCode, reason || (this.#error?.message ?? ''));
  }
}
