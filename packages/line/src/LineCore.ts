import type { Clock, Disposer } from '@longline/ros';
import { closeReason, LineError, lineCloseCodes, parseClose } from './errors.ts';
import type { LineClose, LineErrorCode } from './errors.ts';
import { BEAT_BYTES, ClockExchange } from './ClockExchange.ts';
import type { CoarseTimers } from './CoarseTimers.ts';
import { Fifo } from './Fifo.ts';
import { FrameBuilder } from './FrameBuilder.ts';
import type { LineLimits } from './limits.ts';
import { LookTimer } from './LookTimer.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { Pacer } from './Pacer.ts';
import { PartedRecord } from './PartedRecord.ts';
import type { Zstd } from './packed/Zstd.ts';
import type { ClockEstimate } from './PeerClock.ts';
import { readRecords } from './readRecords.ts';
import { recordKinds } from './recordKinds.ts';
import type { RecordKindName } from './recordKinds.ts';
import { RecordUnwrapper } from './RecordUnwrapper.ts';
import { SentBytes } from './SentBytes.ts';
import type { Transport } from './Transport.ts';

/** What a role does with what its socket brings. */
export interface LineCoreHandlers {
  handleRecord(kind: RecordKindName, body: Uint8Array): void;
  handleMessage(record: MessageRecord): void;
  /** Called once, whoever closed. */
  handleClosed(close: LineClose): void;
  /** Adds waiting messages to the frame being built, as far as the pacer has room for them. Called until it adds nothing. */
  fill(frame: FrameBuilder): void;
  /** The other side acknowledged bytes, or a frame arrived after a round trip: there may be room again. */
  handleRoom(): void;
  /** The kernel's buffer is full: nothing leaves for now. */
  handleHeld(): void;
  /** A packed record of `packedBytes` stands for records of `bytes`. Optional. */
  handleUnpacked?(packedBytes: number, bytes: number): void;
  /** The clocks were compared anew. */
  handleClock?(): void;
}

/** A path of long round trips is given so many of them before it counts as silent. */
const SILENT_ROUND_TRIPS = 4;
/** Pings that follow each other at once when a line opens: the clocks are known after the first round trips. */
const FIRST_PINGS = 3;
/** For so many forwarded messages the clock is read once. */
const FORWARDED_PER_LOOK = 8;
/** A frame that should have left so long ago waits for no timer, in milliseconds. */
const OVERDUE_MS = 1;
/** While the kernel takes nothing, it is looked this often whether it does, in milliseconds. */
const HOLD_LOOK_MS = 20;

/** What a {@link LineCore} is given. */
export interface LineCoreOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly limits: LineLimits;
  readonly handlers: LineCoreHandlers;
  /** Of the line that this socket belongs to, where it has several; its own by default. */
  readonly pacer?: Pacer;
  /** Gives numbers to records that leave in parts, where several senders share a line. */
  readonly nextTransfer?: (() => number) | undefined;
  /** For packed records; without it compressed ones are refused. */
  readonly zstd?: Zstd | undefined;
  /** Of the process, where it has very many lines: for what need not be on time. Without it everything is, to the millisecond. */
  readonly timers?: CoarseTimers | undefined;
}

/**
 * What every socket of a line does alike: frames, batching, pacing, heartbeats, clock estimate, acknowledgement of bytes,
 * and a close with a code when the other side breaks the protocol. The roles stand on top of it.
 */
