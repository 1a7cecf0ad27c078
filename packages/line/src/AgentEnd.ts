import type { Clock } from '@longline/ros';
import { ChannelSender } from './ChannelSender.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { LineError } from './errors.ts';
import type { LineClose } from './errors.ts';
import { welcomeSchema } from './hello.ts';
import type { AgentHello, Welcome } from './hello.ts';
import { decodeHeaded, decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import type { LineLimits } from './limits.ts';
import { LineCore } from './LineCore.ts';
import type { Outbox } from './Outbox.ts';
import type { PeerClock } from './PeerClock.ts';
import type { RecordKindName } from './recordKinds.ts';
import { requestHeaderSchema } from './requestRecords.ts';
import type { ReplyHeader, RequestHeader, RobotStatus } from './requestRecords.ts';
import type { Transport } from './Transport.ts';

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
export class AgentEnd {
  readonly #line: LineCore;
  readonly #clock: Clock;
  readonly #hello: AgentHello;
  readonly #outbox: Outbox;
  readonly #handlers: AgentEndHandlers;
  readonly #channels: ChannelSender;
  #dropsReportedMs = Number.NEGATIVE_INFINITY;
  /** The owner had its say after the welcome: the channels are advertised, so messages may follow. */
  #ready = false;

  constructor(options: {
    readonly transport: Transport;
    readonly clock: Clock;
    readonly hello: AgentHello;
    readonly outbox: Outbox;
    readonly handlers: AgentEndHandlers;
    readonly limits?: Partial<LineLimits>;
  }) {
    this.#clock = options.clock;
    this.#hello = options.hello;
    this.#outbox = options.outbox;
    this.#handlers = options.handlers;
    this.#line = new LineCore({
      transport: options.transport,
      clock: options.clock,
      limits: { ...defaultLimits, ...options.limits },
      handlers: {
        handleRecord: (kind, body) => this.#handleRecord(kind, body),
        handleMessage: () => {
          throw new LineError('FRAME_UNEXPECTED', 'a server sends no messages to an agent');
        },
        handleClosed: (close) => this.#handleClosed(close),
        fill: (frame, maxBytes) => {
          if (!this.#ready) return;
          this.#reportDrops();
          this.#outbox.fill(frame, maxBytes);
        },
        handleCongestion: (congested) => (this.#outbox.blocked = congested),
      },
    });
    this.#channels = new ChannelSender(this.#line);
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

  advertise(channels: readonly AdvertisedChannel[]): void {
    this.#channels.advertise(channels);
  }

  unadvertise(ids: readonly number[]): void {
    this.#channels.unadvertise(ids);
  }

  /** Something was pushed into the outbox: it leaves within the batching delay, at once where `urgent`. */
  handleQueued(urgent = false): void {
    if (this.#line.state !== 'open') return;
    if (urgent || this.#outbox.bytes >= this.#line.limits.batchBytes) this.#line.flush();
    else this.#line.flushSoon();
  }

  sendStatus(status: RobotStatus): void {
    this.#line.send('status', [encodeJson(status)]);
  }

  /** Answers a request. `received` first where the work takes time, then one final state. */
  reply(header: ReplyHeader, payload: Uint8Array = new Uint8Array(0)): void {
    this.#line.send('reply', [encodeHeaded(header), payload], true);
  }

  /** What is known of the server's clocks. */
  clockEstimate(): ReturnType<PeerClock['estimate']> {
    return this.#line.clockEstimate();
  }

  close(message = 'the agent stops'): void {
    this.#line.close('LINE_CLOSED', message);
  }

  #handleRecord(kind: RecordKindName, body: Uint8Array): void {
    if (this.#line.state === 'greeting') {
      if (kind !== 'welcome') throw new LineError('FRAME_UNEXPECTED', `a ${kind} came where the welcome was due`);
      const welcome = decodeJson('welcome', body, welcomeSchema, this.#line.limits.maxJsonBytes);
      this.#outbox.maxMessageBytes = welcome.maxFrameBytes;
      this.#outbox.blocked = false;
      this.#line.open();
      this.#handlers.handleWelcome(welcome);
      this.#ready = true;
      this.#line.flushSoon();
      return;
    }
    if (kind !== 'request') throw new LineError('FRAME_UNEXPECTED', `a server sends no ${kind} to an open agent`);
    const { header, payload } = decodeHeaded('request', body, requestHeaderSchema, this.#line.limits.maxJsonBytes);
    this.#handlers.handleRequest(header, payload, header.ageMs + this.#line.transitMs(header.sentMs));
  }

  #reportDrops(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#dropsReportedMs < DROP_REPORT_MS) return;
    const drops = this.#outbox.takeDropped();
    if (drops.length > 0) this.#dropsReportedMs = nowMs;
    for (const drop of drops) this.#line.send('dropped', [encodeJson(drop)]);
  }

  #handleClosed(close: LineClose): void {
    this.#outbox.blocked = true;
    this.#handlers.handleClosed(close);
  }
}
