import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentErrorCodes } from '@longline/agent';
import { cliErrorCodes } from '@longline/cli';
import { clientErrorCodes } from '@longline/client';
import { lineCloseCodes, replyErrorCodes } from '@longline/line';
import { rosErrorCodes } from '@longline/ros';
import { serverErrorCodes } from '@longline/server';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs', 'errors.md'), 'utf8');
const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code ?? '');
const declared = new Set<string>([
  ...agentErrorCodes,
  ...cliErrorCodes,
  ...clientErrorCodes,
  ...Object.keys(lineCloseCodes),
  ...replyErrorCodes,
  ...rosErrorCodes,
  ...serverErrorCodes,
]);

/** The sources of all packages, without tests and the lists of codes themselves. */
const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
  .filter(
    (path) =>
      /\/src\/.*\.ts$/.test(path) && !/node_modules|\.test\.ts$|\/testing\/|errors\.ts$|statusOf\.ts$/.test(path),
  )
  .map((path) => readFileSync(join(root, 'packages', path), 'utf8'))
  .join('\n');

test('every code that the packages declare stands on the page, once', () => {
  expect(documented.toSorted()).toEqual([...declared].toSorted());
});

test('every code on the page is used', () => {
  expect(documented.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
});

test('every code that is thrown or sent is declared', () => {
  const used = [...sources.matchAll(/(?:Error\(|code: |fail\(|close\()\s*'([A-Z]+(?:_[A-Z]+)+)'/g)].map(
    ([, code]) => code ?? '',
  );
  expect(used.length).toBeGreaterThan(50);
  expect(used.filter((code) => !declared.has(code))).toEqual([]);
});

test('every close code of the line stands in the protocol', () => {
  const protocol = readFileSync(join(root, 'docs', 'protocol.md'), 'utf8');
  const table = protocol.slice(protocol.indexOf('## 10. Close codes'));
  for (const [code, closeCode] of Object.entries(lineCloseCodes)) {
    expect(table).toMatch(new RegExp(`\\| ${closeCode} \\|.*\`${code}\``));
  }
});
