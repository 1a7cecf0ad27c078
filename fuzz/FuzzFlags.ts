import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface FuzzFlags {
  readonly forMs: number;
  readonly seed: number;
  /** Only the target of this name. */
  readonly only: string | undefined;
  /** Only this case, once: to repeat a failure. */
  readonly case: number | undefined;
  readonly workers: number;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Throws `RangeError` with what to write instead. */
export function parseFuzzFlags(args: readonly string[], cores: number): FuzzFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      for: { type: 'string', default: '1m' },
      seed: { type: 'string' },
      only: { type: 'string' },
      case: { type: 'string' },
      workers: { type: 'string' },
    },
  });
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(values.for) ?? [];
  const forMs = Number(number) * (unitMs[unit] ?? NaN);
  if (!(forMs > 0)) throw new RangeError(`--for ${values.for} is not a duration: write 30s, 10m or 2h.`);
  return {
    forMs,
    seed: wholeNumber('--seed', values.seed) ?? Date.now() % 2 ** 31,
    only: values.only,
    case: wholeNumber('--case', values.case),
    workers: wholeNumber('--workers', values.workers) ?? Math.max(1, cores),
  };
}

function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new RangeError(`${flag} ${text} is not a whole number.`);
}
