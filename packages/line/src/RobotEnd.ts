import type { Clock, Schema } from '@longline/ros';
import { ChannelReceiver } from './ChannelReceiver.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { droppedSchema } from './channelRecords.ts';
import { LineError } from './errors.ts';
import type { LineClose, LineErrorCode } from './errors.ts';
import { helloSchema } from './hello.ts';
import type { AgentHello, Welcome } from './hello.ts';
import { decodeHeaded, decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import type { LineLimits } from './limits.ts';
import { LineCore } from './LineCore.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { OpenRequests } from './OpenRequests.ts';
import type { ReplyListener } from './OpenRequests.ts';
import type { PeerClock } from './PeerClock.ts';
import type { RecordKindName } from './recordKinds.ts';
import { replyHeaderSchema, robotStatusSchema } from './requestRecords.ts';
import type { RequestHeader, RobotStatus } from './requestRecords.ts';
import type { Transport } from './Transport.ts';

/** What the server does with what a robot's line brings. */
export interface RobotEndHandlers {
  /** An agent asks to join. Answer with `welcome()` or `close()`, now or later. */
  handleHello(hello: AgentHello): void;
  handleAdvertise(channels: readonly AdvertisedChannel[]): void;
  handleUnadvertise(channels: readonly AdvertisedChannel[]): void;
  /** The record is a view into its frame: copy what outlives the call. Unadvertised channels end the line before this. */
  handleMessage(channel: AdvertisedChannel, record: MessageRecord): void;
  handleDropped(channel: AdvertisedChannel, count: number): void;
  handleStatus(status: RobotStatus): void;
  handleClosed(close: LineClose): void;
}

/** A request as its maker gives it; the line adds the time of sending. */
export type OutgoingRequest = Omit<RequestHeader, 'sentMs'>;

/** The server's end of a robot's line, without I/O. */
export class RobotEnd {
  readonly #line: LineCore;
  readonly #clock: Clock;
  readonly #handlers: RobotEndHandlers;
  readonly #channels: ChannelReceiver;
  readonly #requests: OpenRequests;
  #helloSeen = false;

  constructor(options: {
    readonly transport: Transport;
    readonly clock: Clock;
    readonly handlers: RobotEndHandlers;
    readonly limits?: Partial<LineLimits>;
    /** May give another object for an equal definition, so that many lines keep one. */
    readonly shareSchema?: (schema: Schema) => Schema;
  }) {
    const limits = { ...defaultLimits, ...options.limits };
    this.#clock = options.clock;
    this.#handlers = options.handlers;
    this.#channels = new ChannelReceiver(limits, options.shareSchema);
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

  /** Lets the agent in. Does nothing when the line has ended meanwhile. */
  welcome(welcome: Omit<Welcome, 'maxFrameBytes'>): void {
    if (this.#line.state !== 'greeting') return;
    this.#line.send('welcome', [encodeJson({ ...welcome, maxFrameBytes: this.#line.limits.maxFrameBytes })], true);
    this.#line.open();
  }

  /** Sends a request to the robot and tells the listener what becomes of it. Throws `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  request(request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    if (this.#line.state !== 'open') throw new LineError('LINE_CLOSED', 'the line to the robot is not open');
    this.#requests.add(request.id, request.deadlineMs - request.ageMs, listener);
    this.#line.send('request', [encodeHeaded({ ...request, sentMs: this.#clock.monotonicMs() }), payload], true);
  }

  /** What is known of the robot's clocks. */
  clockEstimate(): ReturnType<PeerClock['estimate']> {
    return this.#line.clockEstimate();
  }

  close(code: LineErrorCode, message: string): void {
    this.#line.close(code, message);
  }

  #handleMessage(record: MessageRecord): void {
    const channel = this.#channels.get(record.channelId);
    if (channel === undefined) {
      throw new LineError('FRAME_UNEXPECTED', `a message came on channel ${record.channelId}, which is not advertised`);
    }
    this.#handlers.handleMessage(channel, record);
  }

  #handleRecord(kind: RecordKindName, body: Uint8Array): void {
    const { maxJsonBytes } = this.#line.limits;
    if (this.#line.state === 'greeting') {
      if (kind !== 'hello' || this.#helloSeen)
        throw new LineError('FRAME_UNEXPECTED', `a ${kind} came before the welcome`);
      const hello = decodeJson('hello', body, helloSchema, maxJsonBytes);
      if (hello.role !== 'agent')
        throw new LineError('FRAME_UNEXPECTED', 'readers connect to /api/v1/live, agents to /api/v1/line');
      this.#helloSeen = true;
      this.#handlers.handleHello(hello);
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
      case 'status':
        return this.#handlers.handleStatus(decodeJson(kind, body, robotStatusSchema, maxJsonBytes));
      default:
        throw new LineError('FRAME_UNEXPECTED', `an agent sends no ${kind} on an open line`);
    }
  }
}
