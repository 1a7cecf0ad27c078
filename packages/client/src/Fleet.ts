import { systemClock } from '@longline/ros';
import type { Clock, Disposer, OperationOptions } from '@longline/ros';
import { devicePattern, parseDeviceId } from '@longline/line';
import type { DeviceRecord, LineClose, MessageStream, MessageStreamOptions, ReaderEnd } from '@longline/line';
import { DeviceDirectory } from './DeviceDirectory.ts';
import { ClientError } from './errors.ts';
import type { FleetOptions } from './FleetOptions.ts';
import { LineDirectory } from './LineDirectory.ts';
import { stopFleet } from './motion/stopFleet.ts';
import type { FleetStop } from './motion/stopFleet.ts';
import { LiveLink, REFUSED_CLOSE_CODE } from './LiveLink.ts';
import type { LineOpener } from './LiveLink.ts';
import { latestMessages, streamMessages } from './readMessages.ts';
import { RemoteDevice } from './RemoteDevice.ts';
import { RequestSender } from './RequestSender.ts';
import type { RequestLine } from './RequestSender.ts';
import { StatusStream } from './StatusStream.ts';
import type { FleetStatus } from './StatusStream.ts';
import { TopicRouter } from './TopicRouter.ts';
import type { DeviceChannel, DeviceMessage, TopicSubscription } from './TopicRouter.ts';
import type { TopicListener, TopicQuery } from './TopicSink.ts';
import { waitBounded } from './waitBounded.ts';
import { watchHidden } from './watchHidden.ts';
import { watchOnline } from './watchOnline.ts';
import { WireSubscriptions } from './WireSubscriptions.ts';

/** Characters of {@link FleetOptions.software} that are sent. */
const MAX_SOFTWARE_LENGTH = 128;

/** How long {@link Fleet.drain} waits for open requests by default, in milliseconds. */
export const DEFAULT_DRAIN_MS = 5_000;

/**
 * All devices of one server, over one line. It connects in the background and again after every loss, with all
 * subscriptions; a command is never sent twice: one whose reply was lost rejects, as unknown.
 */
export class Fleet implements AsyncDisposable {
  /** The connection to the server: its present status, and every change. */
  readonly status = new StatusStream();
  readonly #clock: Clock;
  readonly #target: string;
  readonly #link: LiveLink;
  readonly #wire = new WireSubscriptions();
  readonly #devices = new DeviceDirectory(this.#wire);
  readonly #lines = new LineDirectory(this.#wire);
  readonly #router: TopicRouter;
  readonly #requests: RequestSender;
  readonly #closed = new AbortController();
  readonly #stopWatching: Disposer;
  #paused = false;

