/** Heap after a collection, at some moment of the run. */
interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Fewest samples from which growth is told from chance. */
const FEWEST_SAMPLES = 6;

/**
 * Whether memory grows without end. The first third of the run fills caches and is left out; a straight line through the rest, by least
 * squares, says how much was gained from its beginning to its end.
 */
export class HeapTrend {
  readonly #samples: Sample[] = [];

  add(atMs: number, bytes: number): void {
    this.#samples.push({ atMs, bytes });
  }

  /** Gained over the last two thirds, in bytes; 0 where the run was too short to tell. */
  get growthBytes(): number {
    const rest = this.#samples.slice(Math.ceil(this.#samples.length / 3));
    const [first, last] = [rest[0], rest.at(-1)];
    if (rest.length < FEWEST_SAMPLES || first === undefined || last === undefined) return 0;
    const meanMs = mean(rest.map(({ atMs }) => atMs));
    const meanBytes = mean(rest.map(({ bytes }) => bytes));
    let covariance = 0;
    let variance = 0;
    for (const { atMs, bytes } of rest) {
      covariance += (atMs - meanMs) * (bytes - meanBytes);
      variance += (atMs - meanMs) ** 2;
    }
    return variance === 0 ? 0 : Math.round((covariance / variance) * (last.atMs - first.atMs));
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
