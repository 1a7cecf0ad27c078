import { CliError } from '../errors.ts';

const units = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
  ['y', 31_536_000_000],
]);

/** Longest: 10 years. */
const MAX_MS = 315_360_000_000;

/** Milliseconds of `90d`, `12h`, `1y`, 10 years at most; null for `never`. Throws `ARGUMENT_INVALID`. */
export function parseExpiry(text: string): number | null {
  if (text === 'never') return null;
  const [, number, unit = ''] = /^(\d{1,6})([mhdwy])$/.exec(text.trim()) ?? [];
  const ms = Number(number) * (units.get(unit) ?? Number.NaN);
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new CliError(
    'ARGUMENT_INVALID',
    `${JSON.stringify(text)} is no expiry: write 90d, 12h, 1y (10 at most), or never.`,
  );
}
