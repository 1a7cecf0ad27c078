import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'protocol.md');

/** The close codes of clause 10, by the codes they carry. */
export function documentedCloseCodes(): ReadonlySet<number> {
  const clause =
    readFileSync(page, 'utf8')
      .split(/^## /m)
      .find((part) => part.startsWith('10.')) ?? '';
  return new Set([...clause.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code)));
}
