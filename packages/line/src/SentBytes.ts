import { LineError } from './errors.ts';
import { Fifo } from './Fifo.ts';
import type { Pacer, SentMark } from './Pacer.ts';

/** While something waits for room, an acknowledgement is asked for this often at least, in milliseconds. */
const PRESSED_ACK_MS = 20;
/** Else so often, in milliseconds, and for each of so many frames. */
const CALM_ACK_MS = 1_000;
const CALM_ACK_FRAMES = 10;
/** An acknowledgement is asked for after this share of the window, so that it never closes for want of one. */
const ACK_SHARE = 1 / 8;
const MOST_UNASKED_BYTES = 128 * 1024;

/** Counts what was sent on one socket and acknowledged, and says when to ask for an acknowledgement (clause 8.1). */
export class SentBytes {
  readonly #pacer: Pacer;
  /** Frames whose acknowledgement is awaited. */
  readonly #marks = new Fifo<SentMark>();
  #total = 0;
  #acknowledged = 0;
  /** Of the bytes not acknowledged, those that count as under way no more. */
  #writtenOff = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #askedAtBytes = 0;
  #framesSinceAsked = 0;
  /** The frame that leaves next asks. */
  #asks = false;

  constructor(pacer: Pacer) {
    this.#pacer = pacer;
  }

  /** Bytes of all frames sent. */
  get total(): number {
    return this.#total;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get unacknowledged(): number {
    return this.#total - this.#acknowledged;
  }

  /** An acknowledgement was asked for and has not come. */
  get isAwaiting(): boolean {
    return this.#marks.length > 0;
  }

  /** How long the oldest acknowledgement asked for has been awaited, in milliseconds; 0 when none is. */
  awaitedMs(nowMs: number): number {
    const mark = this.#marks.first;
    return mark === undefined ? 0 : nowMs - mark.sentMs;
  }

  /**
   * Whether a frame of so many bytes, which is about to leave, should ask. `pressed`: something waits for room. A frame of
   * heartbeats alone asks for little: the next heartbeat acknowledges the one before.
   */
  shouldAsk(frameBytes: number, isBeat: boolean, pressed: boolean, nowMs: number): boolean {
    if (this.#asks) return false;
    if (!isBeat) this.#framesSinceAsked++;
    const bytes = this.#total + frameBytes - this.#askedAtBytes;
    if (bytes >= Math.min(MOST_UNASKED_BYTES, this.#pacer.windowBytes * ACK_SHARE)) return true;
    if (isBeat) return false;
    return (
      nowMs - this.#askedMs >= (pressed ? PRESSED_ACK_MS : CALM_ACK_MS) || this.#framesSinceAsked >= CALM_ACK_FRAMES
    );
  }

  /** The frame being built, of so many bytes with the request, asks. */
  handleAsked(frameBytes: number, nowMs: number): void {
    this.#asks = true;
    this.#askedMs = nowMs;
    this.#framesSinceAsked = 0;
    this.#askedAtBytes = this.#total + frameBytes;
  }

  /** The next frame that says anything asks. */
  askSoon(): void {
    this.#askedMs = Number.NEGATIVE_INFINITY;
  }

  handleSent(frameBytes: number, nowMs: number): void {
    this.#total += frameBytes;
    const mark = this.#pacer.handleSent(frameBytes, this.#total, nowMs);
    if (this.#asks) this.#marks.push(mark);
    this.#asks = false;
  }

  /** The other side has received so many bytes in all. False when that is no news. */
  handleAck(receivedBytes: number, nowMs: number): boolean {
    if (receivedBytes > this.#total) {
      throw new LineError('FRAME_MALFORMED', `${receivedBytes} bytes are acknowledged; ${this.#total} were sent`);
    }
    const bytes = receivedBytes - this.#acknowledged;
    if (bytes <= 0) return false;
    this.#acknowledged = receivedBytes;
    this.#askedAtBytes = Math.max(this.#askedAtBytes, receivedBytes);
    let newest: SentMark | undefined;
    for (let mark = this.#marks.first; mark !== undefined && mark.endBytes <= receivedBytes; mark = this.#marks.first) {
      newest = mark;
      this.#marks.shift();
    }
    const writtenOff = Math.min(bytes, this.#writtenOff);
    this.#writtenOff -= writtenOff;
    this.#pacer.handleAcknowledged(bytes, newest, nowMs, writtenOff);
    return true;
  }

  /** What is under way does not come soon, if ever: other sockets need not wait for it. */
  writeOff(nowMs: number): void {
    if (this.#writtenOff === 0) this.#pacer.handleGap(nowMs);
    this.#pacer.handleLost(this.unacknowledged - this.#writtenOff);
    this.#writtenOff = this.unacknowledged;
  }
}
