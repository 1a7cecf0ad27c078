import { stringifyExact } from '@longline/ros';
import type {
  Channel,
  Clock,
  Disposer,
  Encoding,
  GraphStatus,
  Message,
  OperationOptions,
  PublishReceipt,
} from '@longline/ros';
import { DEFAULT_BUFFER_MESSAGES, MessageStream, RemoteGraph, replyError, standingPayloadSchema } from '@longline/line';
import type { Action, DeviceRecord, LineRecord, MessageStreamOptions } from '@longline/line';
import type { DeviceDirectory } from './DeviceDirectory.ts';
import { ClientError } from './errors.ts';
import type { LineDirectory } from './LineDirectory.ts';
import type { RequestSender } from './RequestSender.ts';
import type { StatusStream } from './StatusStream.ts';
import type { TopicRouter, TopicSubscription } from './TopicRouter.ts';
import { watchDeviceStatus } from './watchDeviceStatus.ts';

/** What a device handle shares with its fleet. */
export interface DeviceContext {
  readonly id: string;
  readonly clock: Clock;
  readonly closed: AbortSignal;
  readonly router: TopicRouter;
  readonly devices: DeviceDirectory;
  readonly lines: LineDirectory;
  readonly status: StatusStream;
  readonly requests: RequestSender;
  readonly bounded: <T>(promise: Promise<T>, options: OperationOptions) => Promise<T>;
  /** Add to our wall nanoseconds to get the server's. */
  readonly serverWallOffsetNs: () => bigint | undefined;
}

/** A message to send: any plain or decoded value, encoded on the robot by its own definition; or serialized bytes. */
export type MessageToSend =
  { readonly message: unknown } | { readonly data: Uint8Array; readonly encoding: Exclude<Encoding, 'json'> };