export class LineCore {
  readonly limits: LineLimits;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #handlers: LineCoreHandlers;
  readonly pacer: Pacer;
  readonly #nextTransfer: (() => number) | undefined;
  readonly #zstd: Zstd | undefined;
  #unwrapper: RecordUnwrapper | undefined;
  readonly #sent: SentBytes;
  readonly #clocks: ClockExchange;
  readonly #frame = new FrameBuilder();
  /** Full frames that a congested socket could not take yet: control records, which nothing replaces. */
  readonly #sealed = new Fifo<Uint8Array>();
  /** Records that leave in parts, between other frames. */
  readonly #large = new Fifo<PartedRecord>();
  #state: 'greeting' | 'open' | 'closed' = 'greeting';
  /** Nothing that the other side sends on the open line was sent before this. */
  #beganMs: number;
  #greeted = false;
  #lastReceivedMs: number;
  #receivedBytes = 0;
  /** As the other side was told last. */
  #toldReceivedBytes = 0;
  #largeBytes = 0;
  #transfers = 0;
  /** Something waits for room: acknowledgements are asked for often. */
  pressed = false;
  #sealedBytes = 0;
  /** Bytes of the frame being built that are heartbeats and acknowledgements. */
  #beatBytes = 0;
  #flushing = false;
  /** A frame is being read: what answers it leaves in one frame, when all of it is read. */
  #reading = false;
  #flushWhenRead = false;
  #flushedMs = Number.NEGATIVE_INFINITY;
  #flushDueMs = Number.NEGATIVE_INFINITY;
  #forwarded = 0;
  #cancelFlush: Disposer | undefined;
  readonly #silence: LookTimer;
  #cancelBeat: Disposer | undefined;

