import type { Fleet } from '@longline/client';
import { NewestQueue } from '@longline/line';
import type { Message } from '@longline/ros';

/** What to read. */
export interface LiveMessagesOptions {
  readonly fleet: Fleet;
  readonly device: string;
  readonly topic: string;
  readonly signal: AbortSignal;
  readonly rateHz?: number | undefined;
  /** Begin with the last message that the server has, however old. Latched topics always do, as in ROS. */
  readonly last?: boolean | undefined;
}

/** Messages that wait for a slow terminal; beyond it the oldest go and are counted. */
const BUFFER_MESSAGES = 1_000;

/** The messages of one topic from now on, as a ROS subscriber gets them, until the signal aborts. */
export class LiveMessages implements AsyncIterable<Message> {
  readonly #options: LiveMessagesOptions;
  readonly #queue = new NewestQueue<Message>(BUFFER_MESSAGES);

  constructor(options: LiveMessagesOptions) {
    this.#options = options;
  }

  /** Messages lost because the terminal, or somebody on the way, was slow. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, undefined> {
    const { device, fleet, last = false, rateHz, signal, topic } = this.#options;
    const queue = this.#queue;
    const end = (): void => queue.end();
    let live = last;
    const subscription = fleet.subscribe(
      { device, topic, rateHz },
      {
        handleMessage: (message) => {
          if (live || message.channel.latched) queue.push(message);
        },
        // With a rate limit the messages in between are left out on purpose.
        handleDropped: (count) => {
          if (live && rateHz === undefined) queue.countDropped(count);
        },
      },
    );
    void subscription.marked.then(() => (live = true));
    signal.addEventListener('abort', end);
    try {
      while (!signal.aborted) {
        const message = queue.shift() ?? (await queue.next());
        if (message === undefined) return undefined;
        yield message;
      }
    } finally {
      signal.removeEventListener('abort', end);
      subscription.close();
    }
    return undefined;
  }
}
