import { CliError } from './errors.ts';

const units = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Longest duration taken: a day. */
export const MAX_DURATION_MS = 86_400_000;

/** Milliseconds of `500ms`, `20s`, `1m`, `1.5h`; a bare number is seconds. Throws `ARGUMENT_INVALID`. */
export function parseDuration(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const ms = Number(number) * (units.get(unit) ?? Number.NaN);
  if (ms > 0 && ms <= MAX_DURATION_MS) return ms;
  throw new CliError(
    'ARGUMENT_INVALID',
    `${JSON.stringify(text)} is not a duration: write 500ms, 20s, 1m or 2h, a day at most.`,
  );
}
