import type { z } from 'zod';

/** One thing wrong with a config: where it is and what to write instead. */
export interface ConfigIssue {
  /** Names and list positions that lead to it; the key itself for an unknown key. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** Most characters of a wrong value that are shown. */
const MAX_SHOWN = 60;

/**
 * The issues of a config in plain words; unknown keys name the known ones, which are looked up in the schema. The values
 * themselves are shown when the config was parsed with `reportInput`.
 */
export function configIssues(
  error: z.ZodError,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[],
): ConfigIssue[] {
  return error.issues.flatMap((issue): ConfigIssue[] => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        text: `there is no such key; the keys here are ${knownKeys(issue.path).join(', ')}`,
      }));
    }
    return [{ path, text: issueText(issue) }];
  });
}

const words: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list, like [a, b]'],
  ['object', 'keys with values'],
]);

/** What to write, and what stands there. */
function issueText(issue: z.core.$ZodIssue): string {
  let expected: string | undefined;
  if (issue.code === 'invalid_type') expected = words.get(issue.expected);
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid')) expected = issue.values.join(', ');
  if (expected === undefined) return issue.message.replace(/\.$/, '');
  const { input } = issue;
  if (input === undefined) return `it is missing; write ${expected}`;
  return `write ${issue.code === 'invalid_value' ? 'one of ' : ''}${expected}; it is ${JSON.stringify(input).slice(0, MAX_SHOWN)}`;
}

/** `topics[0].lane`. */
export const pathText = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
