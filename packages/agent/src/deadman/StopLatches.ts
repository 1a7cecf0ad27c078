import { topicPattern } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { DeadmanRecord } from './DeadmanMemory.ts';
import type { OutputKind } from './Deadman.ts';

/** Most latches; beyond it one for all takes their place. */
const MAX_LATCHES = 100;
/** The pattern of all outputs. */
export const ALL_OUTPUTS = '/**';

type Latch = DeadmanRecord['latches'][number];

interface Entry {
  readonly latch: Latch;
  readonly matches: (name: string) => boolean;
}

/** Stops that stand until they are released. Patterns are those of topics; ROS 2 parameters `/node:name` count as `/node/name`. */
export class StopLatches {
  #entries: Entry[] = [];

  get list(): readonly Latch[] {
    return this.#entries.map(({ latch }) => latch);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Throws `PATTERN_INVALID`. The same pattern again changes nothing. */
  add(latch: Latch): void {
    const entry = { latch, matches: outputPattern(latch.outputs) };
    if (this.#entries.some((each) => each.latch.outputs === latch.outputs)) return;
    if (this.#entries.length < MAX_LATCHES) this.#entries.push(entry);
    else this.#entries = [{ latch: { ...latch, outputs: ALL_OUTPUTS }, matches: outputPattern(ALL_OUTPUTS) }];
  }

  isLatched(name: string): boolean {
    return this.#entries.some(({ matches }) => matches(name));
  }

  /** Throws `STOP_LATCHED`. */
  check(kind: OutputKind, name: string): void {
    const entry = this.#entries.find(({ matches }) => matches(name));
    if (entry === undefined) return;
    const { by, outputs } = entry.latch;
    throw new AgentError(
      'STOP_LATCHED',
      `The ${kind} ${name} was stopped by ${by || 'somebody'} and stays stopped. Release the stop of ${outputs} first.`,
      { details: { name, by, outputs } },
    );
  }

  /**
   * Removes those of a pattern: the same, or one name that it matches. Throws `PATTERN_INVALID`, and `STOP_LATCHED` where it
   * would release a part of what was stopped as a whole.
   */
  release(outputs: string): void {
    const matches = outputPattern(outputs);
    const isMeant = ({ latch }: Entry): boolean =>
      outputs === ALL_OUTPUTS || latch.outputs === outputs || matches(latch.outputs);
    const left = this.#entries.filter((entry) => !isMeant(entry));
    const [first] = left;
    if (first !== undefined && left.length === this.#entries.length) {
      const all = left.map(({ latch }) => latch.outputs).join(', ');
      throw new AgentError('STOP_LATCHED', `There is no stop of ${outputs} alone. Release one that stands: ${all}.`, {
        details: { outputs, latched: all },
      });
    }
    this.#entries = left;
  }
}

/** Compiles a pattern of output names. Throws `PATTERN_INVALID`. */
export function outputPattern(text: string): (name: string) => boolean {
  const matches = topicPattern(text.replaceAll(':', '/'));
  return (name) => matches(name.replaceAll(':', '/'));
}
