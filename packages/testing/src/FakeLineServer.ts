import { LineError, RobotEnd } from '@longline/line';
import type {
  Action,
  AgentHello,
  LineClose,
  LineEndpoint,
  LineReport,
  Reply,
  RequestHeader,
  RobotStatus,
  Transport,
} from '@longline/line';
import type { AdvertisedChannel } from '@longline/line';
import type { Clock } from '@longline/ros';
import { DuplexPair } from './DuplexPair.ts';
import { sampleChallenge } from './hostileFrames.ts';

/** One message as it came over the line. */
export interface ReceivedMessage {
  readonly topic: string;
  readonly channelId: number;
  readonly sequence: number;
  readonly logTime: bigint;
  readonly publishTime: bigint;
  readonly data: Uint8Array;
}

/** What a request may say besides its action. */
export type RequestOverrides = Partial<Omit<RequestHeader, 'action' | 'sentMs'>>;

/** The server's side of one line in memory, which remembers what it was told. */
export class FakeLine {
  readonly pair: DuplexPair;
  readonly robot: RobotEnd;
  readonly channels = new Map<number, AdvertisedChannel>();
  readonly advertised: AdvertisedChannel[] = [];
  readonly unadvertised: number[] = [];
  readonly messages: ReceivedMessage[] = [];
  readonly statuses: RobotStatus[] = [];
  readonly reports: LineReport[] = [];
  hello: AgentHello | undefined;
  close: LineClose | undefined;
  dropped = 0;
  #requests = 0;

  constructor(clock: Clock, epoch: number, delayMs: number) {
    this.pair = new DuplexPair(clock, { delayMs });
    this.robot = this.pair.right.attach(
      (transport) =>
        new RobotEnd({
          transport,
          clock,
          challenge: sampleChallenge,
          handlers: {
            handleHello: (hello) => {
              this.hello = hello;
              this.robot.welcome({ server: 'fake', software: 'test', epoch });
            },
            handleAdvertise: (channels) => {
              for (const channel of channels) this.channels.set(channel.id, channel);
              this.advertised.push(...channels);
            },
            handleUnadvertise: (channels) => {
              for (const { id } of channels) this.channels.delete(id);
              this.unadvertised.push(...channels.map(({ id }) => id));
            },
            handleMessage: ({ topic }, { channelId, sequence, logTime, publishTime, data }) => {
              this.messages.push({ topic, channelId, sequence, logTime, publishTime, data: data.slice() });
            },
            handleDropped: (_channel, count) => (this.dropped += count),
            handleStatus: (status) => this.statuses.push(status),
            handleReport: (report) => this.reports.push(report),
            handleClosed: (close) => (this.close = close),
          },
        }),
    );
  }

  /** Topics advertised now. */
  get topics(): string[] {
    return [...this.channels.values()].map(({ topic }) => topic).sort();
  }

  /** Sends a request; the array fills with the replies. JSON text or bytes as the payload. */
  request(action: Action, payload: string | Uint8Array = '', overrides: RequestOverrides = {}): Reply[] {
    const replies: Reply[] = [];
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    const id = `q${++this.#requests}`;
    this.robot.request(
      { id, issuer: 'test', ageMs: 0, deadlineMs: 5_000, token: 0, sequence: this.#requests, ...overrides, action },
      bytes,
      (reply) => replies.push({ ...reply, payload: reply.payload.slice() }),
    );
    return replies;
  }
}

/** A connection to a {@link FakeLineServer}, as its agent knows it. */
export interface FakeDialled {
  readonly localAddress: string | undefined;
  readonly remoteAddress: string | undefined;
  abandon(): void;
}

/** A server in memory: every dial opens a line to it while it is up, and is refused otherwise. */
export class FakeLineServer {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly lines: FakeLine[] = [];
  /** Dials so far, refused ones too. */
  dials = 0;
  isUp = true;

  constructor(clock: Clock, options: { readonly delayMs?: number } = {}) {
    this.#clock = clock;
    this.#delayMs = options.delayMs ?? 0;
  }

  /** The newest line. */
  get line(): FakeLine {
    const line = this.lines.at(-1);
    if (line === undefined) throw new Error('No agent has connected to the fake server yet');
    return line;
  }

  /** Give it to an agent as its way to the server. */
  readonly dial = (
    attach: (transport: Transport) => LineEndpoint,
    events: { handleError(error: Error): void },
  ): FakeDialled => {
    this.dials += 1;
    if (!this.isUp) {
      const end = attach({ bufferedBytes: 0, send: () => undefined, close: () => undefined });
      this.#clock.after(0, () => {
        events.handleError(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
        end.handleDisconnected(1006, '');
      });
      return { localAddress: undefined, remoteAddress: undefined, abandon: () => undefined };
    }
    const line = new FakeLine(this.#clock, this.lines.length + 1, this.#delayMs);
    this.lines.push(line);
    line.pair.left.attach(attach);
    this.#clock.after(0, () => line.pair.open());
    return { localAddress: '192.0.2.1', remoteAddress: '192.0.2.2', abandon: () => line.pair.cut() };
  };

  /** The server is killed: the newest line breaks, and dials are refused until `isUp`. */
  kill(): void {
    this.isUp = false;
    this.line.pair.cut();
  }

  /** Ends the newest line as the server does with a second line of the same device. */
  replaceLine(): void {
    const error = new LineError('LINE_REPLACED', 'another line of this device is newer');
    this.line.robot.close(error.code, error.message);
  }
}
