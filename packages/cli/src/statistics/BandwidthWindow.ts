/** What `rostopic bw` prints. */
export interface BandwidthSummary {
  readonly bytesPerS: number;
  readonly meanBytes: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly window: number;
}

/** Messages that a window holds by default, as `rostopic bw` has it. */
export const DEFAULT_BANDWIDTH_WINDOW = 100;

/** Sizes and times of a channel's newest messages. */
export class BandwidthWindow {
  readonly #max: number;
  readonly #messages: { readonly timeS: number; readonly bytes: number }[] = [];

  constructor(maxMessages = DEFAULT_BANDWIDTH_WINDOW) {
    this.#max = Math.max(2, maxMessages);
  }

  add(timeS: number, bytes: number): void {
    this.#messages.push({ timeS, bytes });
    if (this.#messages.length > this.#max) this.#messages.shift();
  }

  /** `nowS` is on the clock of the messages' times. Undefined before the second message. */
  summary(nowS: number): BandwidthSummary | undefined {
    const [first] = this.#messages;
    const window = this.#messages.length;
    if (first === undefined || window < 2) return undefined;
    const sizes = this.#messages.map(({ bytes }) => bytes);
    const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
    return {
      bytesPerS: total / Math.max(1e-9, nowS - first.timeS),
      meanBytes: total / window,
      minBytes: Math.min(...sizes),
      maxBytes: Math.max(...sizes),
      window,
    };
  }
}

/** The lines of `rostopic bw`: one unit for all, chosen by the rate. */
export function bandwidthText({ bytesPerS, maxBytes, meanBytes, minBytes, window }: BandwidthSummary): string {
  const [divisor, unit] = bytesPerS < 1_000 ? [1, 'B'] : bytesPerS < 1_000_000 ? [1_000, 'KB'] : [1_000_000, 'MB'];
  const [rate, mean, min, max] = [bytesPerS, meanBytes, minBytes, maxBytes].map(
    (bytes) => `${(bytes / divisor).toFixed(2)}${unit}`,
  );
  return `average: ${rate}/s\n\tmean: ${mean} min: ${min} max: ${max} window: ${window}`;
}
