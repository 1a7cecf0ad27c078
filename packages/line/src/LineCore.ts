import type { Clock, Disposer } from '@longline/ros';
import { closeReason, LineError, lineCloseCodes, parseClose } from './errors.ts';
import type { LineClose, LineErrorCode } from './errors.ts';
import { Fifo } from './Fifo.ts';
import { FrameBuilder } from './FrameBuilder.ts';
import type { LineLimits } from './limits.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { PeerClock } from './PeerClock.ts';
import type { ClockEstimate } from './PeerClock.ts';
import { readRecords } from './readRecords.ts';
import { recordKinds } from './recordKinds.ts';
import type { RecordKindName } from './recordKinds.ts';
import type { Transport } from './Transport.ts';

/** What a role does with what its line brings. */
export interface LineCoreHandlers {
  handleRecord(kind: RecordKindName, body: Uint8Array): void;
  handleMessage(record: MessageRecord): void;
  /** Called once, whoever closed. */
  handleClosed(close: LineClose): void;
  /** Adds waiting messages to the frame being built, up to about `maxBytes`. */
  fill(frame: FrameBuilder, maxBytes: number): void;
  /** The socket stopped or began to take messages. */
  handleCongestion(congested: boolean): void;
}

/** Clock readings are rounded; less than this is no jump, in milliseconds. */
const CLOCK_TOLERANCE_MS = 1;
/** A timer that is later than this was held up by a process that stood still, in milliseconds. */
const STALL_MS = 100;

/**
 * What every end of a line does alike: frames, batching, heartbeats, clock estimate, acknowledgement of bytes, and a
 * close with a code when the other side breaks the protocol. The roles stand on top of it.
 */
export class LineCore {
  readonly limits: LineLimits;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #handlers: LineCoreHandlers;
  readonly #frame = new FrameBuilder();
  /** Full frames that a congested socket could not take yet: control records, which nothing replaces. */
  readonly #sealed = new Fifo<Uint8Array>();
  readonly #peerClock = new PeerClock();
  #state: 'greeting' | 'open' | 'closed' = 'greeting';
  /** Nothing that the other side sends on the open line was sent before this. */
  #beganMs: number;
  #greeted = false;
  #lastReceivedMs: number;
  #receivedBytes = 0;
  #acknowledgedBytes = 0;
  #sentBytes = 0;
  #peerReceivedBytes = 0;
  #pingSentMs = Number.NaN;
  #sealedBytes = 0;
  #congested = false;
  #flushing = false;
  #flushedMs = Number.NEGATIVE_INFINITY;
  #cancelFlush: Disposer | undefined;
  #cancelWatch: Disposer | undefined;
  #cancelBeat: Disposer | undefined;

