import { ChannelSender } from './ChannelSender.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { LineError } from './errors.ts';
import type { LineClose, LineErrorCode } from './errors.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import { helloSchema } from './hello.ts';
import type { ReaderHello, Welcome } from './hello.ts';
import { decodeHeaded, decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { defaultLimits, READER_BATCH_DELAY_MS, READER_SILENCE_MS } from './limits.ts';
import { LineEnd } from './LineEnd.ts';
import type { LineEndOptions } from './LineEnd.ts';
import type { LineRecord } from './lineRecord.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { NewestPerChannel } from './NewestPerChannel.ts';
import { subscribeSchema, unsubscribeSchema } from './readerRecords.ts';
import type { DeviceRecord, SubscribeRecord } from './readerRecords.ts';
import type { RecordKindName } from './recordKinds.ts';
import { requestHeaderSchema } from './requestRecords.ts';
import type { ReplyHeader, RequestHeader } from './requestRecords.ts';

/** What the server does with what a reader's line brings. */
export interface LiveEndHandlers {
  /** A reader asks to join. Answer with `welcome()` or `close()`, now or later. */
  handleHello(hello: ReaderHello): void;
  handleSubscribe(subscription: SubscribeRecord): void;
  handleUnsubscribe(id: number): void;
  /** `ageMs` is the request's age now. `payload` is valid during the call only. */
  handleRequest(request: RequestHeader, payload: Uint8Array, ageMs: number): void;
  handleClosed(close: LineClose): void;
}

/** Bytes that wait for a near reader's socket before it gets the newest messages only. */
const NEAR_BUFFER_BYTES = 1024 * 1024;

/**
 * The server's end of a reader's line, without I/O.
 *
 * A slow reader costs nobody else anything: while its socket takes no data the newest message of each channel is kept,
 * and what was dropped is told (clause 9.6).
 */
export class LiveEnd extends LineEnd {
  readonly #handlers: LiveEndHandlers;
  readonly #channels: ChannelSender;
  readonly #newest: NewestPerChannel;
  readonly #subscriptions = new Set<number>();
  #helloSeen = false;
  #droppedTotal = 0;

  constructor(options: LineEndOptions<LiveEndHandlers>) {
    super(options, {
      ...defaultLimits,
      batchDelayMs: READER_BATCH_DELAY_MS,
      silenceMs: READER_SILENCE_MS,
      ...options.limits,
    });
    this.#handlers = options.handlers;
    this.#channels = new ChannelSender(this.line);
    this.#newest = new NewestPerChannel(this.line.limits.maxKeptBytes);
  }

  /** Messages that this reader was too slow for. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  /** Lets the reader in. Does nothing when the line has ended meanwhile. */
  welcome(welcome: Omit<Welcome, 'maxFrameBytes' | 'epoch'>): void {
    if (this.line.state !== 'greeting') return;
    const body = { ...welcome, epoch: 0, maxFrameBytes: this.line.limits.maxFrameBytes };
    this.line.send('welcome', [encodeJson(body)], true);
    this.line.open();
  }

  advertise(channels: readonly AdvertisedChannel[]): void {
    // What waits was made by the definition before this one.
    for (const { id } of channels) this.#newest.delete(id);
    this.#channels.advertise(channels);
  }

  unadvertise(ids: readonly number[]): void {
    for (const id of ids) this.#newest.delete(id);
    this.#channels.unadvertise(ids);
  }

  /** Sends a message record received elsewhere, under this line's channel ID. */
  deliver(channelId: number, record: MessageRecord): void {
    if (this.#newest.size > 0 || record.length > this.line.cutBytes || this.#mustWait()) {
      this.#newest.put(channelId, record);
      this.line.pressed = true;
      this.line.flushSoon();
    } else {
      this.line.forward(channelId, record.bytes);
    }
  }

  /** For {@link NewestPerChannel}. */
  handleFolded(channel: number, count: number): void {
    this.dropped(channel, count);
  }

  /** For {@link NewestPerChannel}. */
  handleLarge(body: Uint8Array): void {
    this.line.sendLarge('message', [body]);
  }

  /** For {@link NewestPerChannel}. */
  handleMark(subscription: number): void {
    this.#sendMark(subscription);
  }

  /** Tells that messages of a channel were dropped on the way here. */
  dropped(channel: number, count: number): void {
    this.#droppedTotal += count;
    this.line.send('dropped', [encodeJson({ channel, count })]);
  }

  /** Tells that everything delivered before was sent; on a slow line it waits for it. */
  mark(subscription: number): void {
    if (this.#newest.size > 0 || this.line.largeBytes > 0) this.#newest.putMark(subscription);
    else this.#sendMark(subscription);
  }

  device(record: DeviceRecord): void {
    this.line.send('device', [encodeJson(record)]);
  }

  /** Tells how the line of a device is doing. */
  deviceLine(record: LineRecord): void {
    this.line.send('line', [encodeJson(record)]);
  }

  reply(header: ReplyHeader, payload: Uint8Array = new Uint8Array(0)): void {
    // The payload may be a view into a frame, and may have to wait.
    const kept = payload.length > this.line.cutBytes ? payload.slice() : payload;
    this.line.sendLarge('reply', [encodeHeaded(header), kept], true);
  }

  close(code: LineErrorCode, message: string): void {
    this.line.close(code, message);
  }

  override handleMessage(): void {
    throw new LineError('FRAME_UNEXPECTED', 'a reader sends no messages; publish with a request');
  }

  override handleClosed(close: LineClose): void {
    this.#handlers.handleClosed(close);
  }

  override handleRoom(): void {
    if (this.#newest.size > 0) this.line.flush();
  }

  override fill(frame: FrameBuilder): void {
    const { line } = this;
    line.pressed = this.#newest.size > 0;
    if (!line.pressed) return;
    if (this.#mustWait()) {
      line.askNow();
      return;
    }
    const maxBytes = Math.min(line.limits.batchBytes, line.pacer.chunkBytes);
    this.#newest.fill(frame, { maxBytes, cutBytes: line.cutBytes }, this);
  }

  /** A near reader that is busy for a moment loses nothing as long as the kernel's buffers take it. */
  #mustWait(): boolean {
    const { line } = this;
    const mostBytes = Math.min(NEAR_BUFFER_BYTES, line.limits.windowBytes);
    return line.congested && (!line.pacer.isNear || line.largeBytes > 0 || line.bufferedBytes > mostBytes);
  }

  #sendMark(subscription: number): void {
    this.line.send('mark', [encodeJson({ id: subscription })]);
  }

  override handleRecord(kind: RecordKindName, body: Uint8Array): void {
    const { maxJsonBytes, maxSubscriptions } = this.line.limits;
    if (this.line.state === 'greeting') {
      if (kind !== 'hello' || this.#helloSeen)
        throw new LineError('FRAME_UNEXPECTED', `a ${kind} came before the welcome`);
      const hello = decodeJson('hello', body, helloSchema, maxJsonBytes);
      if (hello.role !== 'reader')
        throw new LineError('FRAME_UNEXPECTED', 'agents connect to /api/v1/line, readers to /api/v1/live');
      this.#helloSeen = true;
      this.#handlers.handleHello(hello);
      return;
    }
    switch (kind) {
      case 'subscribe': {
        const subscription = decodeJson(kind, body, subscribeSchema, maxJsonBytes);
        if (this.#subscriptions.has(subscription.id)) {
          throw new LineError('FRAME_UNEXPECTED', `subscription ${subscription.id} exists already`);
        }
        if (this.#subscriptions.size >= maxSubscriptions) {
          throw new LineError(
            'LIMIT_EXCEEDED',
            `more than ${maxSubscriptions} subscriptions on one line; use patterns`,
          );
        }
        if (!('once' in subscription && subscription.once)) this.#subscriptions.add(subscription.id);
        return this.#handlers.handleSubscribe(subscription);
      }
      case 'unsubscribe': {
        const { id } = decodeJson(kind, body, unsubscribeSchema, maxJsonBytes);
        if (this.#subscriptions.delete(id)) this.#handlers.handleUnsubscribe(id);
        return;
      }
      case 'request': {
        const { header, payload } = decodeHeaded(kind, body, requestHeaderSchema, maxJsonBytes);
        return this.#handlers.handleRequest(header, payload, header.ageMs + this.line.transitMs(header.sentMs));
      }
      default:
        throw new LineError('FRAME_UNEXPECTED', `a reader sends no ${kind} on an open line`);
    }
  }
}
