import { RosError } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import type { Rgb } from './PathRaster.ts';

/** Parameters kept at once; one more is refused. */
export const MAX_PARAMETERS = 1_000;

const DEFAULT_BACKGROUND: Rgb = { r: 0x45, g: 0x56, b: 0xff };

const validName = /^(?:\/\w+)+$/;

/** The parameter server beside the node: it takes any name, and the node reads three of them when it clears its window. */
export class Parameters {
  readonly #values = new Map<string, ParameterValue>([
    ['/turtlesim/background_r', DEFAULT_BACKGROUND.r],
    ['/turtlesim/background_g', DEFAULT_BACKGROUND.g],
    ['/turtlesim/background_b', DEFAULT_BACKGROUND.b],
  ]);

  get names(): string[] {
    return [...this.#values.keys()].sort();
  }

  /** Throws `PARAMETER_UNKNOWN`. */
  get(name: string): ParameterValue {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw this.#unknown(name);
  }

  /** Throws `PARAMETER_UNKNOWN`. */
  delete(name: string): void {
    if (!this.#values.delete(name)) throw this.#unknown(name);
  }

  /** Throws `PARAMETER_INVALID`. */
  set(name: string, value: ParameterValue): void {
    if (!validName.test(name) || name.length > 255) {
      throw new RosError(
        'PARAMETER_INVALID',
        `A parameter's name begins with a slash and has letters, digits and _ between slashes, like /turtlesim/background_r; not ${JSON.stringify(name.slice(0, 80))}.`,
        { details: { parameter: name.slice(0, 255) } },
      );
    }
    if (!this.#values.has(name) && this.#values.size >= MAX_PARAMETERS) {
      throw new RosError(
        'PARAMETER_INVALID',
        `There are ${MAX_PARAMETERS} parameters already, so ${name} is refused.`,
        {
          details: { parameter: name },
        },
      );
    }
    this.#values.set(name, value);
  }

  /** What the node would fill its window with now. */
  get background(): Rgb {
    return {
      r: this.#integer('/turtlesim/background_r', DEFAULT_BACKGROUND.r),
      g: this.#integer('/turtlesim/background_g', DEFAULT_BACKGROUND.g),
      b: this.#integer('/turtlesim/background_b', DEFAULT_BACKGROUND.b),
    };
  }

  /** As roscpp reads an int: a double is rounded, anything else counts as not set. */
  #integer(name: string, otherwise: number): number {
    const value = this.#values.get(name);
    return typeof value === 'number' && Number.isFinite(value) ? Math.floor(value + 0.5) : otherwise;
  }

  #unknown(name: string): RosError {
    return new RosError('PARAMETER_UNKNOWN', `There is no parameter ${name}. There are ${this.#namesForPeople()}.`, {
      details: { parameter: name },
    });
  }

  #namesForPeople(): string {
    const names = this.names;
    return names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`;
  }
}
