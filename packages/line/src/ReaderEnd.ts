import type { Clock, Disposer } from '@longline/ros';
import { ChannelReceiver } from './ChannelReceiver.ts';
import type { ChannelListener } from './ChannelReceiver.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { LineError } from './errors.ts';
import type { LineClose } from './errors.ts';
import { welcomeSchema } from './hello.ts';
import type { ReaderHello, Welcome } from './hello.ts';
import { decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import { LineEnd } from './LineEnd.ts';
import type { LineEndOptions } from './LineEnd.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { OpenRequests } from './OpenRequests.ts';
import type { ReplyListener } from './OpenRequests.ts';
import { lineRecordSchema } from './lineRecord.ts';
import type { LineRecord } from './lineRecord.ts';
import { deviceRecordSchema, markSchema } from './readerRecords.ts';
import type { DeviceRecord, SubscribeRecord } from './readerRecords.ts';
import type { RecordKindName } from './recordKinds.ts';
import type { OutgoingRequest } from './RobotEnd.ts';

/** What a reader does with what its line brings. */
export interface ReaderEndHandlers extends ChannelListener {
  handleWelcome(welcome: Welcome): void;
  /** The record is a view into its frame. */
  handleMessage(channel: AdvertisedChannel, record: MessageRecord): void;
  handleDevice(device: DeviceRecord): void;
  /** How the line of a device is doing. Optional. */
  handleLine?(line: LineRecord): void;
  handleMark(subscription: number): void;
  handleClosed(close: LineClose): void;
}

/** Channels that one reader may be told of. */
const MAX_FLEET_CHANNELS = 1_000_000;

/** A reader's end of a line, without I/O. */
export class ReaderEnd extends LineEnd {
  readonly #clock: Clock;
  readonly #hello: ReaderHello;
  readonly #handlers: ReaderEndHandlers;
  readonly #channels: ChannelReceiver;
  readonly #requests: OpenRequests;

  constructor(options: LineEndOptions<ReaderEndHandlers> & { readonly hello: ReaderHello }) {
    const limits = { ...defaultLimits, ...options.limits };
    super(options, limits);
    this.#clock = options.clock;
    this.#hello = options.hello;
    this.#handlers = options.handlers;
    // A reader may see the channels of a whole fleet.
    this.#channels = new ChannelReceiver({ ...limits, maxChannels: MAX_FLEET_CHANNELS }, options.handlers);
    this.#requests = new OpenRequests(options.clock, limits);
  }

  /** The transport is connected. */
  handleOpen(): void {
    this.line.greet([encodeJson(this.#hello)]);
  }

  subscribe(subscription: SubscribeRecord): void {
    this.line.send('subscribe', [encodeJson(subscription)], true);
  }

  unsubscribe(id: number): void {
    this.line.send('unsubscribe', [encodeJson({ id })], true);
  }

  /** Sends a request for a device and tells the listener what becomes of it. Throws `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  request(request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    if (this.line.state !== 'open') throw lineNotOpen();
    this.#requests.add(request, listener);
    this.#send(request, payload);
  }

  /** Begins a motion stream: the listener hears the refusals of the frames that {@link motion} sends under this ID. */
  openStream(id: string, listener: ReplyListener): Disposer {
    return this.#requests.openStream(id, listener);
  }

  /** Sends one frame of a motion stream (clause 5.10). Throws `LINE_CLOSED`. */
  motion(frame: OutgoingRequest, payload: Uint8Array): void {
    if (this.line.state !== 'open') throw lineNotOpen();
    this.#send(frame, payload);
  }

  close(message = 'the reader leaves'): void {
    this.line.close('LINE_CLOSED', message);
  }

  override handleClosed(close: LineClose): void {
    this.#handlers.handleClosed(close);
    this.#requests.handleClosed();
  }

  override handleMessage(record: MessageRecord): void {
    const channel = this.#channels.get(record.channelId);
    // A channel can go while its last messages are under way.
    if (channel !== undefined) this.#handlers.handleMessage(channel.advertised, record);
  }

  override handleRecord(kind: RecordKindName, body: Uint8Array): void {
    const { maxJsonBytes } = this.line.limits;
    if (this.line.state === 'greeting') {
      if (kind !== 'welcome') throw new LineError('FRAME_UNEXPECTED', `a ${kind} came where the welcome was due`);
      const welcome = decodeJson('welcome', body, welcomeSchema, maxJsonBytes);
      this.line.open();
      this.#handlers.handleWelcome(welcome);
      return;
    }
    if (this.#channels.handleRecord(kind, body)) return;
    switch (kind) {
      case 'reply':
        return this.#requests.handleReply(body);
      case 'device':
        return this.#handlers.handleDevice(decodeJson(kind, body, deviceRecordSchema, maxJsonBytes));
      case 'line':
        return this.#handlers.handleLine?.(decodeJson(kind, body, lineRecordSchema, maxJsonBytes));
      case 'mark':
        return this.#handlers.handleMark(decodeJson(kind, body, markSchema, maxJsonBytes).id);
      default:
        throw new LineError('FRAME_UNEXPECTED', `a server sends no ${kind} to a reader`);
    }
  }

  #send(request: OutgoingRequest, payload: Uint8Array): void {
    const header = encodeHeaded({ ...request, sentMs: this.#clock.monotonicMs() });
    this.line.sendLarge('request', [header, payload], true);
  }
}

const lineNotOpen = (): LineError => new LineError('LINE_CLOSED', 'the line to the server is not open');
