import { codecFor, isStill, isStoppedByZeros, parseJsonExact, sameType } from '@longline/ros';
import type { Clock, Encoding, RosGraph, Schema } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';

/** A message on a topic that moves the robot. */
export interface JudgedMessage {
  readonly topic: string;
  readonly type: string | undefined;
  readonly encoding: Encoding;
  readonly data: Uint8Array;
}

/** What the robot says of types and definitions. */
export type TypeSource = Pick<RosGraph, 'messageSchema' | 'snapshot'>;

/** Answers kept; with one more the oldest goes. */
const MAX_ANSWERS = 100;
/** What could not be had is asked for again after so long, in milliseconds. */
const ASK_AGAIN_MS = 5_000;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Says whether a message stops, by zeros of a type that they stop, or moves. What cannot be told moves. */
export class StillJudge {
  readonly #view: FleetView;
  readonly #device: string;
  readonly #graph: TypeSource;
  readonly #schemas: KnownAnswers<Schema>;
  readonly #types: KnownAnswers<string>;

  constructor(options: {
    readonly view: FleetView;
    readonly device: string;
    readonly clock: Clock;
    readonly graph: TypeSource;
  }) {
    this.#view = options.view;
    this.#device = options.device;
    this.#graph = options.graph;
    this.#schemas = new KnownAnswers(options.clock);
    this.#types = new KnownAnswers(options.clock);
  }

  /** A promise where the type or the definition has to be asked for first: judge again when it has settled. */
  judge(message: JudgedMessage): boolean | Promise<unknown> {
    const { topic, encoding, data } = message;
    const channel = this.#view.device(this.#device)?.channel(topic)?.described;
    const type = message.type ?? channel?.schema.name ?? this.#types.find(topic, () => this.#typeOf(topic));
    if (type instanceof Promise) return type;
    if (type === undefined || !isStoppedByZeros(type)) return false;
    if (encoding === 'json') return isStillJson(type, data);
    const schema =
      channel !== undefined && sameType(channel.schema.name, type)
        ? channel.schema
        : this.#schemas.find(type, () => this.#graph.messageSchema(type));
    if (schema instanceof Promise) return schema;
    return schema !== undefined && isStillBytes(schema, message);
  }

  async #typeOf(topic: string): Promise<string | undefined> {
    const { topics } = await this.#graph.snapshot();
    return topics.find(({ name, type }) => name === topic && type !== '')?.type;
  }
}

/** What was asked for and is known, or is known not to be had for now. */
class KnownAnswers<Answer> {
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly answer: Answer | undefined; readonly untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer, undefined where there is none for now; a promise that never rejects where it has to be asked for. */
  find(key: string, ask: () => Promise<Answer | undefined>): Answer | undefined | Promise<void> {
    const known = this.#known.get(key);
    if (known !== undefined && this.#clock.monotonicMs() < known.untilMs) return known.answer;
    return ask()
      .catch(() => undefined)
      .then((answer) => this.#keep(key, answer));
  }

  #keep(key: string, answer: Answer | undefined): void {
    const untilMs = answer === undefined ? this.#clock.monotonicMs() + ASK_AGAIN_MS : Number.POSITIVE_INFINITY;
    this.#known.delete(key);
    this.#known.set(key, { answer, untilMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_ANSWERS && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Missing fields are zero, and so is an empty payload. */
function isStillJson(type: string, data: Uint8Array): boolean {
  try {
    const value = data.length === 0 ? {} : parseJsonExact(decoder.decode(data));
    return typeof value === 'object' && value !== null && !Array.isArray(value) && isStill(type, { ...value });
  } catch {
    return false;
  }
}

function isStillBytes(schema: Schema, { encoding, data }: JudgedMessage): boolean {
  try {
    return isStill(schema.name, codecFor(schema, encoding).decode(data));
  } catch {
    return false;
  }
}