  constructor(options: LineCoreOptions) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.limits = options.limits;
    this.#handlers = options.handlers;
    this.pacer = options.pacer ?? new Pacer({ mostWindowBytes: options.limits.windowBytes });
    this.#sent = new SentBytes(this.pacer);
    this.#clocks = new ClockExchange(options.clock);
    this.#zstd = options.zstd;
    this.#nextTransfer = options.nextTransfer;
    this.#beganMs = this.#lastReceivedMs = this.#clock.monotonicMs();
    this.#silence = new LookTimer(options.clock, options.timers, this);
    this.#silence.start(this.limits.helloTimeoutMs);
  }

  get state(): 'greeting' | 'open' | 'closed' {
    return this.#state;
  }

  /** As many bytes are under way as should be; messages wait where they can still be replaced. */
  get congested(): boolean {
    return !this.pacer.hasRoom || this.#large.length > 0;
  }

  /** Parts of one record may come on this socket and on the given one. */
  shareParts(other: LineCore): void {
    this.#unwrap.shareParts(other.#unwrap);
  }

  /** Bytes sent so far, and of these acknowledged. */
  get sentBytes(): number {
    return this.#sent.total;
  }

  /** Bytes that will have been sent when the frame being built has. */
  get pendingEndBytes(): number {
    return this.#sent.total + this.#sealedBytes + this.#frame.length;
  }

  get acknowledgedBytes(): number {
    return this.#sent.acknowledged;
  }

  /** Bytes handed to the socket that it still holds. */
  get bufferedBytes(): number {
    return this.#transport.bufferedBytes;
  }

  /** Bytes of large records that wait for room. */
  get largeBytes(): number {
    return this.#largeBytes;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Records above this many bytes leave in parts. */
  get cutBytes(): number {
    return 2 * this.pacer.chunkBytes;
  }

  /** How long the oldest acknowledgement asked for has been awaited, in milliseconds; 0 when none is. */
  get awaitedMs(): number {
    return this.#sent.awaitedMs(this.#clock.monotonicMs());
  }

  /** Bytes sent and not yet acknowledged by the other side. */
  get unacknowledgedBytes(): number {
    return this.#sent.unacknowledged;
  }

  /** What is under way on this socket does not come soon, if ever: others need not wait for it. */
  writeOff(): void {
    this.#sent.writeOff(this.#clock.monotonicMs());
  }

  /**
   * The connecting side's first word. What the other side says answers it, so the line is as old as this: a welcome may
   * have been under way for long, and requests together with it.
   */
  greet(hello: readonly Uint8Array[]): void {
    this.#greeted = true;
    this.#beganMs = this.#clock.monotonicMs();
    this.send('hello', hello, true);
  }

  /** The greeting is over: heartbeats begin. The connecting side sends them. */
  open(): void {
    if (this.#state !== 'greeting') return;
    this.#state = 'open';
    if (!this.#greeted) this.#beganMs = this.#clock.monotonicMs();
    this.#silence.start(this.limits.silenceMs);
    if (this.#greeted) this.#beat();
  }

  /** Appends a record to the frame being built, which leaves within the batching delay, or at once when urgent. */
  send(kind: RecordKindName, parts: readonly Uint8Array[] = [], urgent = false): void {
    if (this.#state === 'closed') return;
    this.#frame.append(recordKinds[kind], ...parts);
    if (urgent || this.#frame.length >= this.limits.batchBytes) this.flush();
    else this.flushSoon();
  }

  /**
   * Sends a record whose body may be large: beyond {@link cutBytes} it leaves in parts, between which others go. `body` must
   * stay as it is until it has left. Ends the line when too much waits already.
   */
  sendLarge(kind: RecordKindName, body: readonly Uint8Array[], urgent = false): void {
    let bytes = 0;
    for (const piece of body) bytes += piece.length;
    if (bytes <= this.cutBytes) {
      this.send(kind, body, urgent);
      return;
    }
    if (this.#state === 'closed') return;
    const transfer = this.#nextTransfer?.() ?? (this.#transfers = (this.#transfers + 1) >>> 0);
    const record = new PartedRecord(transfer, recordKinds[kind], body);
    this.#large.push(record);
    this.#largeBytes += record.remainingBytes;
    if (this.#largeBytes > this.limits.maxPendingControlBytes) {
      this.fail(
        new LineError('LIMIT_EXCEEDED', 'the other side takes no data and the backlog of large records is full'),
      );
      return;
    }
    this.flush();
  }

  /** Appends a message record received elsewhere to the frame being built. The caller has looked at {@link congested}. */
  forward(channelId: number, record: Uint8Array): void {
    if (this.#state === 'closed') return;
    if (this.#frame.length > 0 && this.#frame.length + record.length > this.limits.batchBytes) this.flush();
    this.#frame.forwardMessage(channelId, record);
    if (this.#frame.length >= this.limits.batchBytes || this.#isOverdue()) this.flush();
    else this.flushSoon();
  }

  /**
   * Where thousands of sockets are read in one turn of the event loop, timers wait for the end of it: every few messages it
   * is looked whether the frame should have left.
   */
  #isOverdue(): boolean {
    if (++this.#forwarded % FORWARDED_PER_LOOK !== 0 || this.#cancelFlush === undefined) return false;
    return this.#clock.monotonicMs() >= this.#flushDueMs + OVERDUE_MS;
  }

  /**
   * Makes the frame leave: at the end of this turn of the event loop when the last one left a batching delay ago or
   * earlier, else when that delay is over. So a rare message waits for nothing and frequent ones share frames.
   */
  flushSoon(): void {
    if (this.#cancelFlush !== undefined) return;
    const nowMs = this.#clock.monotonicMs();
    this.#flushAfter(Math.max(0, this.#flushedMs + this.limits.batchDelayMs - nowMs), nowMs);
  }

  /** Sends what is ready, as far as the socket takes it. */
  flush(): void {
    // What `fill` has to say besides messages is in the frame already.
    if (this.#flushing) return;
    if (this.#reading && this.#frame.length < this.limits.batchBytes) {
      this.#flushWhenRead = true;
      return;
    }
    this.#flushing = true;
    try {
      this.#sendAll();
    } finally {
      this.#flushing = false;
    }
  }

  /** The transport took bytes off its buffer. */
  handleWritable(): void {
    if (this.#sealed.length > 0) this.flush();
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
      this.#reading = true;
      readRecords(frame, this);
    } catch (error) {
      this.fail(
        error instanceof LineError
          ? error
          : new LineError('INTERNAL', 'a record could not be handled', { cause: error }),
      );
    } finally {
      this.#reading = false;
    }
    if (this.#flushWhenRead) {
      this.#flushWhenRead = false;
      this.flush();
    }
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
        this.#expectBody(kind, body, BEAT_BYTES);
        if (this.#greeted) throw new LineError('FRAME_UNEXPECTED', 'the accepting side sends no pings');
        this.#handlePing(body);
        break;
      case 'pong':
        this.#expectBody(kind, body, BEAT_BYTES);
        this.#handlePong(body);
        break;
      case 'part':
        this.#handlePart(body);
        break;
      case 'packed':
        if (this.#state !== 'open')
          throw new LineError('FRAME_UNEXPECTED', 'a packed came before the greeting was over');
        readRecords(this.#unwrap.packed(body), this);
        break;
      case 'ackRequest':
        this.#expectBody(kind, body, 0);
        this.#acknowledge();
        break;
      case 'ack':
        this.#expectBody(kind, body, 8);
        this.#handleAck(Number(viewOf(body).getBigUint64(0, true)));
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
    this.#reading = false;
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
    return this.#clocks.estimate();
  }

  /**
   * How long a record that the other side stamped `sentMs` was under way, in milliseconds, error included: never less
   * than the truth. Before the clocks were compared, and when one of them has jumped, it is the age of the line.
   */
  transitMs(sentMs: number): number {
    return this.#clocks.transitMs(sentMs, this.#beganMs);
  }

  /** For {@link LookTimer}: is the other side still there? Clauses 2.1 and 7.3. */
  handleLook(): void {
    if (this.#state === 'greeting') {
      this.fail(new LineError('HELLO_TIMEOUT', `no greeting came within ${this.limits.helloTimeoutMs} ms`));
      return;
    }
    const silentMs = this.#clock.monotonicMs() - this.#lastReceivedMs;
    const { rttMs } = this.pacer;
    const silenceMs = Math.max(this.limits.silenceMs, Number.isNaN(rttMs) ? 0 : SILENT_ROUND_TRIPS * rttMs);
    if (silentMs < silenceMs) this.#silence.start(Math.max(1, silenceMs - silentMs));
    else this.fail(new LineError('LINE_SILENT', `nothing was received for ${Math.round(silentMs)} ms`));
  }

  #sendAll(): void {
    while (this.#state !== 'closed') {
      if (this.#transport.bufferedBytes > this.limits.windowBytes) {
        this.#hold();
        return;
      }
      const frame = this.#nextFrame();
      if (frame === undefined) {
        this.#cancelFlush?.();
        this.#cancelFlush = undefined;
        return;
      }
      this.#send(frame);
    }
  }

  #send(frame: Uint8Array): void {
    const nowMs = this.#clock.monotonicMs();
    this.#flushedMs = nowMs;
    this.#sent.handleSent(frame.length, nowMs);
    this.#transport.send(frame);
  }

  /** The kernel's buffer is full: control records wait in frames of bounded size, and within a bound in all. */
  #hold(): void {
    if (this.#frame.length >= this.limits.batchBytes) {
      this.#sealedBytes += this.#frame.length;
      this.#sealed.push(this.#frame.take());
      this.#beatBytes = 0;
    }
    this.#handlers.handleHeld();
    if (this.#sealedBytes + this.#frame.length <= this.limits.maxPendingControlBytes) {
      this.#flushAfter(HOLD_LOOK_MS);
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
    this.#handlers.fill(this.#frame);
    if (this.#frame.length === 0) this.#fillLarge();
    if (this.#frame.length === 0) return undefined;
    this.#askForAck();
    return this.#frame.take();
  }

  #fillLarge(): void {
    const record = this.#large.first;
    if (record === undefined || !this.pacer.hasRoom) return;
    const before = record.remainingBytes;
    if (record.writeNext(this.#frame, this.pacer.chunkBytes)) this.#large.shift();
    this.#largeBytes -= before - record.remainingBytes;
  }

  /** Asks for an acknowledgement at once, unless one is awaited. */
  askNow(): void {
    if (this.#state !== 'open' || this.#sent.isAwaiting || this.unacknowledgedBytes === 0) return;
    this.#ask();
    this.flush();
  }

  /** Asks for an acknowledgement with the frame being built, where it is time to. */
  #askForAck(): void {
    if (this.#state !== 'open') return;
    const isBeat = this.#frame.length === this.#beatBytes;
    this.#beatBytes = 0;
    const pressed = this.pressed || this.#large.length > 0;
    if (this.#sent.shouldAsk(this.#frame.length, isBeat, pressed, this.#clock.monotonicMs())) this.#ask();
  }

  #ask(): void {
    this.#frame.append(recordKinds.ackRequest);
    this.#sent.handleAsked(this.#frame.length, this.#clock.monotonicMs());
  }

  #flushAfter(delayMs: number, nowMs = this.#clock.monotonicMs()): void {
    if (this.#cancelFlush !== undefined) return;
    this.#flushDueMs = nowMs + delayMs;
    this.#cancelFlush = this.#clock.after(delayMs, () => {
      this.#cancelFlush = undefined;
      this.flush();
    });
  }

  #end(close: LineClose): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.writeOff();
    this.#cancelFlush?.();
    this.#silence.stop();
    this.#cancelBeat?.();
    this.#handlers.handleClosed(close);
  }

  #beat(): void {
    this.#ping();
    if (this.#state === 'open') this.#cancelBeat = this.#clock.after(this.limits.heartbeatMs, () => this.#beat());
  }

  #ping(): void {
    if (this.unacknowledgedBytes > 0) this.#sent.askSoon();
    this.#appendBeat('ping', this.#clocks.ping());
    this.#appendAck();
    this.flush();
  }

  #handlePing(ping: Uint8Array): void {
    const { pong, roundTripMs } = this.#clocks.handlePing(ping, this.#lastReceivedMs);
    this.#appendBeat('pong', pong);
    this.#handleRoundTrip(roundTripMs);
    this.#appendAck();
    this.flush();
  }

  #handlePong(pong: Uint8Array): void {
    this.#handleRoundTrip(this.#clocks.handlePong(pong));
    if (this.#clocks.pings < FIRST_PINGS) this.#ping();
  }

  #handleRoundTrip(roundTripMs: number | undefined): void {
    if (roundTripMs === undefined) return;
    this.pacer.handleRoundTrip(roundTripMs, this.#clock.monotonicMs());
    this.#handlers.handleClock?.();
  }

  /** Clause 4.4. What is put together is read as if it had come in one frame. */
  #handlePart(body: Uint8Array): void {
    if (this.#state !== 'open') throw new LineError('FRAME_UNEXPECTED', 'a part came before the greeting was over');
    const records = this.#unwrap.part(body);
    if (records !== undefined) readRecords(records, this);
  }

  get #unwrap(): RecordUnwrapper {
    return (this.#unwrapper ??= new RecordUnwrapper({
      maxBytes: this.limits.maxFrameBytes,
      zstd: this.#zstd,
      handleUnpacked: (packedBytes, bytes) => this.#handlers.handleUnpacked?.(packedBytes, bytes),
    }));
  }

  #acknowledge(): void {
    this.#appendAck();
    this.flush();
  }

  /** Clause 8.1: how much came; once for what came. */
  #appendAck(): void {
    if (this.#state === 'closed' || this.#toldReceivedBytes === this.#receivedBytes) return;
    this.#toldReceivedBytes = this.#receivedBytes;
    ackView.setBigUint64(0, BigInt(this.#receivedBytes), true);
    this.#appendBeat('ack', ackBody);
  }

  #appendBeat(kind: 'ping' | 'pong' | 'ack', body: Uint8Array): void {
    if (this.#state === 'closed') return;
    const before = this.#frame.length;
    this.#frame.append(recordKinds[kind], body);
    this.#beatBytes += this.#frame.length - before;
  }

  #handleAck(receivedBytes: number): void {
    if (!this.#sent.handleAck(receivedBytes, this.#clock.monotonicMs())) return;
    if (this.#large.length > 0) this.flush();
    this.#handlers.handleRoom();
  }

  #expectBody(kind: RecordKindName, body: Uint8Array, bytes: number): void {
    if (this.#state !== 'open') throw new LineError('FRAME_UNEXPECTED', `a ${kind} came before the greeting was over`);
    if (body.length !== bytes)
      throw new LineError('FRAME_MALFORMED', `a ${kind} has ${body.length} bytes; it must have ${bytes}`);
  }
}

/** An ack is written here and copied into its frame at once. */
const ackBody = new Uint8Array(8);
const ackView = new DataView(ackBody.buffer);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
