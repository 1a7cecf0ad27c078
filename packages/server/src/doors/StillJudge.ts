import { codecFor, isStill, isStoppedByZeros, parseJsonExact, sameType } from '@longline/ros';
import type { Clock, Encoding, Schema } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';

/** A message on a topic that moves the robot. */
export interface JudgedMessage {
  readonly topic: string;
  readonly type: string | undefined;
  readonly encoding: Encoding;
  readonly data: Uint8Array;
}

/** Definitions kept; with one more the oldest goes. */
const MAX_SCHEMAS = 100;
/** A definition that could not be had is asked for again after so long, in milliseconds. */
const ASK_AGAIN_MS = 5_000;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Says whether a message stops, by zeros of a type that they stop, or moves. What cannot be told moves. */
export class StillJudge {
  readonly #view: FleetView;
  readonly #device: string;
  readonly #schemaOf: (type: string) => Promise<Schema>;
  readonly #clock: Clock;
  readonly #schemas = new Map<string, { readonly schema: Schema | undefined; readonly untilMs: number }>();

  constructor(options: {
    readonly view: FleetView;
    readonly device: string;
    readonly clock: Clock;
    readonly schemaOf: (type: string) => Promise<Schema>;
  }) {
    this.#view = options.view;
    this.#device = options.device;
    this.#clock = options.clock;
    this.#schemaOf = options.schemaOf;
  }

  /** A promise where the definition has to be asked for first: judge again when it has settled. */
  judge(message: JudgedMessage): boolean | Promise<unknown> {
    const channel = this.#view.device(this.#device)?.channel(message.topic)?.described;
    const type = message.type ?? channel?.schema.name;
    if (type === undefined || !isStoppedByZeros(type)) return false;
    if (message.encoding === 'json') return isStillJson(type, message.data);
    if (channel !== undefined && sameType(channel.schema.name, type)) return isStillBytes(channel.schema, message);
    const known = this.#schemas.get(type);
    if (known === undefined || this.#clock.monotonicMs() >= known.untilMs) return this.#ask(type);
    return known.schema !== undefined && isStillBytes(known.schema, message);
  }

  async #ask(type: string): Promise<void> {
    const schema = await this.#schemaOf(type).catch(() => undefined);
    const [oldest] = this.#schemas.keys();
    if (this.#schemas.size >= MAX_SCHEMAS && oldest !== undefined) this.#schemas.delete(oldest);
    const untilMs = schema === undefined ? this.#clock.monotonicMs() + ASK_AGAIN_MS : Number.POSITIVE_INFINITY;
    this.#schemas.delete(type);
    this.#schemas.set(type, { schema, untilMs });
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
