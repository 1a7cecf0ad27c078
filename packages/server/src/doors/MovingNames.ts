import type { MotionStatus } from '@longline/line';
import { movesByType } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';

export type OutputKind = MotionStatus['outputs'][number]['kind'];

/** What is known of something that moves a robot. */
export interface MovingName {
  /** What is older is not executed any more, in milliseconds; undefined where only the robot knows. */
  readonly timeoutMs: number | undefined;
}

/** Names remembered of each sort; with one more the oldest goes. */
const MAX_REMEMBERED = 500;

const untold: MovingName = { timeoutMs: undefined };

/** Says what moves a robot, as far as it can be known here: by its status, by the types that move, and by what it answered. */
export class MovingNames {
  readonly #view: FleetView;
  readonly #device: string;
  /** The line that told what is remembered: with another its configuration may be another. */
  #epoch = -1;
  readonly #moving = new Set<string>();
  readonly #notMoving = new Set<string>();

  constructor(view: FleetView, device: string) {
    this.#view = view;
    this.#device = device;
  }

  /** Undefined for what does not move the robot, or is not known to. */
  find(kind: OutputKind, name: string, givenType?: string): MovingName | undefined {
    const device = this.#view.device(this.#device);
    if (device?.motion === undefined) return undefined;
    this.#forget(device.epoch);
    const output = device.output(kind, name);
    if (output !== undefined) return output;
    const key = keyOf(kind, name);
    if (this.#moving.has(key)) return untold;
    if (kind !== 'topic' || this.#notMoving.has(key)) return undefined;
    const type = givenType ?? device.channel(name)?.described.schema.name;
    return type !== undefined && movesByType(type) ? untold : undefined;
  }

  /** The robot refused it for want of a lease. */
  handleLeaseNeeded(kind: OutputKind, name: string): void {
    this.#forgetOld();
    remember(this.#moving, keyOf(kind, name));
  }

  /** The robot says that the topic does not move it. */
  handleNotMoving(topic: string): void {
    this.#forgetOld();
    remember(this.#notMoving, keyOf('topic', topic));
  }

  #forgetOld(): void {
    this.#forget(this.#view.device(this.#device)?.epoch ?? -1);
  }

  #forget(epoch: number): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#moving.clear();
    this.#notMoving.clear();
  }
}

const keyOf = (kind: OutputKind, name: string): string => `${kind} ${name}`;

function remember(names: Set<string>, key: string): void {
  names.add(key);
  const [oldest] = names;
  if (names.size > MAX_REMEMBERED && oldest !== undefined) names.delete(oldest);
}
