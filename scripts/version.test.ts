import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { version } from '@longline/ros';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const packageShape = z.object({
  name: z.string(),
  version: z.literal(version),
  description: z.string().min(1),
  license: z.literal('Apache-2.0'),
  dependencies: z.record(z.string(), z.string()),
});
const referencesShape = z.object({ references: z.array(z.object({ path: z.string() })) });

test.each(globSync('packages/*/package.json', { cwd: root }))('%s has the common version and licence', (path) => {
  const { dependencies } = packageShape.parse(JSON.parse(readFileSync(join(root, path), 'utf8')));
  const own = Object.entries(dependencies).filter(([name]) => name.startsWith('@longline/'));
  expect(own.filter(([, wanted]) => wanted !== version)).toEqual([]);
});

test.each(globSync('packages/*/tsconfig.build.json', { cwd: root }))(
  '%s builds what its package depends on, before it',
  (path) => {
    const { references } = referencesShape.parse(JSON.parse(readFileSync(join(root, path), 'utf8')));
    const manifest = join(root, dirname(path), 'package.json');
    const { dependencies } = packageShape.parse(JSON.parse(readFileSync(manifest, 'utf8')));
    const own = Object.keys(dependencies).filter((name) => name.startsWith('@longline/'));
    expect(references.map((reference) => reference.path).sort()).toEqual(
      own.map((name) => `../${name.replace('@longline/', '')}/tsconfig.build.json`).sort(),
    );
  },
);