  /** For `connect()` and `connectPort()`. `target` names the server in errors. */
  constructor(
    link: { readonly open: LineOpener; readonly reopens: boolean; readonly target: string },
    options: FleetOptions,
  ) {
    const { clock = systemClock, limits, random = Math.random, software = '@longline/client' } = options;
    this.#clock = clock;
    this.#target = link.target;
    this.#router = new TopicRouter(clock, this.#wire);
    this.#requests = new RequestSender({
      clock,
      issuer: software.slice(0, MAX_SOFTWARE_LENGTH),
      line: this.#requestLine(),
    });
    this.#link = new LiveLink({
      open: link.open,
      reopens: link.reopens,
      clock,
      random,
      hello: { role: 'reader', software: software.slice(0, MAX_SOFTWARE_LENGTH), features: [] },
      ...(limits === undefined ? {} : { limits }),
      handlers: {
        handleConnecting: () => this.status.set({ state: 'connecting' }),
        handleConnected: (end, welcome) => {
          this.#wire.handleConnected(end);
          this.#devices.handleConnected();
          const { server, software } = welcome;
          this.status.set({ state: 'connected', server, software, ...(this.#paused ? { paused: true } : {}) });
        },
        handleDisconnected: (close, retryInMs) => this.#handleDisconnected(close, retryInMs),
        handleAdvertise: (channels) => this.#router.handleAdvertise(channels),
        handleUnadvertise: (channels) => this.#router.handleUnadvertise(channels),
        handleMessage: (channel, record) => this.#router.handleMessage(channel, record),
        handleDropped: (channel, count) => this.#router.handleDropped(channel, count),
        handleDevice: (device) => this.#devices.handleDevice(device),
        handleLine: (record) => this.#lines.handleLine(record),
        handleMark: (subscription) => this.#wire.handleMark(subscription),
      },
    });
    const { document, network } = options;
    const stopHidden = document && watchHidden(document, (hidden) => this.#setPaused(hidden));
    const stopOnline = network && watchOnline(network, () => this.#link.handleOnline());
    this.#stopWatching = () => {
      stopHidden?.();
      stopOnline?.();
    };
    this.#link.start();
  }

  /** Calls back at every change of {@link status} until the disposer is called. */
  onStatus(listener: (status: FleetStatus) => void): Disposer {
    return this.status.listen(listener);
  }

  /** Resolves when the server is reached. Rejects with `SERVER_UNREACHABLE` at the deadline, or `FLEET_CLOSED`. */
  async ready(options: OperationOptions = {}): Promise<void> {
    await this.#whenOpen(options);
  }

  /** The shortest of the last round trips to the server, in milliseconds; undefined while it is not reached. */
  get roundTripMs(): number | undefined {
    return this.#link.end?.clockEstimate()?.roundTripMs;
  }

  /** Every device that the server knows, sorted by ID. */
  async devices(options: OperationOptions = {}): Promise<DeviceRecord[]> {
    await this.#bounded(this.#devices.follow(), options);
    return this.#devices.list();
  }

  /** Every device now, then every change, until the signal aborts or the fleet is closed. One record waits per device. */
  watchDevices(options: { readonly signal?: AbortSignal } = {}): AsyncIterable<DeviceRecord> {
    return this.#devices.watch(this.#endedBy(options.signal));
  }

  /**
   * Calls back with every device now (on a later microtask) and at every change, until the disposer is called. A device that the
   * server no longer knows after a reconnect is not told; {@link devices} leaves it out.
   */
  onDevice(listener: (record: DeviceRecord) => void): Disposer {
    return this.#devices.tell(listener);
  }

  /** A handle on one device, known to the server or not. An integer is its decimal string. Throws `DEVICE_ID_INVALID`. */
  device(id: string | number): RemoteDevice {
    return new RemoteDevice({
      id: parseDeviceId(id),
      clock: this.#clock,
      closed: this.#closed.signal,
      router: this.#router,
      devices: this.#devices,
      lines: this.#lines,
      status: this.status,
      requests: this.#requests,
      bounded: (promise, options) => this.#bounded(promise, options),
      serverWallOffsetNs: () => this.#link.end?.clockEstimate()?.wallOffsetNs,
    });
  }

  /**
   * Stops every robot whose ID matches (`*` is all of them), or their outputs whose names match: see `RemoteDevice.stop`. One
   * that fails keeps no other from being stopped. Sorted by ID. Throws `PATTERN_INVALID`.
   */
  async stop(devices: string, outputs?: string, options: OperationOptions = {}): Promise<FleetStop[]> {
    const selection = devicePattern(devices);
    const { deviceId } = selection;
    const known = deviceId === undefined ? (await this.devices(options)).map(({ device }) => device) : [deviceId];
    return stopFleet(
      known.filter((id) => selection.matchesDevice(id)),
      (id) => this.device(id).stop(outputs, options),
    );
  }

  /** The channels that match now. Throws `PATTERN_INVALID`. */
  async topics(device = '*', topic = '/**', options: OperationOptions = {}): Promise<DeviceChannel[]> {
    const query = { device, topic, once: true, channelsOnly: true };
    const subscription = this.#router.subscribe(query, { handleMessage: () => undefined });
    try {
      await this.#bounded(subscription.marked, options);
      return this.#router.channels(query);
    } finally {
      subscription.close();
    }
  }

  /**
   * Receives messages of one device or many: the last message of each channel first, then every one. It outlives lost
   * connections. Throws `PATTERN_INVALID`, `FLEET_CLOSED`.
   */
  subscribe(query: TopicQuery, listener: TopicListener): TopicSubscription {
    if (this.#closed.signal.aborted) throw this.#closedError();
    return this.#router.subscribe(query, listener);
  }

  /**
   * The messages of one device or many, for a `for await` loop: last values first. It outlives lost connections and ends with
   * the signal or the fleet. A slow loop gets the newest `bufferMessages`; `dropped` counts the others.
   *
   * @example
   * for await (const { device, message } of fleet.messages('*', '/battery_state', { rateHz: 1 })) console.log(device, message.value);
   */
  messages(device: string, topic: string, options: MessageStreamOptions = {}): MessageStream<DeviceMessage> {
    return streamMessages(this.#router, { device, topic }, options, this.#closed.signal);
  }

  /**
   * The last message of every topic that matches, of every device that matches, in one question; topics without one are left
   * out. Sorted by device and topic. Throws `PATTERN_INVALID`.
   */
  latest(device: string, topic: string, options: OperationOptions = {}): Promise<DeviceMessage[]> {
    return latestMessages(this.#router, { device, topic }, (marked) => this.#bounded(marked, options));
  }

  /** Waits for the replies to what was sent, `deadlineMs` at most (default 5,000), and closes. */
  async drain(options: OperationOptions = {}): Promise<void> {
    const settled = this.#requests.settled();
    await waitBounded(this.#clock, settled, { deadlineMs: DEFAULT_DRAIN_MS, ...options }, () => this.#closedError())
      // What is still open then settles as unknown.
      .catch(() => undefined);
    await this.close();
  }

  /** Ends everything: loops end, open requests reject as unknown. Idempotent; waits for the socket. */
  async close(): Promise<void> {
    this.#stopWatching();
    this.#closed.abort(this.#closedError());
    const closed = this.#link.close();
    if (this.status.current.state !== 'closed') this.status.set({ state: 'closed' });
    await closed;
  }

  /** As {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#wire.setPaused(paused);
    const { current } = this.status;
    if (current.state !== 'connected') return;
    const { state, server, software } = current;
    this.status.set({ state, server, software, ...(paused ? { paused: true } : {}) });
  }

  #handleDisconnected(close: LineClose, retryInMs: number | undefined): void {
    const code = close.code ?? 'SERVER_UNREACHABLE';
    const reason = close.reason === '' ? `no connection to ${this.#target}` : close.reason;
    this.#wire.handleDisconnected();
    this.#router.handleDisconnected(new ClientError('SERVER_UNREACHABLE', `${reason} (${code})`));
    if (this.#closed.signal.aborted) return;
    const refused = close.closeCode === REFUSED_CLOSE_CODE ? ({ refused: true } as const) : {};
    this.status.set({ state: 'disconnected', code, reason, retryInMs, ...refused });
  }

  #requestLine(): RequestLine {
    const whenOpen = (options: OperationOptions): Promise<ReaderEnd> => this.#whenOpen(options);
    const openEnd = (): ReaderEnd | undefined => this.#link.end;
    return {
      whenOpen,
      get end() {
        return openEnd();
      },
    };
  }

  async #whenOpen(options: OperationOptions): Promise<ReaderEnd> {
    this.#closed.signal.throwIfAborted();
    const { end } = this.#link;
    if (end !== undefined) return end;
    const opened = Promise.withResolvers<undefined>();
    const stop = this.status.listen(({ state }) => {
      if (state === 'connected') opened.resolve(undefined);
    });
    try {
      await this.#bounded(opened.promise, options);
    } finally {
      stop();
    }
    if (this.#link.end === undefined) throw this.#unreachable();
    return this.#link.end;
  }

  /** Waits within the deadline, and no longer than the fleet is open. */
  async #bounded<T>(promise: Promise<T>, { deadlineMs, signal }: OperationOptions): Promise<T> {
    const options = { signal: this.#endedBy(signal), ...(deadlineMs === undefined ? {} : { deadlineMs }) };
    return waitBounded(this.#clock, promise, options, () => this.#unreachable());
  }

  #endedBy(signal: AbortSignal | undefined): AbortSignal {
    const closed = this.#closed.signal;
    return signal === undefined ? closed : AbortSignal.any([signal, closed]);
  }

  #unreachable(): ClientError {
    const status = this.status.current;
    const why = status.state === 'disconnected' ? `: ${status.reason} (${status.code})` : '';
    return new ClientError(
      'SERVER_UNREACHABLE',
      `The server at ${this.#target} did not answer in time${why}. Check the address, and that the server runs.`,
      { details: { server: this.#target } },
    );
  }

  #closedError(): ClientError {
    return new ClientError('FLEET_CLOSED', `The connection to ${this.#target} was closed here; open another.`);
  }
}
