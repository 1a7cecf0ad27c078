import type { Clock, Disposer } from '@longline/ros';
import { z } from 'zod';
import type { CommandAge } from '../door/DoorRobot.ts';
import { DoorError } from '../door/DoorError.ts';
import { FragmentAssembler } from '../rosbridge/FragmentAssembler.ts';
import { clientOp, clientOpNames } from './ClientOp.ts';
import type { ClientId, ClientOp, OpOf } from './ClientOp.ts';
import { joined } from './FrameArrival.ts';
import type { FrameArrival } from './FrameArrival.ts';
import { isCommand } from './isCommand.ts';
import { JsonAssembly } from './JsonAssembly.ts';

/** The rest of an object must follow within so long, in milliseconds. */
const PARTIAL_WAIT_MS = 2_000;
/** How deep fragments may contain fragments. */
const MAX_FRAGMENT_DEPTH = 2;
/** Lists of fragments whose beginning is remembered; more cannot be under assembly. */
const MAX_FIRST_FRAGMENTS = 64;
const MAX_SHOWN = 200;

/** What {@link ClientFrames} is given. */
export interface ClientFramesOptions {
  readonly clock: Clock;
  /** How old a command that came now may be. */
  readonly age: () => CommandAge;
  readonly handleOp: (op: Exclude<ClientOp, { op: 'fragment' }>, arrival: FrameArrival) => void;
  readonly handleProblem: (error: DoorError, about: string, id: ClientId | undefined) => void;
}

/** Of what is no command nobody asks the age; whoever did would refuse it. */
const unknownAge: CommandAge = { ageMs: Number.POSITIVE_INFINITY, mayBeFlushed: true };

/** Takes a client's text frames apart into ops. Whatever comes, it does not throw: what cannot be used goes to `handleProblem`. */
export class ClientFrames {
  readonly #options: ClientFramesOptions;
  readonly #json = new JsonAssembly();
  readonly #fragments = new FragmentAssembler();
  /** When the first fragment of each list came. */
  readonly #firstFragments = new Map<string, FrameArrival>();
  #firstPartial: FrameArrival | undefined;
  #cancelPartial: Disposer | undefined;

  constructor(options: ClientFramesOptions) {
    this.#options = options;
  }

  handleText(text: string): void {
    const first = this.#firstPartial;
    const { values, problem } = this.#json.handle(text);
    this.#handlePartial(text, first);
    if (problem !== undefined)
      this.#refuse(
        'FRAME_MALFORMED',
        `A frame of ${text.length} characters is not all JSON objects: ${problem}.`,
        'frame',
      );
    for (const value of values) this.#handleValue(value, text.length, first, 0);
  }

  close(): void {
    this.#cancelPartial?.();
  }

  /** An object whose rest does not follow is told, and forgotten. */
  #handlePartial(text: string, first: FrameArrival | undefined): void {
    this.#cancelPartial?.();
    this.#cancelPartial = undefined;
    if (!this.#json.isPartial) {
      this.#firstPartial = undefined;
      return;
    }
    this.#firstPartial = first ?? this.#arrival(text.length, this.#options.age());
    this.#cancelPartial = this.#options.clock.after(PARTIAL_WAIT_MS, () => {
      this.#firstPartial = undefined;
      const problem = this.#json.forget();
      if (problem !== undefined) this.#refuse('FRAME_MALFORMED', `${problem}.`, 'frame');
    });
  }

  #handleValue(value: unknown, length: number, first: FrameArrival | undefined, depth: number): void {
    const op = this.#understood(value);
    if (op === undefined) return;
    const arrival = first ?? this.#arrival(length, isCommand(op) ? this.#options.age() : unknownAge);
    if (op.op === 'fragment') this.#handleFragment(op, arrival, depth);
    else this.#options.handleOp(op, arrival);
  }

  #handleFragment(op: OpOf<'fragment'>, arrival: FrameArrival, depth: number): void {
    if (op.num === 0 || !this.#firstFragments.has(op.id)) this.#rememberFirst(op.id, arrival);
    const first = this.#firstFragments.get(op.id) ?? arrival;
    const result = this.#fragments.handle(op);
    if (result === undefined) return;
    if ('problem' in result) {
      this.#refuse('FRAME_MALFORMED', `${result.problem}.`, 'fragment', op.id);
      return;
    }
    this.#firstFragments.delete(op.id);
    if (depth >= MAX_FRAGMENT_DEPTH) {
      this.#refuse('FRAME_MALFORMED', 'Fragments of fragments are not taken so deep.', 'fragment', op.id);
      return;
    }
    // A message of its own: what waits for the rest of a frame has nothing to do with it.
    const { values, problem } = new JsonAssembly().handle(result.text);
    if (problem !== undefined || values.length === 0) {
      this.#refuse('FRAME_MALFORMED', `The fragments ${op.id.slice(0, 100)} make no JSON object.`, 'fragment', op.id);
    }
    for (const value of values)
      this.#handleValue(value, result.text.length, joined(first, result.text.length), depth + 1);
  }

  #rememberFirst(id: string, arrival: FrameArrival): void {
    this.#firstFragments.delete(id);
    this.#firstFragments.set(id, arrival);
    for (const oldest of this.#firstFragments.keys()) {
      if (this.#firstFragments.size <= MAX_FIRST_FRAGMENTS) break;
      this.#firstFragments.delete(oldest);
    }
  }

  /** Undefined for what is none, which was told. */
  #understood(value: unknown): ClientOp | undefined {
    const { op, id } = opAndId(value);
    if (op === undefined) {
      this.#refuse('FRAME_MALFORMED', 'A frame must be a JSON object with the text "op".', 'frame', id);
      return undefined;
    }
    if (!clientOpNames.has(op)) {
      const known = [...clientOpNames].join(', ');
      this.#refuse(
        'FRAME_UNEXPECTED',
        `There is no op ${JSON.stringify(op.slice(0, MAX_SHOWN))}. There are ${known}.`,
        op,
        id,
      );
      return undefined;
    }
    let why: string;
    try {
      const parsed = clientOp.safeParse(value);
      if (parsed.success) return parsed.data;
      why = z.prettifyError(parsed.error).replaceAll('\n', ' ').slice(0, MAX_SHOWN);
    } catch (error) {
      // zod looks at the length of what should be a text, whatever it is; one that is an object without a value throws.
      why = String(error).slice(0, MAX_SHOWN);
    }
    this.#refuse('FRAME_MALFORMED', `The op ${op} has a wrong field: ${why}.`, op, id);
    return undefined;
  }

  #arrival(length: number, age: CommandAge): FrameArrival {
    return { atMs: this.#options.clock.monotonicMs(), age, length };
  }

  #refuse(code: 'FRAME_MALFORMED' | 'FRAME_UNEXPECTED', text: string, about: string, id?: ClientId): void {
    this.#options.handleProblem(new DoorError(code, text), about.slice(0, MAX_SHOWN), id);
  }
}

function opAndId(value: unknown): { op: string | undefined; id: ClientId | undefined } {
  if (typeof value !== 'object' || value === null) return { op: undefined, id: undefined };
  const op = 'op' in value && typeof value.op === 'string' ? value.op : undefined;
  const id = 'id' in value ? value.id : undefined;
  const isId = typeof id === 'number' || typeof id === 'bigint' || (typeof id === 'string' && id.length <= 1_024);
  return { op, id: isId ? id : undefined };
}
