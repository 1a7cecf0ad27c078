import type { Channel, Clock, Disposer, GraphStatus, Message, OperationOptions } from '@longline/ros';
import { DEFAULT_BUFFER_MESSAGES, MessageStream } from '@longline/line';
import type { DeviceRecord, LineRecord, MessageStreamOptions } from '@longline/line';
import type { DeviceDirectory } from './DeviceDirectory.ts';
import { ClientError } from './errors.ts';
import type { LineDirectory } from './LineDirectory.ts';
import type { Lease } from './motion/Lease.ts';
import { stopDevice } from './motion/stopDevice.ts';
import type { StopReport } from './motion/stopDevice.ts';
import { takeLease } from './motion/takeLease.ts';
import type { TakeLeaseOptions } from './motion/takeLease.ts';
import type { LeaseStamp, RequestSender } from './RequestSender.ts';
import { RobotHandle } from './RobotHandle.ts';
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

/** Who holds a lease, and since when by the server's clock, in milliseconds since 1970. */
export type LeaseHolder = NonNullable<DeviceRecord['lease']>;

/** One robot of the fleet, wherever it is: a `RosGraph`, plus what the server keeps of it. */
export class RemoteDevice extends RobotHandle implements AsyncDisposable {
  /** The device's ID. */
  readonly id: string;
  readonly #context: DeviceContext;
  #channels: TopicSubscription | undefined;

  constructor(context: DeviceContext) {
    super(robotOf(context));
    this.id = context.id;
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

  /** The device's record now and at every change, for a `for await` loop, until the signal aborts or the fleet is closed. */
  watchRecord(options: { readonly signal?: AbortSignal } = {}): AsyncIterable<DeviceRecord> {
    const { closed, devices, id } = this.#context;
    const { signal } = options;
    const ends = signal === undefined ? closed : AbortSignal.any([signal, closed]);
    return devices.watch(ends, id);
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

  /** Who may move the robot now; undefined when nobody holds its lease. Rejects with `DEVICE_UNKNOWN`. */
  async lease(options: OperationOptions = {}): Promise<LeaseHolder | undefined> {
    return (await this.record(options)).lease;
  }

  /**
   * Takes the lease, without which nothing moves the robot, and keeps it while this process lives. Rejects with `LEASE_HELD`
   * (somebody else has it; see `takeOver`), `DEVICE_OFFLINE`, and the robot's reasons.
   */
  takeLease(options: TakeLeaseOptions = {}): Promise<Lease> {
    const { clock, closed, devices, id, requests, status } = this.#context;
    const robotUnder = (lease: LeaseStamp): RobotHandle => new RobotHandle(robotOf(this.#context, lease));
    return takeLease({ id, clock, closed, devices, status, requests, robotUnder }, options);
  }

  /**
   * Stops what moves the robot, or the outputs whose names match, and keeps them stopped until the holder of a lease calls
   * `releaseStop`. Needs no lease, may be repeated, and waits on the server for an absent robot.
   */
  stop(outputs?: string, options: OperationOptions = {}): Promise<StopReport> {
    return stopDevice(this.#context, outputs, options);
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

  /** Ends what this handle subscribed to; the fleet stays open. Idempotent. */
  override async close(): Promise<void> {
    this.#channels?.close();
    await super.close();
  }

  /** As {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const unknownDevice = (id: string): ClientError =>
  new ClientError('DEVICE_UNKNOWN', `The server knows no device ${id}: its agent never connected.`, {
    details: { device: id },
  });

/** How a graph reaches the robot, with all that it asks made under a lease where one is given. */
const robotOf = (context: DeviceContext, lease?: LeaseStamp): ConstructorParameters<typeof RobotHandle>[0] => {
  const { clock, devices, id, requests, router, status } = context;
  return {
    name: id,
    clock,
    request: (action, payload, options) => requests.send(id, action, payload, { ...options, lease }),
    open: (action, options, listener) => requests.open(id, action, new Uint8Array(0), options, listener),
    subscribe: ({ rateHz, topic }, listener) => router.subscribe({ device: id, topic, rateHz }, listener),
    watchStatus: (listener): Disposer => watchDeviceStatus({ id, devices, status }, listener),
  };
};
