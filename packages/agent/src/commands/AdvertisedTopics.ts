import type { OperationOptions } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { PublisherPool, PublisherRequest, PublisherUse } from './PublisherPool.ts';

/** Most publishers held open from outside at once. */
export const MAX_ADVERTISED = 1_000;

/** Publishers that somebody far away holds open, until they say otherwise or the line ends. */
export class AdvertisedTopics {
  readonly #publishers: Pick<PublisherPool, 'acquire' | 'retire'>;
  readonly #uses = new Map<string, Promise<PublisherUse>>();

  constructor(publishers: Pick<PublisherPool, 'acquire' | 'retire'>) {
    this.#publishers = publishers;
  }

  /** Resolves when ROS knows the publisher; the same again changes nothing. Rejects as {@link PublisherPool.acquire} does. */
  async advertise(holder: string, request: PublisherRequest, options: OperationOptions): Promise<void> {
    const key = keyOf(holder, request.topic);
    const held = this.#uses.get(key);
    if (held !== undefined) {
      await held;
      return;
    }
    if (this.#uses.size >= MAX_ADVERTISED) {
      throw new AgentError(
        'PUBLISHER_LIMIT',
        `${MAX_ADVERTISED} topics are advertised from outside, the most there may be. Unadvertise some.`,
      );
    }
    const use = this.#publishers.acquire(request, options);
    this.#uses.set(key, use);
    try {
      await use;
    } catch (error) {
      if (this.#uses.get(key) === use) this.#uses.delete(key);
      throw error;
    }
  }

  /** ROS forgets the topic where nobody else here publishes on it. */
  unadvertise(holder: string, topic: string): void {
    const key = keyOf(holder, topic);
    const use = this.#uses.get(key);
    if (use === undefined) return;
    this.#uses.delete(key);
    use.then(
      (held) => {
        held.release();
        this.#publishers.retire(topic);
      },
      () => undefined,
    );
  }

  handleLineClosed(): void {
    for (const use of this.#uses.values()) {
      use.then(
        (held) => held.release(),
        () => undefined,
      );
    }
    this.#uses.clear();
  }
}

const keyOf = (holder: string, topic: string): string => `${holder} ${topic}`;
