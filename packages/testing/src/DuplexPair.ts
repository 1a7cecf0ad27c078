import type { LineEndpoint, Transport } from '@longline/line';
import type { Clock } from '@longline/ros';

/** One side of a {@link DuplexPair}. */
export class DuplexSide {
  readonly #clock: Clock;
  readonly #delayMs: number;
  #end: LineEndpoint | undefined;
  #peer: DuplexSide | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #stalled = false;
  #closed = false;
  /** Frames sent from this side so far, for tests that look at them. */
  readonly sent: Uint8Array[] = [];

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  connect(peer: DuplexSide): void {
    this.#peer = peer;
  }

  /** Makes this side's end, as `bindWebSocket` does. */
  attach<End extends LineEndpoint>(make: (transport: Transport) => End): End {
    const transport: Transport = {
      send: (frame) => this.#send(frame),
      close: (code, reason) => this.#close(code, reason),
      bufferedBytes: 0,
    };
    Object.defineProperty(transport, 'bufferedBytes', { get: () => this.#heldBytes });
    const end = make(transport);
    this.#end = end;
    return end;
  }

  /** While set, frames stay in this side's buffer, as on a socket whose peer does not read. */
  set stalled(stalled: boolean) {
    this.#stalled = stalled;
    if (stalled) return;
    for (const frame of this.#held.splice(0)) this.#deliver(frame);
    this.#heldBytes = 0;
    this.#end?.handleWritable();
  }

  open(): void {
    this.#end?.handleOpen?.();
  }

  /** The connection breaks without a close frame. */
  cut(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end?.handleDisconnected(1006, '');
  }

  #send(frame: Uint8Array): void {
    if (this.#closed) return;
    this.sent.push(frame);
    if (this.#stalled) {
      this.#held.push(frame);
      this.#heldBytes += frame.length;
    } else {
      this.#deliver(frame);
    }
  }

  #deliver(frame: Uint8Array): void {
    this.#later((peer) => peer.#end?.handleFrame(frame.slice()));
  }

  #close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end?.handleDisconnected(code, reason);
    this.#later((peer) => {
      peer.#closed = true;
      peer.#end?.handleDisconnected(code, reason);
    });
  }

  #later(act: (peer: DuplexSide) => void): void {
    this.#clock.after(this.#delayMs, () => {
      if (this.#peer !== undefined && !this.#peer.#closed) act(this.#peer);
    });
  }
}

/** Two connected transports in memory, with a delay each way on the given clock. */
export class DuplexPair {
  readonly left: DuplexSide;
  readonly right: DuplexSide;

  constructor(clock: Clock, options: { readonly delayMs?: number } = {}) {
    this.left = new DuplexSide(clock, options.delayMs ?? 0);
    this.right = new DuplexSide(clock, options.delayMs ?? 0);
    this.left.connect(this.right);
    this.right.connect(this.left);
  }

  /** Tells both ends that they are connected. */
  open(): void {
    this.left.open();
    this.right.open();
  }

  /** The connection breaks: both ends see a close without a code. */
  cut(): void {
    this.left.cut();
    this.right.cut();
  }
}
