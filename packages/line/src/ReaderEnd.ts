import type { Clock } from '@longline/ros';
import { ChannelReceiver } from './ChannelReceiver.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { droppedSchema } from './channelRecords.ts';
import { LineError } from './errors.ts';
import type { LineClose } from './errors.ts';
import { welcomeSchema } from './hello.ts';
import type { ReaderHello, Welcome } from './hello.ts';
import { decodeHeaded, decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import type { LineLimits } from './limits.ts';
import { LineCore } from './LineCore.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { OpenRequests } from './OpenRequests.ts';
import type { ReplyListener } from './OpenRequests.ts';
import type { PeerClock } from './PeerClock.ts';
import { deviceRecordSchema, markSchema } from './readerRecords.ts';
import type { DeviceRecord, SubscribeRecord } from './readerRecords.ts';
import type { RecordKindName } from './recordKinds.ts';
import { replyHeaderSchema } from './requestRecords.ts';
import type { OutgoingRequest } from './RobotEnd.ts';
import type { Transport } from './Transport.ts';

/** What a reader does with what its line brings. */
export interface ReaderEndHandlers {
  handleWelcome(welcome: Welcome): void;
  handleAdvertise(channels: readonly AdvertisedChannel[]): void;
  handleUnadvertise(channels: readonly AdvertisedChannel[]): void;
  /** The record is a view into its frame. */
  handleMessage(channel: AdvertisedChannel, record: MessageRecord): void;
  handleDropped(channel: AdvertisedChannel, count: number): void;
  handleDevice(device: DeviceRecord): void;
  handleMark(subscription: number): void;
  handleClosed(close: LineClose): void;
}

/** A reader's end of a line, without I/O. */
export class ReaderEnd {
  readonly #line: LineCore;
  readonly #clock: Clock;
  readonly #hello: ReaderHello;
  readonly #handlers: ReaderEndHandlers;
  readonly #channels: ChannelReceiver;
  readonly #requests: OpenRequests;

  constructor(options: {
    readonly transport: Transport;
    readonly clock: Clock;
    readonly hello: ReaderHello;
    readonly handlers: ReaderEndHandlers;
    readonly limits?: Partial<LineLimits>;
  }) {
    const limits = { ...defaultLimits, ...options.limits };
    this.#clock = options.clock;
    this.#hello = options.hello;
    this.#handlers = options.handlers;
    // A reader may see the channels of a whole fleet.
    this.#channels = new ChannelReceiver({ ...limits, maxChannels: 1_000_000 });
    this.#requests = new OpenRequests(options.clock, limits.maxOpenRequests);
    this.#line = new LineCore({
      transport: options.transport,
      clock: options.clock,
      limits,
      handlers: {
        handleRecord: (kind, body) => this.#handleRecord(kind, body),
        handleMessage: (record) => this.#handleMessage(record),
        handleClosed: (close) => {
          this.#handlers.handleClosed(close);
          this.#requests.handleClosed();
        },
      },
    });
  }

  get state(): LineCore['state'] {
    return this.#line.state;
  }

  /** The transport is connected. */
  handleOpen(): void {
    this.#line.send('hello', [encodeJson(this.#hello)], true);
  }

  handleFrame(frame: Uint8Array): void {
    this.#line.handleFrame(frame);
  }

  handleText(): void {
    this.#line.handleText();
  }

  handleWritable(): void {
    this.#line.handleWritable();
  }

  handleDisconnected(closeCode: number, reason: string): void {
    this.#line.handleDisconnected(closeCode, reason);
  }

  subscribe(subscription: SubscribeRecord): void {
    this.#line.send('subscribe', [encodeJson(subscription)], true);
  }

  unsubscribe(id: number): void {
    this.#line.send('unsubscribe', [encodeJson({ id })], true);
  }

  /** Sends a request for a device and tells the listener what becomes of it. Throws `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  request(request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    if (this.#line.state !== 'open') throw new LineError('LINE_CLOSED', 'the line to the server is not open');
    this.#requests.add(request.id, request.deadlineMs - request.ageMs, listener);
    this.#line.send('request', [encodeHeaded({ ...request, sentMs: this.#clock.monotonicMs() }), payload], true);
  }

  /** What is known of the server's clocks. */
  clockEstimate(): ReturnType<PeerClock['estimate']> {
    return this.#line.clockEstimate();
  }

  close(message = 'the reader leaves'): void {
    this.#line.close('LINE_CLOSED', message);
  }

  #handleMessage(record: MessageRecord): void {
    const channel = this.#channels.get(record.channelId);
    // A channel can go while its last messages are under way.
    if (channel !== undefined) this.#handlers.handleMessage(channel, record);
  }

  #handleRecord(kind: RecordKindName, body: Uint8Array): void {
    const { maxJsonBytes } = this.#line.limits;
    if (this.#line.state === 'greeting') {
      if (kind !== 'welcome') throw new LineError('FRAME_UNEXPECTED', `a ${kind} came where the welcome was due`);
      const welcome = decodeJson('welcome', body, welcomeSchema, maxJsonBytes);
      this.#line.open();
      this.#handlers.handleWelcome(welcome);
      return;
    }
    switch (kind) {
      case 'schema':
        return this.#channels.handleSchema(body);
      case 'advertise':
        return this.#handlers.handleAdvertise(this.#channels.handleAdvertise(body));
      case 'unadvertise':
        return this.#handlers.handleUnadvertise(this.#channels.handleUnadvertise(body));
      case 'dropped': {
        const dropped = decodeJson(kind, body, droppedSchema, maxJsonBytes);
        const channel = this.#channels.get(dropped.channel);
        if (channel !== undefined) this.#handlers.handleDropped(channel, dropped.count);
        return;
      }
      case 'reply': {
        const { header, payload } = decodeHeaded(kind, body, replyHeaderSchema, maxJsonBytes);
        return this.#requests.handleReply(header, payload);
      }
      case 'device':
        return this.#handlers.handleDevice(decodeJson(kind, body, deviceRecordSchema, maxJsonBytes));
      case 'mark':
        return this.#handlers.handleMark(decodeJson(kind, body, markSchema, maxJsonBytes).id);
      default:
        throw new LineError('FRAME_UNEXPECTED', `a server sends no ${kind} to a reader`);
    }
  }
}
