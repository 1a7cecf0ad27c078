import { codecFor, RosError, sameType } from '@longline/ros';
import type {
  Advertisement,
  Disposer,
  Encoding,
  ParameterValue,
  Publisher,
  PublishReceipt,
  RosGraph,
  Schema,
} from '@longline/ros';
import { DoorError } from './DoorError.ts';
import type { CommandAge, DoorCall, DoorMessage, DoorOutputs } from './DoorRobot.ts';

/** What may be older than this is refused, in milliseconds. */
export const MAX_COMMAND_AGE_MS = 5_000;
/** Topics that one reader publishes on at a time; a further one closes the publisher that was used longest ago. */
export const MAX_READER_PUBLISHERS = 256;

const decoder = new TextDecoder('utf-8', { fatal: true });

interface HeldPublisher {
  readonly type: string | undefined;
  readonly latched: boolean;
  readonly publisher: Promise<Publisher>;
  /** Once it is there. */
  made: Publisher | undefined;
  /** How often the reader advertised it and did not take it back. */
  advertised: number;
}

/** What {@link GraphOutputs} is given. */
export interface GraphOutputsOptions {
  readonly graph: RosGraph;
}

/**
 * The outputs of one reader straight onto a graph of this machine: no rights, no leases, but what is older than
 * {@link MAX_COMMAND_AGE_MS} is refused with `COMMAND_EXPIRED`. Publishers are held until the reader is gone.
 */
export class GraphOutputs implements DoorOutputs {
  handleRefusal: DoorOutputs['handleRefusal'];
  readonly #graph: RosGraph;
  /** By topic, used longest ago first. */
  readonly #publishers = new Map<string, HeldPublisher>();
  #isClosed = false;

  constructor({ graph }: GraphOutputsOptions) {
    this.#graph = graph;
  }

  /** Rejects with what the graph rejects with. */
  async advertise(advertisement: Advertisement): Promise<Disposer> {
    const { topic } = advertisement;
    const held = this.#hold(advertisement);
    held.advertised++;
    await held.publisher;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--held.advertised === 0 && this.#publishers.get(topic) === held) this.#release(topic);
    };
  }

  /** Rejects with `COMMAND_EXPIRED`, `TOPIC_UNKNOWN` (no type given), `TYPE_MISMATCH`, `MESSAGE_INVALID`, and what the graph rejects with. */
  async publish(message: DoorMessage): Promise<PublishReceipt> {
    checkAge(message);
    const held = this.#hold(message);
    // What is published before the reader is gone leaves before its publishers go.
    const publisher = held.made ?? (await held.publisher);
    const data = encoded(publisher.schema, publisher.encoding, message.encoding, message.data);
    return publisher.publish(data);
  }

  async callService(call: DoorCall): Promise<Uint8Array> {
    checkAge(call);
    const { service, encoding, deadlineMs } = call;
    const { request, response } = await this.#graph.serviceSchema(service, { deadlineMs });
    const graphEncoding: Encoding = request.encoding === '' ? 'json' : request.encoding === 'ros2msg' ? 'cdr' : 'ros1';
    const data = encoded(request, graphEncoding, encoding, call.data);
    const answer = await this.#graph.callService({ service, data }, { deadlineMs });
    return encoded(response, encoding, graphEncoding, answer);
  }

  async setParameter(name: string, value: ParameterValue, age: CommandAge): Promise<void> {
    checkAge(age);
    await this.#graph.setParameter(name, value);
  }

  async deleteParameter(name: string, age: CommandAge): Promise<void> {
    checkAge(age);
    await this.#graph.deleteParameter(name);
  }

  close(): void {
    this.#isClosed = true;
    for (const topic of [...this.#publishers.keys()]) this.#release(topic);
  }

  /** The publisher of a topic, made where there is none of this type; used last. */
  #hold({ topic, type, latched }: Pick<DoorMessage, 'topic' | 'type' | 'latched'>): HeldPublisher {
    if (this.#isClosed) throw new RosError('GRAPH_CLOSED', 'The reader is gone.');
    const known = this.#publishers.get(topic);
    const isSameType = type === undefined || known?.type === undefined || sameType(known.type, type);
    if (known !== undefined && isSameType && (latched === undefined || known.latched === latched)) {
      this.#publishers.delete(topic);
      this.#publishers.set(topic, known);
      return known;
    }
    if (known !== undefined) this.#release(topic);
    if (this.#publishers.size >= MAX_READER_PUBLISHERS) this.#releaseOldest();
    const publisher = this.#advertise(topic, type, latched ?? false);
    const held: HeldPublisher = { type, latched: latched ?? false, publisher, made: undefined, advertised: 0 };
    this.#publishers.set(topic, held);
    publisher.then(
      (made) => {
        if (this.#publishers.get(topic) === held) held.made = made;
        else made.close();
      },
      () => {
        // What failed once may succeed later.
        if (this.#publishers.get(topic) === held) this.#publishers.delete(topic);
      },
    );
    return held;
  }

  async #advertise(topic: string, givenType: string | undefined, latched: boolean): Promise<Publisher> {
    const type = givenType ?? (await this.#graph.snapshot()).topics.find(({ name }) => name === topic)?.type ?? '';
    if (type === '') {
      throw new RosError(
        'TOPIC_UNKNOWN',
        `The robot has no topic ${topic}, so its type is not known. Advertise it with a type first.`,
        { details: { topic } },
      );
    }
    return this.#graph.advertise({ topic, type, latched });
  }

  /** Rather one that was never advertised. */
  #releaseOldest(): void {
    const topics = [...this.#publishers.keys()];
    const oldest = topics.find((topic) => this.#publishers.get(topic)?.advertised === 0) ?? topics[0];
    if (oldest !== undefined) this.#release(oldest);
  }

  #release(topic: string): void {
    const held = this.#publishers.get(topic);
    this.#publishers.delete(topic);
    // One that is still being made is closed when it is there.
    held?.made?.close();
  }
}

function checkAge({ ageMs }: CommandAge): void {
  if (ageMs <= MAX_COMMAND_AGE_MS) return;
  throw new DoorError(
    'COMMAND_EXPIRED',
    `What came may be ${Math.round(ageMs)} ms old; at most ${MAX_COMMAND_AGE_MS} ms are taken. Send it again once the connection answers.`,
    { details: { ageMs: Math.round(ageMs), maxAgeMs: MAX_COMMAND_AGE_MS } },
  );
}

/** The same message in another encoding; bytes of the right one are checked. Throws `MESSAGE_INVALID`, `NOT_SUPPORTED`. */
function encoded(schema: Schema, to: Encoding, from: Encoding, data: Uint8Array): Uint8Array {
  if (from === to) {
    if (schema.text !== '' || schema.encoding !== '') codecFor(schema, to).validate(data);
    return data;
  }
  if (from === 'json') {
    const codec = codecFor(schema, to);
    return codec.encode(codec.fromJson(textOf(schema, data)));
  }
  const value = codecFor(schema, from).decode(data);
  return codecFor(schema, to).encode(value);
}

function textOf(schema: Schema, data: Uint8Array): string {
  try {
    return decoder.decode(data);
  } catch (cause) {
    throw new RosError('MESSAGE_INVALID', `${schema.name}: a JSON message must be UTF-8, and its bytes are not.`, {
      cause,
    });
  }
}
