import type { Finding } from './Finding.ts';

const words = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** One line for each finding, and its advice below it. */
export const findingLines = (findings: readonly Finding[]): string =>
  findings
    .map(({ advice, finding, level, what }) => {
      const line = `${words[level]}  ${what}: ${finding}\n`;
      return advice === undefined || advice === '' ? line : `${line}        ${advice}\n`;
    })
    .join('');
