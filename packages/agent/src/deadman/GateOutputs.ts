import type { Clock } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { OutputKind } from './Deadman.ts';
import { GateOutput } from './GateOutput.ts';
import type { GateOutputEvents } from './GateOutputOptions.ts';
import type { MotionOutputs } from './MotionOutputs.ts';
import type { OutputRos } from './OutputRos.ts';
import type { RosPulse } from './RosPulse.ts';

/** Most outputs known at once; one that nothing needs to be remembered of makes room. */
const MAX_OUTPUTS = 200;

/** The outputs of a robot: those named in its config, those used, and those found when all are to be stopped. */
export class GateOutputs {
  readonly #rules: MotionOutputs;
  readonly #clock: Clock;
  readonly #pulse: RosPulse;
  readonly #ros: OutputRos;
  readonly #events: GateOutputEvents;
  readonly #all = new Map<string, GateOutput>();

  constructor(options: {
    readonly rules: MotionOutputs;
    readonly clock: Clock;
    readonly pulse: RosPulse;
    readonly ros: OutputRos;
    readonly events: GateOutputEvents;
  }) {
    this.#rules = options.rules;
    this.#clock = options.clock;
    this.#pulse = options.pulse;
    this.#ros = options.ros;
    this.#events = options.events;
    for (const { kind, name } of this.#rules.named) this.get(kind, name);
  }

  get all(): GateOutput[] {
    return [...this.#all.values()];
  }

  /** Throws `PUBLISHER_LIMIT`. What no rule names any more is held to those of its type. */
  get(kind: OutputKind, name: string, type?: string): GateOutput {
    const key = `${kind} ${name}`;
    const known = this.#pulse.typeOf(name) ?? type;
    let output = this.#all.get(key);
    if (output === undefined) {
      this.#makeRoom();
      const rule = this.#rules.find(kind, name, known) ?? { timeoutMs: 500, limits: [] };
      output = new GateOutput({
        kind,
        name,
        type: kind === 'topic' ? known : undefined,
        rule,
        clock: this.#clock,
        stopActions: (steps, typeOf) => this.#ros.stopActions(name, typeOf, steps),
        events: this.#events,
      });
      this.#all.set(key, output);
    }
    if (kind === 'topic' && known !== undefined) output.type = known;
    return output;
  }

  /** Looks for topics that somebody hears and that are outputs, used or not. */
  discover(): void {
    for (const topic of this.#pulse.topics) {
      if (this.#all.has(`topic ${topic.name}`)) this.get('topic', topic.name);
      else if (this.#pulse.isHeard(topic) && this.#rules.covers(topic.name, topic.type) && this.#hasRoom()) {
        this.get('topic', topic.name, topic.type);
      }
    }
  }

  /** Opens what their orders and stops will need. */
  warm(): void {
    for (const { kind, name, type, steps } of this.all) {
      this.#ros.warm(kind === 'topic' ? name : undefined, type, steps);
    }
  }

  #hasRoom(): boolean {
    return this.#all.size < MAX_OUTPUTS;
  }

  #makeRoom(): void {
    if (this.#hasRoom()) return;
    for (const [key, output] of this.#all) {
      if (!output.isForgettable) continue;
      output.close();
      this.#all.delete(key);
      return;
    }
    throw new AgentError('PUBLISHER_LIMIT', `${MAX_OUTPUTS} outputs move the robot, the most there may be. Use fewer.`);
  }
}
