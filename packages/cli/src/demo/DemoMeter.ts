import type { Message } from '@longline/ros';
import { percentile } from '../statistics/percentile.ts';
import { RateWindow } from '../statistics/RateWindow.ts';
import { fitCircle, turnsAround } from './fitCircle.ts';
import type { FittedCircle, Point } from './fitCircle.ts';

/** Poses kept for the path and the circle, and ages for their percentiles: about two and a half minutes at 62.5 Hz. */
export const MAX_KEPT = 10_000;
/** Messages that the shown rate is averaged over. */
const RATE_WINDOW = 500;

/** A pose as the demo needs it; `theta` in radians. */
export interface Pose extends Point {
  readonly theta: number;
}

/** What the demo measured: the JSON of its last line. */
export interface DemoSummary {
  readonly device: string;
  readonly messages: number;
  readonly hz: number | null;
  readonly ageMs: { readonly p50: number | null; readonly p99: number | null };
  readonly circle: { readonly radius: number; readonly maxError: number } | null;
}

/** Collects the poses of one turtle as they come from the server. */
export class DemoMeter {
  readonly device: string;
  readonly #poses: Pose[] = [];
  readonly #agesMs: number[] = [];
  readonly #rate = new RateWindow(RATE_WINDOW);
  #messages = 0;

  constructor(device: string) {
    this.device = device;
  }

  get messages(): number {
    return this.#messages;
  }

  get path(): readonly Pose[] {
    return this.#poses;
  }

  get circle(): FittedCircle | undefined {
    return fitCircle(this.#poses);
  }

  get turns(): number {
    const circle = this.circle;
    return circle === undefined ? 0 : turnsAround(this.#poses, circle.center);
  }

  /** One pose message; `ageMs` where the clocks are known. Other messages are counted only. */
  add(message: Message, ageMs: number | undefined): void {
    this.#messages++;
    this.#rate.add(Number(message.logTime) / 1e9);
    if (ageMs !== undefined) keep(this.#agesMs, ageMs);
    const { theta, x, y } = message.value;
    if (typeof x === 'number' && typeof y === 'number' && typeof theta === 'number') keep(this.#poses, { x, y, theta });
  }

  summary(): DemoSummary {
    const circle = this.circle;
    return {
      device: this.device,
      messages: this.#messages,
      hz: rounded(this.#rate.summary()?.rateHz, 2),
      ageMs: { p50: rounded(percentile(this.#agesMs, 0.5), 2), p99: rounded(percentile(this.#agesMs, 0.99), 2) },
      circle: circle === undefined ? null : { radius: to(circle.radius, 7), maxError: to(circle.maxError, 7) },
    };
  }

  /** Why this was no circle of radius 1, in words; undefined when it was. */
  fault(): string | undefined {
    const circle = this.circle;
    if (this.#messages === 0) return `no pose of ${this.device} came from the server`;
    if (circle === undefined)
      return `the ${this.#messages} poses of ${this.device} lie on no circle: the turtle did not drive`;
    if (Math.abs(circle.radius - 1) > 0.02) return `the radius is ${circle.radius.toFixed(3)}, more than 2 % off 1.00`;
    const { turns } = this;
    if (turns < 1)
      return `only ${turns.toFixed(2)} of a turn was driven; a whole one takes 6.3 s (--for 20s is enough)`;
    return undefined;
  }
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  // In slices, so that moving the rest costs little per message.
  if (list.length >= MAX_KEPT * 1.1) list.splice(0, list.length - MAX_KEPT);
}

const to = (value: number, digits: number): number => Number(value.toFixed(digits));
const rounded = (value: number | undefined, digits: number): number | null =>
  value === undefined ? null : to(value, digits);
