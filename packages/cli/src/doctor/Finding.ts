/** What a check found. Advice says what to do, where something is to be done. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** What was looked at: `certificate`, `identity`. */
  readonly what: string;
  readonly finding: string;
  readonly advice?: string;
}

export const ok = (what: string, finding: string): Finding => ({ level: 'ok', what, finding });
export const warn = (what: string, finding: string, advice: string): Finding => ({
  level: 'warn',
  what,
  finding,
  advice,
});
export const fail = (what: string, finding: string, advice: string): Finding => ({
  level: 'fail',
  what,
  finding,
  advice,
});

/** What was thrown, as part of a sentence. */
export const why = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
