import { matchesAny, movesByType, topicPattern } from '@longline/ros';
import { DEFAULT_MOTION_TIMEOUT_MS } from '../config/motionSchema.ts';
import type { FieldLimit, MotionConfig, MotionOutputConfig, StopStep } from '../config/motionSchema.ts';
import type { OutputKind } from './Deadman.ts';

/** What holds for an output. */
export interface OutputRule {
  /** Without a fresh order for so long it is stopped, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxRateHz?: number | undefined;
  readonly limits: readonly FieldLimit[];
  /** What stops it; undefined: zeros, where they stop its type. */
  readonly stop?: readonly StopStep[] | undefined;
}

interface Entry {
  readonly kind: OutputKind;
  readonly pattern: string;
  readonly matches: (name: string) => boolean;
  readonly rule: OutputRule;
}

const byType: OutputRule = { timeoutMs: DEFAULT_MOTION_TIMEOUT_MS, limits: [] };

/** Knows what moves the robot: by the config, the first entry that matches, and by the types of topics. */
export class MotionOutputs {
  readonly #entries: readonly Entry[];
  readonly #byType: boolean;
  readonly #mayPublish: (topic: string) => boolean;

  /** `publishable` are the patterns of topics that may be published on from outside (`allow.publish`). */
  constructor(config: MotionConfig, publishable: readonly string[]) {
    this.#entries = config.outputs.map(entryOf);
    this.#byType = config.byType;
    this.#mayPublish = matchesAny(publishable);
  }

  /** What the config names without stars: outputs, whether or not anybody used them. */
  get named(): { readonly kind: OutputKind; readonly name: string }[] {
    return this.#entries
      .filter(({ pattern, kind }) => /^[\w/]+$/.test(pattern) && kind !== 'parameter')
      .map(({ kind, pattern }) => ({ kind, name: pattern }));
  }

  /** What holds for an output; undefined where it is none. Without its type a topic is looked up by name only. */
  find(kind: OutputKind, name: string, type?: string): OutputRule | undefined {
    const plain = kind === 'parameter' ? name.replaceAll(':', '/') : name;
    const entry = this.#entries.find((each) => each.kind === kind && each.matches(plain));
    if (entry !== undefined) return entry.rule;
    return this.#byType && kind === 'topic' && type !== undefined && movesByType(type) ? byType : undefined;
  }

  /**
   * Whether a topic that nobody used yet is stopped when all are. By its type alone it is only where it may be published
   * on from outside: sensors tell of velocities in the same types, and a zero there would be a lie.
   */
  covers(topic: string, type: string): boolean {
    return (
      this.find('topic', topic) !== undefined ||
      (this.#mayPublish(topic) && this.find('topic', topic, type) !== undefined)
    );
  }
}

function entryOf(output: MotionOutputConfig): Entry {
  const { topic, service, parameter, ...rule } = output;
  const pattern = topic ?? service ?? parameter ?? '';
  const kind = topic !== undefined ? 'topic' : service !== undefined ? 'service' : 'parameter';
  return { kind, pattern, matches: topicPattern(pattern), rule };
}
