import type { Clock, Disposer, Log, Message, RosGraph, RosObject, RosValue, Subscription } from '@longline/ros';
import { RosError } from '@longline/ros';
import type { GraphView } from './GraphView.ts';

/** `/use_sim_time` is asked for this often: ROS announces no change of a parameter. Milliseconds. */
const PARAMETER_POLL_MS = 5_000;
const CLOCK_TOPIC = '/clock';
const PARAMETER = '/use_sim_time';

/**
 * Knows whether ROS runs on simulated time: `/use_sim_time` is true (ROS 1) or somebody publishes `/clock`. Then it follows
 * `/clock`, which may stand still, run at any speed and jump back.
 */
export class RosTime {
  readonly #graph: RosGraph;
  readonly #view: GraphView;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #handleChange: () => void;
  #parameter = false;
  #simulated = false;
  #nowNs: bigint | undefined;
  #subscription: Promise<Subscription> | undefined;
  #dispose: Disposer | undefined;
  #cancelPoll: Disposer | undefined;
  #asking = false;
  #running = false;

  constructor(options: {
    readonly graph: RosGraph;
    readonly view: GraphView;
    readonly clock: Clock;
    readonly log: Log;
    /** Simulated time began or ended. */
    readonly handleChange: () => void;
  }) {
    this.#graph = options.graph;
    this.#view = options.view;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#handleChange = options.handleChange;
  }

  /** ROS runs on simulated time. */
  get simulated(): boolean {
    return this.#simulated;
  }

  /** The simulated time in nanoseconds; undefined on wall time and before the first `/clock`. */
  get simulatedNs(): bigint | undefined {
    return this.#nowNs;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#dispose = this.#view.watch({
      handleStatus: () => this.#askParameter(),
      handleGraph: () => this.#update(),
    });
    this.#poll();
  }

  stop(): void {
    this.#running = false;
    this.#dispose?.();
    this.#cancelPoll?.();
    this.#unfollow();
  }

  #poll(): void {
    this.#askParameter();
    this.#cancelPoll = this.#clock.after(PARAMETER_POLL_MS, () => this.#poll());
  }

  #askParameter(): void {
    if (!this.#running || this.#asking || this.#view.status.state !== 'connected') return;
    if (this.#view.snapshot?.rosVersion === 2) return this.#update();
    this.#asking = true;
    this.#graph
      .getParameter(PARAMETER)
      .then(
        (value) => (this.#parameter = value === true || value === 1),
        (error: unknown) => {
          // Any other failure says nothing about the parameter: what was known stays.
          if (error instanceof RosError && error.code === 'PARAMETER_UNKNOWN') this.#parameter = false;
        },
      )
      .finally(() => {
        this.#asking = false;
        this.#update();
      });
  }

  #update(): void {
    if (!this.#running) return;
    const isPublished = (this.#view.topic(CLOCK_TOPIC)?.publishers.length ?? 0) > 0;
    const simulated = this.#parameter || isPublished;
    if (simulated === this.#simulated) return;
    this.#simulated = simulated;
    if (simulated) this.#follow();
    else this.#unfollow();
    this.#log.info({ simulated }, simulated ? 'ROS runs on simulated time' : 'ROS runs on wall time');
    this.#handleChange();
  }

  #follow(): void {
    this.#subscription ??= this.#graph.subscribe(
      { topic: CLOCK_TOPIC },
      { handleMessage: (message) => this.#handleClock(message) },
    );
    this.#subscription.catch((error: unknown) => {
      this.#log.warn({ err: error }, '/clock cannot be received; messages without a header carry wall time');
    });
  }

  #unfollow(): void {
    this.#nowNs = undefined;
    this.#subscription?.then(
      (subscription) => subscription.close(),
      () => undefined,
    );
    this.#subscription = undefined;
  }

  #handleClock(message: Message): void {
    if (!this.#simulated) return;
    try {
      this.#nowNs = clockNs(message.value) ?? this.#nowNs;
    } catch {
      // A /clock that cannot be read tells no time; the one before stays.
    }
  }
}

/** `rosgraph_msgs/Clock`, in either spelling of ROS times. */
function clockNs(message: RosObject): bigint | undefined {
  const time = message['clock'];
  if (!isObject(time)) return undefined;
  const sec = time['sec'] ?? time['secs'] ?? time['second'];
  const nsec = time['nsec'] ?? time['nsecs'] ?? time['nanosec'];
  if (typeof sec !== 'number' || typeof nsec !== 'number') return undefined;
  const ns = BigInt(Math.trunc(sec)) * 1_000_000_000n + BigInt(Math.trunc(nsec));
  return ns < 0n ? undefined : ns;
}

const isObject = (value: RosValue | undefined): value is RosObject =>
  typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value);
