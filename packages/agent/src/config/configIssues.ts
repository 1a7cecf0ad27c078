import type { z } from 'zod';

/** One thing wrong with a config: where it is and what to write instead. */
export interface ConfigIssue {
  /** Names and list positions that lead to it; the key itself for an unknown key. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** The issues of a config in plain words; unknown keys name the known ones, which are looked up in the schema. */
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
    return [{ path, text: issue.message.replace(/\.$/, '') }];
  });
}

/** `topics[0].lane`. */
export const pathText = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
