import { bindWebSocket, ReaderEnd, subprotocols } from '@longline/line';
import type {
  Action,
  AdvertisedChannel,
  DeviceRecord,
  LineClose,
  LineLimits,
  LineRecord,
  Reply,
  SubscribeRecord,
  Welcome,
} from '@longline/line';
import { Message, systemClock } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { Inbox } from './Inbox.ts';
import { WebSocket } from 'ws';

/** A reader over a real WebSocket, which collects what it is told. */
export class TestReader {
  readonly welcomes = new Inbox<Welcome>();
  readonly advertised = new Inbox<AdvertisedChannel>();
  readonly unadvertised = new Inbox<AdvertisedChannel>();
  readonly messages = new Inbox<Message>();
  readonly dropped = new Inbox<{ readonly topic: string; readonly count: number }>();
  readonly devices = new Inbox<DeviceRecord>();
  readonly lines = new Inbox<LineRecord>();
  readonly marks = new Inbox<number>();
  readonly closes = new Inbox<LineClose>();
  readonly end: ReaderEnd;
  readonly socket: WebSocket;

  /** With a token of a locked server. */
  constructor(
    url: string,
    options: { readonly clock?: Clock; readonly limits?: Partial<LineLimits>; readonly token?: string } = {},
  ) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, [...subprotocols], {
      perMessageDeflate: false,
      headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
    });
    this.end = bindWebSocket(
      this.socket,
      (transport) =>
        new ReaderEnd({
          transport,
          clock: options.clock ?? systemClock,
          ...(options.limits === undefined ? {} : { limits: options.limits }),
          hello: { role: 'reader', software: 'test', features: [] },
          handlers: {
            handleWelcome: this.welcomes.add,
            handleAdvertise: (channels) => channels.forEach(this.advertised.add),
            handleUnadvertise: (channels) => channels.forEach(this.unadvertised.add),
            handleMessage: (channel, { sequence, logTime, publishTime, data }) =>
              this.messages.add(new Message(channel, { sequence, logTime, publishTime, data: data.slice() })),
            handleDropped: ({ topic }, count) => this.dropped.add({ topic, count }),
            handleDevice: this.devices.add,
            handleLine: this.lines.add,
            handleMark: this.marks.add,
            handleClosed: this.closes.add,
          },
        }),
    );
  }

  /** Subscribes and resolves when the first values have come. */
  async subscribe(subscription: SubscribeRecord): Promise<void> {
    await this.welcomes.first();
    this.end.subscribe(subscription);
    await this.marks.first((id) => id === subscription.id);
  }

  /** Asks and resolves to the last word; `replies` gets every word. */
  request(
    device: string,
    action: Action,
    options: {
      readonly payload?: string;
      readonly id?: string;
      readonly ageMs?: number;
      readonly deadlineMs?: number;
      readonly replies?: Inbox<Reply>;
    } = {},
  ): Promise<Reply> {
    const { payload = '', id = crypto.randomUUID(), ageMs = 0, deadlineMs = 5_000, replies } = options;
    return new Promise((resolve) => {
      this.end.request(
        { id, device, issuer: 'reader', ageMs, deadlineMs, token: 0, sequence: 0, action },
        new TextEncoder().encode(payload),
        (reply) => {
          const kept = { ...reply, payload: reply.payload.slice() };
          replies?.add(kept);
          if (reply.state !== 'received') resolve(kept);
        },
      );
    });
  }

  async stop(): Promise<void> {
    this.end.close();
    await this.closes.first();
  }
}
