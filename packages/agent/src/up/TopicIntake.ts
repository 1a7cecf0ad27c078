import type { Channel, Clock, Disposer, Message, RosGraph, Subscription } from '@longline/ros';

/** A subscription that could not be made is tried again after this long, in milliseconds. */
const RETRY_MS = 5_000;

/** What a {@link TopicIntake} is given. */
export interface TopicIntakeOptions {
  readonly graph: RosGraph;
  readonly clock: Clock;
  readonly topic: string;
  readonly handleChannel: (channel: Channel) => void;
  readonly handleMessage: (message: Message) => void;
  readonly handleProblem: (error: unknown) => void;
}

interface Attempt {
  readonly rateHz: number | undefined;
  subscription?: Subscription;
}

/** One topic's subscription in ROS, opened, closed and given another rate at will. After a change nothing of before is told. */
export class TopicIntake {
  readonly #options: TopicIntakeOptions;
  /** The present subscription; what belongs to an older object is not told. */
  #attempt: Attempt | undefined;
  #cancelRetry: Disposer | undefined;

  constructor(options: TopicIntakeOptions) {
    this.#options = options;
  }

  /** Subscribed, or trying to. */
  get isOpen(): boolean {
    return this.#attempt !== undefined;
  }

  /** Subscribes with at most `rateHz` messages a second (undefined: no limit). The same rate again changes nothing. */
  open(rateHz: number | undefined): void {
    if (this.#attempt !== undefined && this.#attempt.rateHz === rateHz) return;
    // The old one ends after the new one began: a topic that is let go for a moment may have to be found again.
    const before = this.#attempt;
    this.#cancelRetry?.();
    this.#subscribe(rateHz);
    before?.subscription?.close();
  }

  close(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.subscription?.close();
  }

  #subscribe(rateHz: number | undefined): void {
    const { graph, clock, topic, handleChannel, handleMessage, handleProblem } = this.#options;
    const attempt: Attempt = { rateHz };
    this.#attempt = attempt;
    const isPresent = (): boolean => this.#attempt === attempt;
    graph
      .subscribe(
        { topic, ...(rateHz === undefined ? {} : { rateHz }) },
        {
          handleChannel: (channel) => {
            if (isPresent()) handleChannel(channel);
          },
          handleMessage: (message) => {
            if (isPresent()) handleMessage(message);
          },
          handleProblem: (error) => {
            if (isPresent()) handleProblem(error);
          },
        },
      )
      .then(
        (subscription) => {
          if (isPresent()) attempt.subscription = subscription;
          else subscription.close();
        },
        (error: unknown) => {
          if (!isPresent()) return;
          handleProblem(error);
          this.#cancelRetry = clock.after(RETRY_MS, () => this.#subscribe(rateHz));
        },
      );
  }
}
