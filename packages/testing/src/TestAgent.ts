import { AgentEnd, bindWebSocket, Outbox, subprotocols } from '@longline/line';
import type { AdvertisedChannel, HelloSigner, LineClose, ReplyHeader, RequestHeader, Welcome } from '@longline/line';
import { codecFor, systemClock } from '@longline/ros';
import type { Clock, Encoding, Schema } from '@longline/ros';
import { Inbox } from './Inbox.ts';
import { WebSocket } from 'ws';

/** A request as the server sent it. */
export interface ReceivedRequest {
  readonly request: RequestHeader;
  readonly payload: Uint8Array;
  readonly ageMs: number;
}

/** A robot's agent over a real WebSocket, which does what the test says. */
export class TestAgent {
  readonly welcomes = new Inbox<Welcome>();
  readonly requests = new Inbox<ReceivedRequest>();
  readonly closes = new Inbox<LineClose>();
  readonly end: AgentEnd;
  readonly socket: WebSocket;
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  #sequence = 0;

  constructor(
    url: string,
    device: string,
    options: {
      readonly clock?: Clock;
      /** Answers each request at once. */
      readonly answer?: (received: ReceivedRequest) => [Omit<ReplyHeader, 'id'>, string?] | undefined;
      readonly software?: string;
      /** Of a robot that joined. */
      readonly signer?: HelloSigner;
    } = {},
  ) {
    this.#clock = options.clock ?? systemClock;
    this.#outbox = new Outbox(this.#clock);
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/line`, [...subprotocols], {
      perMessageDeflate: false,
    });
    this.end = bindWebSocket(
      this.socket,
      (transport) =>
        new AgentEnd({
          transport,
          clock: this.#clock,
          outbox: this.#outbox,
          signer: options.signer,
          hello: {
            role: 'agent',
            device,
            boot: 'boot-1',
            line: 'line-1',
            socket: 0,
            highestToken: 0,
            software: options.software ?? 'test',
            robot: 'test:',
            features: [],
          },
          handlers: {
            handleWelcome: this.welcomes.add,
            handleClosed: this.closes.add,
            handleRequest: (request, payload, ageMs) => {
              const received = { request, payload: payload.slice(), ageMs };
              this.requests.add(received);
              const answer = options.answer?.(received);
              if (answer !== undefined) this.reply(request.id, ...answer);
            },
          },
        }),
    );
  }

  reply(id: string, header: Omit<ReplyHeader, 'id'>, payload = ''): void {
    this.end.reply({ id, ...header }, new TextEncoder().encode(payload));
  }

  /** Advertises a topic; `id` must be its own. */
  advertise(id: number, topic: string, schema: Schema, encoding: Encoding = 'ros1'): AdvertisedChannel {
    const channel: AdvertisedChannel = {
      id,
      topic,
      schema,
      encoding,
      latched: false,
      lane: 'telemetry',
      delivery: 'latest',
    };
    this.#outbox.openChannel(id, { lane: 'telemetry', delivery: 'queue' });
    this.end.advertise([channel]);
    return channel;
  }

  /** Sends a value on a channel. */
  send(channel: AdvertisedChannel, value: unknown, times: { readonly logTime?: bigint } = {}): void {
    this.sendBytes(channel, codecFor(channel.schema, channel.encoding).encode(value), times);
  }

  sendBytes(channel: AdvertisedChannel, data: Uint8Array, times: { readonly logTime?: bigint } = {}): void {
    const logTime = times.logTime ?? this.#clock.wallNs();
    this.#outbox.push(channel.id, { sequence: this.#sequence++, logTime, publishTime: logTime, data });
    this.end.handleQueued(true);
  }

  async stop(): Promise<void> {
    this.end.close();
    await this.closes.first();
  }
}