  constructor(options: { transport: Transport; clock: Clock; limits: LineLimits; handlers: LineCoreHandlers }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.limits = options.limits;
    this.#handlers = options.handlers;
    this.#beganMs = this.#lastReceivedMs = this.#clock.monotonicMs();
    this.#cancelWatch = this.#clock.after(this.limits.helloTimeoutMs, () => {
      this.fail(new LineError('HELLO_TIMEOUT', `no greeting came within ${this.limits.helloTimeoutMs} ms`));
    });
  }

  get state(): 'greeting' | 'open' | 'closed' {
    return this.#state;
  }

  /** The socket holds more than the window; messages wait in the outbox, where they can still be replaced. */
  get congested(): boolean {
    return this.#congested;
  }

  /** Bytes sent and not yet acknowledged by the other side. */
  get unacknowledgedBytes(): number {
    return this.#sentBytes - this.#peerReceivedBytes;
  }

  /**
   * The connecting side's first word. What the other side says answers it, so the line is as old as this: a welcome may
   * have been under way for long, and requests together with it.
   */
  greet(hello: Uint8Array): void {
    this.#greeted = true;
    this.#beganMs = this.#clock.monotonicMs();
    this.send('hello', [hello], true);
  }

  /** The greeting is over: heartbeats begin. */
  open(): void {
    if (this.#state !== 'greeting') return;
    this.#state = 'open';
    if (!this.#greeted) this.#beganMs = this.#clock.monotonicMs();
    this.#cancelWatch?.();
    this.#watchSilence();
    this.#beat();
  }

  /** Appends a record to the frame being built, which leaves within the batching delay, or at once when urgent. */
  send(kind: RecordKindName, parts: readonly Uint8Array[], urgent = false): void {
    if (this.#state === 'closed') return;
    this.#frame.append(recordKinds[kind], ...parts);
    if (urgent || this.#frame.length >= this.limits.batchBytes) this.flush();
    else this.flushSoon();
  }

  /** Appends a message record received elsewhere to the frame being built. The caller has looked at {@link congested}. */
  forward(channelId: number, record: Uint8Array): void {
    if (this.#state === 'closed') return;
    if (this.#frame.length > 0 && this.#frame.length + record.length > this.limits.batchBytes) this.flush();
    this.#frame.forwardMessage(channelId, record);
    if (this.#frame.length >= this.limits.batchBytes) this.flush();
    else this.flushSoon();
  }

  /**
   * Makes the frame leave: at the end of this turn of the event loop when the last one left a batching delay ago or
   * earlier, else when that delay is over. So a rare message waits for nothing and frequent ones share frames.
   */
  flushSoon(): void {
    if (this.#cancelFlush !== undefined) return;
    this.#flushAfter(Math.max(0, this.#flushedMs + this.limits.batchDelayMs - this.#clock.monotonicMs()));
  }

  /** Sends what is ready, as far as the socket takes it. */
  flush(): void {
    // What `fill` has to say besides messages is in the frame already.
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      this.#sendAll();
    } finally {
      this.#flushing = false;
    }
  }

  /** The transport took bytes off its buffer. */
  handleWritable(): void {
    if (this.#congested) this.flush();
  }

  handleFrame(frame: Uint8Array): void {
    if (this.#state === 'closed') return;
    this.#lastReceivedMs = this.#clock.monotonicMs();
    this.#receivedBytes += frame.length;
    try {
      if (frame.length > this.limits.maxFrameBytes) {
        throw new LineError(
          'FRAME_TOO_LARGE',
          `a frame has ${frame.length} bytes; ${this.limits.maxFrameBytes} are allowed`,
        );
      }
      readRecords(frame, this);
    } catch (error) {
      this.fail(
        error instanceof LineError
          ? error
          : new LineError('INTERNAL', 'a record could not be handled', { cause: error }),
      );
      return;
    }
    if (this.#state === 'open' && this.#receivedBytes - this.#acknowledgedBytes >= this.limits.ackBytes)
      this.#acknowledge();
  }

  /** A text frame: the protocol has none (clause 1.2). */
  handleText(): void {
    this.fail(new LineError('FRAME_MALFORMED', 'longline.v1 has binary frames only; a text frame came'));
  }

  /** For {@link readRecords}. */
  handleMessage(record: MessageRecord): void {
    if (this.#state === 'closed') return;
    this.#handlers.handleMessage(record);
  }

  /** For {@link readRecords}. */
  handleRecord(kind: RecordKindName, body: Uint8Array): void {
    if (this.#state === 'closed') return;
    switch (kind) {
      case 'ping':
        this.#expectBody(kind, body, 8);
        this.#answerPing(body);
        break;
      case 'pong':
        this.#expectBody(kind, body, 32);
        this.#handlePong(body);
        break;
      case 'ack':
        this.#expectBody(kind, body, 8);
        this.#peerReceivedBytes = Number(viewOf(body).getBigUint64(0, true));
        break;
      default:
        this.#handlers.handleRecord(kind, body);
    }
  }

  /** Ends the line because of an error, told to the other side with its code. */
  fail(error: LineError): void {
    this.close(error.code, error.message, error.cause);
  }

  /** Flushes what is ready and closes. */
  close(code: LineErrorCode, message: string, cause?: unknown): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.flush();
    const closeCode = lineCloseCodes[code];
    try {
      this.#end({ closeCode, code, reason: message, cause });
    } finally {
      // A fault of the owner must not leave the other side with a line that it believes open.
      this.#transport.close(closeCode, closeReason(code, message));
    }
  }

  /** The transport is closed. */
  handleDisconnected(closeCode: number, reason: string): void {
    this.#end(parseClose(closeCode, reason));
  }

  /** What is known of the other side's clocks. */
  clockEstimate(): ClockEstimate | undefined {
    return this.#peerClock.estimate(this.#clock.monotonicMs());
  }

  /**
   * How long a record that the other side stamped `sentMs` was under way, in milliseconds, error included: never less
   * than the truth. Before the clocks were compared, and when one of them has jumped, it is the age of the line.
   */
  transitMs(sentMs: number): number {
    const nowMs = this.#clock.monotonicMs();
    const estimate = this.clockEstimate();
    const lineAgeMs = nowMs - this.#beganMs;
    if (estimate === undefined) return lineAgeMs;
    const elapsedMs = nowMs + estimate.offsetMs - sentMs;
    // From the future: a machine slept since the clocks were compared, and its clock stood still meanwhile.
    if (elapsedMs < -estimate.errorMs - CLOCK_TOLERANCE_MS) return lineAgeMs;
    return Math.min(Math.max(0, elapsedMs) + estimate.errorMs, lineAgeMs);
  }

  #sendAll(): void {
    while (this.#state !== 'closed') {
      const congested = this.#transport.bufferedBytes > this.limits.windowBytes;
      if (congested !== this.#congested) {
        this.#congested = congested;
        this.#handlers.handleCongestion(congested);
      }
      if (congested) {
        this.#hold();
        return;
      }
      const frame = this.#nextFrame();
      if (frame === undefined) {
        this.#cancelFlush?.();
        this.#cancelFlush = undefined;
        return;
      }
      this.#sentBytes += frame.length;
      this.#flushedMs = this.#clock.monotonicMs();
      this.#transport.send(frame);
    }
  }

  /** The socket takes nothing now: control records wait in frames of bounded size, and within a bound in all. */
  #hold(): void {
    if (this.#frame.length >= this.limits.batchBytes) {
      this.#sealedBytes += this.#frame.length;
      this.#sealed.push(this.#frame.take());
    }
    if (this.#sealedBytes + this.#frame.length <= this.limits.maxPendingControlBytes) {
      this.#flushAfter(this.limits.batchDelayMs);
    } else {
      this.fail(
        new LineError('LIMIT_EXCEEDED', 'the other side takes no data and the backlog of control records is full'),
      );
    }
  }

  #nextFrame(): Uint8Array | undefined {
    const sealed = this.#sealed.shift();
    if (sealed !== undefined) {
      this.#sealedBytes -= sealed.length;
      return sealed;
    }
    this.#handlers.fill(this.#frame, this.limits.batchBytes);
    return this.#frame.length === 0 ? undefined : this.#frame.take();
  }

  #flushAfter(delayMs: number): void {
    this.#cancelFlush ??= this.#clock.after(delayMs, () => {
      this.#cancelFlush = undefined;
      this.flush();
    });
  }

  #end(close: LineClose): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#cancelFlush?.();
    this.#cancelWatch?.();
    this.#cancelBeat?.();
    this.#handlers.handleClosed(close);
  }

  /**
   * Clause 7.3, to the millisecond: motion on the robot ends with the line. Where this process itself stood still, what
   * came meanwhile is read first: one stall of a server must not end the lines of a whole fleet.
   */
  #watchSilence(dueMs = Number.POSITIVE_INFINITY): void {
    const nowMs = this.#clock.monotonicMs();
    const silentMs = nowMs - this.#lastReceivedMs;
    const { silenceMs } = this.limits;
    const stalled = nowMs - dueMs > STALL_MS;
    if (silentMs >= silenceMs && !stalled) {
      this.fail(new LineError('LINE_SILENT', `nothing was received for ${Math.round(silentMs)} ms`));
      return;
    }
    const lookInMs = Math.max(1, silenceMs - silentMs);
    this.#cancelWatch = this.#clock.after(lookInMs, () => this.#watchSilence(nowMs + lookInMs));
  }

  #beat(): void {
    const nowMs = this.#clock.monotonicMs();
    const ping = new Uint8Array(8);
    viewOf(ping).setFloat64(0, nowMs, true);
    this.#pingSentMs = nowMs;
    this.#acknowledge();
    this.send('ping', [ping], true);
    if (this.#state === 'open') this.#cancelBeat = this.#clock.after(this.limits.heartbeatMs, () => this.#beat());
  }

  #answerPing(ping: Uint8Array): void {
    const pong = new Uint8Array(32);
    const view = viewOf(pong);
    view.setFloat64(0, viewOf(ping).getFloat64(0, true), true);
    view.setFloat64(8, this.#lastReceivedMs, true);
    view.setFloat64(16, this.#clock.monotonicMs(), true);
    view.setBigUint64(24, this.#clock.wallNs(), true);
    this.send('pong', [pong], true);
  }

  #handlePong(pong: Uint8Array): void {
    const view = viewOf(pong);
    if (view.getFloat64(0, true) !== this.#pingSentMs) return;
    this.#peerClock.handleSample({
      t1: view.getFloat64(0, true),
      t2: view.getFloat64(8, true),
      t3: view.getFloat64(16, true),
      t4: this.#clock.monotonicMs(),
      peerWallNs: view.getBigUint64(24, true),
      ourWallNs: this.#clock.wallNs(),
    });
  }

  #acknowledge(): void {
    this.#acknowledgedBytes = this.#receivedBytes;
    const ack = new Uint8Array(8);
    viewOf(ack).setBigUint64(0, BigInt(this.#receivedBytes), true);
    this.send('ack', [ack]);
  }

  #expectBody(kind: RecordKindName, body: Uint8Array, bytes: number): void {
    if (this.#state !== 'open') throw new LineError('FRAME_UNEXPECTED', `a ${kind} came before the greeting was over`);
    if (body.length !== bytes)
      throw new LineError('FRAME_MALFORMED', `a ${kind} has ${body.length} bytes; it must have ${bytes}`);
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
