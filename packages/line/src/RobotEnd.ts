import type { Clock, Schema } from '@longline/ros';
import { ChannelReceiver } from './ChannelReceiver.ts';
import type { ChannelListener } from './ChannelReceiver.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { LineError } from './errors.ts';
import type { LineClose, LineErrorCode } from './errors.ts';
import { helloSchema } from './hello.ts';
import type { AgentHello, Welcome } from './hello.ts';
import { decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import { LineEnd } from './LineEnd.ts';
import type { LineEndOptions } from './LineEnd.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { OpenRequests } from './OpenRequests.ts';
import type { ReplyListener } from './OpenRequests.ts';
import type { RecordKindName } from './recordKinds.ts';
import { robotStatusSchema } from './requestRecords.ts';
import type { RequestHeader, RobotStatus } from './requestRecords.ts';

/** What the server does with what a robot's line brings. */
export interface RobotEndHandlers extends ChannelListener {
  /** An agent asks to join. Answer with `welcome()` or `close()`, now or later. */
  handleHello(hello: AgentHello): void;
  /** The record is a view into its frame: copy what outlives the call. Unadvertised channels end the line before this. */
  handleMessage(channel: AdvertisedChannel, record: MessageRecord): void;
  handleStatus(status: RobotStatus): void;
  handleClosed(close: LineClose): void;
}

/** A request as its maker gives it; the line adds the time of sending. */
export type OutgoingRequest = Omit<RequestHeader, 'sentMs'>;

/** The server's end of a robot's line, without I/O. */
export class RobotEnd extends LineEnd {
  readonly #clock: Clock;
  readonly #handlers: RobotEndHandlers;
  readonly #channels: ChannelReceiver;
  readonly #requests: OpenRequests;
  #helloSeen = false;

  constructor(
    options: LineEndOptions<RobotEndHandlers> & {
      /** May give another object for an equal definition, so that many lines keep one. */
      readonly shareSchema?: (schema: Schema) => Schema;
    },
  ) {
    const limits = { ...defaultLimits, ...options.limits };
    super(options.transport, options.clock, limits);
    this.#clock = options.clock;
    this.#handlers = options.handlers;
    this.#channels = new ChannelReceiver(limits, options.handlers, options.shareSchema);
    this.#requests = new OpenRequests(options.clock, limits);
  }

  /** Lets the agent in. Does nothing when the line has ended meanwhile. */
  welcome(welcome: Omit<Welcome, 'maxFrameBytes'>): void {
    if (this.line.state !== 'greeting') return;
    this.line.send('welcome', [encodeJson({ ...welcome, maxFrameBytes: this.line.limits.maxFrameBytes })], true);
    this.line.open();
  }

  /** Sends a request to the robot and tells the listener what becomes of it. Throws `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  request(request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    if (this.line.state !== 'open') throw new LineError('LINE_CLOSED', 'the line to the robot is not open');
    this.#requests.add(request, listener);
    this.line.send('request', [encodeHeaded({ ...request, sentMs: this.#clock.monotonicMs() }), payload], true);
  }

  close(code: LineErrorCode, message: string): void {
    this.line.close(code, message);
  }

  protected override handleClosed(close: LineClose): void {
    this.#handlers.handleClosed(close);
    this.#requests.handleClosed();
  }

  protected override handleMessage(record: MessageRecord): void {
    const channel = this.#channels.get(record.channelId);
    if (channel === undefined) {
      throw new LineError('FRAME_UNEXPECTED', `a message came on channel ${record.channelId}, which is not advertised`);
    }
    this.#handlers.handleMessage(channel, record);
  }

  protected override handleRecord(kind: RecordKindName, body: Uint8Array): void {
    const { maxJsonBytes } = this.line.limits;
    if (this.line.state === 'greeting') {
      if (kind !== 'hello' || this.#helloSeen)
        throw new LineError('FRAME_UNEXPECTED', `a ${kind} came before the welcome`);
      const hello = decodeJson('hello', body, helloSchema, maxJsonBytes);
      if (hello.role !== 'agent')
        throw new LineError('FRAME_UNEXPECTED', 'readers connect to /api/v1/live, agents to /api/v1/line');
      this.#helloSeen = true;
      this.#handlers.handleHello(hello);
      return;
    }
    if (this.#channels.handleRecord(kind, body)) return;
    switch (kind) {
      case 'reply':
        return this.#requests.handleReply(body);
      case 'status':
        return this.#handlers.handleStatus(decodeJson(kind, body, robotStatusSchema, maxJsonBytes));
      default:
        throw new LineError('FRAME_UNEXPECTED', `an agent sends no ${kind} on an open line`);
    }
  }
}
