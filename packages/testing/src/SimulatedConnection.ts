import { Fifo } from '@longline/line';
import type { LineEndpoint, Transport } from '@longline/line';
import type { Clock } from '@longline/ros';
import type { SimulatedLink } from './SimulatedLink.ts';

/** Bytes of one packet besides headers, and of its headers. */
const PACKET_BYTES = 1_448;
const HEADER_BYTES = 60;
/** What is lost is sent again after so many round trips, and after twice as long each time. */
const REPEAT_ROUND_TRIPS = 1.25;
/** Never sooner, where it is lost again, in milliseconds: TCP's timer. */
const LEAST_TIMER_MS = 200;

interface Segment {
  /** What has arrived with this segment, and all before it. */
  readonly act: ((peer: SimulatedSide) => void) | undefined;
  arrived: boolean;
}

/** One side of a {@link SimulatedConnection}. */
export class SimulatedSide {
  readonly #clock: Clock;
  readonly #link: SimulatedLink;
  readonly #roundTripMs: () => number;
  readonly #segments = new Fifo<Segment>();
  #peer: SimulatedSide | undefined;
  #end: LineEndpoint | undefined;
  #closed = false;

  constructor(clock: Clock, link: SimulatedLink, roundTripMs: () => number) {
    this.#clock = clock;
    this.#link = link;
    this.#roundTripMs = roundTripMs;
  }

  /** While set, nothing that this side sends arrives, and nobody hears of it. */
  silent = false;

  get closed(): boolean {
    return this.#closed;
  }

  join(peer: SimulatedSide): void {
    this.#peer = peer;
  }

  /** Makes this side's end, as `bindWebSocket` does. */
  attach<End extends LineEndpoint>(make: (transport: Transport) => End): End {
    const end = make({
      bufferedBytes: 0,
      send: (frame) => {
        if (!this.#closed) this.#send(frame.length, (peer) => peer.#end?.handleFrame(frame.slice()));
      },
      close: (code, reason) => {
        if (this.#closed) return;
        this.#send(0, (peer) => peer.#close(code, reason));
        this.#close(code, reason);
      },
    });
    this.#end = end;
    return end;
  }

  open(): void {
    if (!this.#closed) this.#end?.handleOpen?.();
  }

  /** The connection breaks without a close frame. */
  cut(): void {
    this.#close(1006, '');
  }

  #close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end?.handleDisconnected(code, reason);
  }

  #send(bytes: number, act: (peer: SimulatedSide) => void): void {
    for (let left = bytes; ; left -= PACKET_BYTES) {
      const isLast = left <= PACKET_BYTES;
      const segment: Segment = { act: isLast ? act : undefined, arrived: false };
      this.#segments.push(segment);
      this.#transmit(segment, HEADER_BYTES + Math.min(left, PACKET_BYTES), 0);
      if (isLast) return;
    }
  }

  #transmit(segment: Segment, bytes: number, repeats: number): void {
    this.#link.send({
      bytes,
      isRepeat: repeats > 0,
      handleArrived: () => {
        if (this.silent) return;
        segment.arrived = true;
        this.#deliver();
      },
      handleLost: () => {
        const roundTripMs = this.#roundTripMs() * REPEAT_ROUND_TRIPS;
        const delayMs = repeats === 0 ? roundTripMs : Math.max(LEAST_TIMER_MS, roundTripMs) * 2 ** (repeats - 1);
        this.#clock.after(delayMs, () => this.#transmit(segment, bytes, repeats + 1));
      },
    });
  }

  /** What arrived counts from the first that is missing on: order holds on one connection. */
  #deliver(): void {
    for (let first = this.#segments.first; first?.arrived === true; first = this.#segments.first) {
      this.#segments.shift();
      if (this.#peer !== undefined && !this.#peer.#closed) first.act?.(this.#peer);
    }
  }
}

/** A TCP connection over a path: what is lost holds up all that was sent after it. */
export class SimulatedConnection {
  readonly left: SimulatedSide;
  readonly right: SimulatedSide;
  readonly #clock: Clock;
  readonly #roundTripMs: () => number;

  constructor(clock: Clock, links: { up: SimulatedLink; down: SimulatedLink }, roundTripMs: () => number) {
    this.#clock = clock;
    this.#roundTripMs = roundTripMs;
    this.left = new SimulatedSide(clock, links.up, roundTripMs);
    this.right = new SimulatedSide(clock, links.down, roundTripMs);
    this.left.join(this.right);
    this.right.join(this.left);
  }

  get closed(): boolean {
    return this.left.closed && this.right.closed;
  }

  /** Tells both ends that they are connected, after two round trips: one for TCP, one for the upgrade. */
  open(): void {
    const roundTripMs = this.#roundTripMs();
    // What the server says first comes together with its answer to the upgrade.
    this.#clock.after(1.5 * roundTripMs, () => this.right.open());
    this.#clock.after(2 * roundTripMs, () => this.left.open());
  }

  /** The server does not take it: after a round trip the left end hears that. */
  refuse(): void {
    this.#clock.after(this.#roundTripMs(), () => this.cut());
  }

  /** Nothing arrives any more, and neither end hears of it. */
  hang(): void {
    this.left.silent = this.right.silent = true;
  }

  /** It breaks: both ends see a close without a code. */
  cut(): void {
    this.left.cut();
    this.right.cut();
  }
}