/** "Publish this message on this topic at this rate while I hold it." */
export type StandingCommand = MessageToSend & {
  readonly topic: string;
  /** Needed only where the topic does not exist yet. */
  readonly type?: string;
  /** 0.01 to 1,000. */
  readonly rateHz: number;
  /** The robot goes on for this long after the last word, 100 ms at least; setting it again renews it. */
  readonly holdMs: number;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One robot of the fleet, wherever it is: a `RosGraph`, plus what the server keeps of it. */
export class RemoteDevice extends RemoteGraph {
  readonly id: string;
  readonly #context: DeviceContext;
  #channels: TopicSubscription | undefined;

  constructor(context: DeviceContext) {
    const { clock, devices, id, requests, router, status } = context;
    super({
      name: id,
      clock,
      request: (action, payload, options) => requests.send(id, action, payload, options),
      subscribe: ({ rateHz, topic }, listener) => router.subscribe({ device: id, topic, rateHz }, listener),
      watchStatus: (listener): Disposer => watchDeviceStatus({ id, devices, status }, listener),
    });
    this.id = id;
    this.#context = context;
  }

  /** The device's presence, status and clock. Rejects with `DEVICE_UNKNOWN`. */
  async record(options: OperationOptions = {}): Promise<DeviceRecord> {
    const { bounded, devices, id } = this.#context;
    await bounded(devices.follow(), options);
    const record = devices.get(id);
    if (record !== undefined) return record;
    throw unknownDevice(id);
  }

  /** How the robot's line is doing now, or was before it ended. Rejects with `DEVICE_UNKNOWN`. */
  async line(options: OperationOptions = {}): Promise<LineRecord> {
    const { bounded, id, lines } = this.#context;
    const line = await lines.once(id, (told) => bounded(told, options));
    if (line !== undefined) return line;
    throw unknownDevice(id);
  }

  /**
   * How the robot's line is doing, now and then every second, for a `for await` loop. The loop ends with the signal or the
   * fleet; nothing comes while the server is not reached, or does not know the device.
   */
  watchLine(options: { readonly signal?: AbortSignal } = {}): AsyncIterable<LineRecord> {
    const { closed, id, lines } = this.#context;
    const { signal } = options;
    return lines.watch(id, signal === undefined ? closed : AbortSignal.any([signal, closed]));
  }

  /** The ROS status as the server tells it. Rejects with `DEVICE_UNKNOWN`. */
  async rosStatus(options: OperationOptions = {}): Promise<GraphStatus> {
    const { ros } = (await this.record(options)).status;
    if (ros.state === 'connected') return { state: 'connected' };
    return { state: 'disconnected', code: ros.code ?? 'ROS_UNREACHABLE', reason: ros.reason ?? '' };
  }

  /** The channels that the robot sends. Followed from the first call on, so that later ones cost nothing. */
  async channels(options: OperationOptions = {}): Promise<Channel[]> {
    const { bounded, id, router } = this.#context;
    const query = { device: id, topic: '/**', channelsOnly: true };
    this.#channels ??= router.subscribe(query, { handleMessage: () => undefined });
    await bounded(this.#channels.marked, options);
    return router.channels(query).map(({ channel }) => channel);
  }

  /** The last message of one topic, or undefined when the server has none. */
  async latest(topic: string, options: OperationOptions = {}): Promise<Message | undefined> {
    const { bounded, id, router } = this.#context;
    let latest: Message | undefined;
    const subscription = router.subscribe(
      { device: id, topic, once: true },
      { handleMessage: (message) => (latest = message) },
    );
    try {
      await bounded(subscription.marked, options);
      return latest;
    } finally {
      subscription.close();
    }
  }

  /**
   * The messages of every topic that the pattern matches, for a `for await` loop: last values first. The loop ends with
   * the signal or the fleet. A slow loop gets the newest `bufferMessages`; `dropped` counts the others.
   */
  messages(pattern: string, options: MessageStreamOptions = {}): MessageStream {
    const { closed, id, router } = this.#context;
    const { bufferMessages = DEFAULT_BUFFER_MESSAGES, rateHz, signal } = options;
    const signals = signal === undefined ? [closed] : [closed, signal];
    return new MessageStream(
      (listener) => router.subscribe({ device: id, topic: pattern, rateHz }, listener),
      signals,
      bufferMessages,
    );
  }

  /** Publishes one message given as a value. Rejects with the robot's reason, `NOT_ALLOWED` and `MESSAGE_INVALID` among them. */
  publishMessage(
    target: MessageToSend & { readonly topic: string; readonly type?: string },
    options: OperationOptions = {},
  ): Promise<PublishReceipt> {
    const { data, encoding } = encode(target);
    const { topic, type } = target;
    return this.publish({ topic, encoding, ...(type === undefined ? {} : { type }) }, data, options);
  }

  /**
   * Sets or renews a standing command. `motion` tells that the topic moves the robot: the command then ends with the
   * line, and nobody but its holder brings it back.
   */
  async setStanding(command: StandingCommand, options: OperationOptions = {}): Promise<{ readonly motion: boolean }> {
    const { data, encoding } = encode(command);
    const { holdMs, rateHz, topic, type } = command;
    const action: Action = {
      kind: 'standing.set',
      topic,
      encoding,
      rateHz,
      holdMs,
      ...(type === undefined ? {} : { type }),
    };
    return standingPayloadSchema.parse(JSON.parse(decoder.decode(await this.#command(action, data, options))));
  }

  /** Ends a standing command; on motion topics the robot is sent the message of zeros. */
  async endStanding(topic: string, options: OperationOptions = {}): Promise<void> {
    await this.#command({ kind: 'standing.end', topic }, new Uint8Array(0), options);
  }

  /**
   * How old a message is, in milliseconds, by the robot's clock as the line measured it: never below 0. Undefined before
   * the clocks were compared, as on the first call, which begins to follow them.
   */
  ageMs(message: Message): number | undefined {
    const { clock, devices, id, serverWallOffsetNs } = this.#context;
    void devices.follow();
    const robot = devices.get(id)?.clock;
    const offsetNs = serverWallOffsetNs();
    if (robot === undefined || offsetNs === undefined) return undefined;
    const serverAgeNs = clock.wallNs() + offsetNs - message.logTime;
    return Math.max(0, Number(serverAgeNs) / 1e6 + robot.offsetMs);
  }

  override async close(): Promise<void> {
    this.#channels?.close();
    await super.close();
  }

  async #command(action: Action, data: Uint8Array, options: OperationOptions): Promise<Uint8Array> {
    const reply = await this.#context.requests.send(this.id, action, data, options);
    if (reply.state !== 'done') throw replyError(reply);
    return reply.payload;
  }
}

const unknownDevice = (id: string): ClientError =>
  new ClientError('DEVICE_UNKNOWN', `The server knows no device ${id}: its agent never connected.`, {
    details: { device: id },
  });

function encode(message: MessageToSend): { readonly data: Uint8Array; readonly encoding: Encoding } {
  if ('data' in message) return { data: message.data, encoding: message.encoding };
  return { data: encoder.encode(stringifyExact(message.message)), encoding: 'json' };
}
