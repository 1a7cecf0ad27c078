import type { Clock } from '@longline/ros';
import { ChannelSender } from './ChannelSender.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { LineError } from './errors.ts';
import type { LineClose } from './errors.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import { welcomeSchema } from './hello.ts';
import type { AgentHello, Welcome } from './hello.ts';
import { decodeHeaded, decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import { LineEnd } from './LineEnd.ts';
import type { LineEndOptions } from './LineEnd.ts';
import type { Outbox } from './Outbox.ts';
import type { RecordKindName } from './recordKinds.ts';
import { requestHeaderSchema } from './requestRecords.ts';
import type { ReplyHeader, RequestHeader, RobotStatus } from './requestRecords.ts';

/** What the agent does with what its line brings. */
export interface AgentEndHandlers {
  /** The line is open: advertise the channels and tell the status. */
  handleWelcome(welcome: Welcome): void;
  /** `ageMs` is the request's age now, never less than the truth. `payload` is valid during the call only. */
  handleRequest(request: RequestHeader, payload: Uint8Array, ageMs: number): void;
  handleClosed(close: LineClose): void;
}

const DROP_REPORT_MS = 1_000;

/** The robot's end of a line, without I/O. One per connection; the outbox outlives it. */
export class AgentEnd extends LineEnd {
  readonly #clock: Clock;
  readonly #hello: AgentHello;
  readonly #outbox: Outbox;
  readonly #handlers: AgentEndHandlers;
  readonly #channels: ChannelSender;
  #dropsReportedMs = Number.NEGATIVE_INFINITY;
  /** The owner had its say after the welcome: the channels are advertised, so messages may follow. */
  #ready = false;

  constructor(options: LineEndOptions<AgentEndHandlers> & { readonly hello: AgentHello; readonly outbox: Outbox }) {
    super(options.transport, options.clock, { ...defaultLimits, ...options.limits });
    this.#clock = options.clock;
    this.#hello = options.hello;
    this.#outbox = options.outbox;
    this.#handlers = options.handlers;
    this.#channels = new ChannelSender(this.line);
  }

  /** The transport is connected. */
  handleOpen(): void {
    this.line.greet(encodeJson(this.#hello));
  }

  advertise(channels: readonly AdvertisedChannel[]): void {
    this.#channels.advertise(channels);
  }

  unadvertise(ids: readonly number[]): void {
    this.#channels.unadvertise(ids);
  }

  /** Something was pushed into the outbox: it leaves within the batching delay, at once where `urgent`. */
  handleQueued(urgent = false): void {
    if (this.line.state !== 'open') return;
    if (urgent || this.#outbox.bytes >= this.line.limits.batchBytes) this.line.flush();
    else this.line.flushSoon();
  }

  sendStatus(status: RobotStatus): void {
    this.line.send('status', [encodeJson(status)]);
  }

  /** Answers a request. `received` first where the work takes time, then one final state. */
  reply(header: ReplyHeader, payload: Uint8Array = new Uint8Array(0)): void {
    this.line.send('reply', [encodeHeaded(header), payload], true);
  }

  close(message = 'the agent stops'): void {
    this.line.close('LINE_CLOSED', message);
  }

  protected override handleRecord(kind: RecordKindName, body: Uint8Array): void {
    if (this.line.state === 'greeting') {
      if (kind !== 'welcome') throw new LineError('FRAME_UNEXPECTED', `a ${kind} came where the welcome was due`);
      const welcome = decodeJson('welcome', body, welcomeSchema, this.line.limits.maxJsonBytes);
      this.#outbox.maxMessageBytes = welcome.maxFrameBytes;
      this.#outbox.blocked = false;
      this.line.open();
      this.#handlers.handleWelcome(welcome);
      this.#ready = true;
      this.line.flushSoon();
      return;
    }
    if (kind !== 'request') throw new LineError('FRAME_UNEXPECTED', `a server sends no ${kind} to an open agent`);
    const { header, payload } = decodeHeaded('request', body, requestHeaderSchema, this.line.limits.maxJsonBytes);
    this.#handlers.handleRequest(header, payload, header.ageMs + this.line.transitMs(header.sentMs));
  }

  protected override handleMessage(): void {
    throw new LineError('FRAME_UNEXPECTED', 'a server sends no messages to an agent');
  }

  protected override handleClosed(close: LineClose): void {
    this.#outbox.blocked = true;
    this.#handlers.handleClosed(close);
  }

  protected override handleCongestion(congested: boolean): void {
    this.#outbox.blocked = congested;
  }

  protected override fill(frame: FrameBuilder, maxBytes: number): void {
    if (!this.#ready) return;
    this.#reportDrops();
    this.#outbox.fill(frame, maxBytes);
  }

  #reportDrops(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#dropsReportedMs < DROP_REPORT_MS) return;
    const drops = this.#outbox.takeDropped();
    if (drops.length > 0) this.#dropsReportedMs = nowMs;
    for (const drop of drops) this.line.send('dropped', [encodeJson(drop)]);
  }
}
