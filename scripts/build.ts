// `npm run build -- [PACKAGE ...]`: what is published, in `dist` of each package: JavaScript, types and source maps. Named packages
// bring those that they need; all by default. Nothing in a clone runs from `dist`.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const folder = (name: string): string => join(root, 'packages', name);
const project = (name: string): string => join(folder(name), 'tsconfig.build.json');
const projectShape = z.object({ references: z.array(z.object({ path: z.string() })) });

const published = readdirSync(join(root, 'packages')).filter((name) => existsSync(project(name)));
const named = process.argv.slice(2);
const unknown = named.filter((name) => !published.includes(name));
if (unknown.length > 0) {
  console.error(`longline: no package is called ${unknown.join(', ')}; there are ${published.join(', ')}`);
  process.exit(2);
}

const built = new Set(named.length === 0 ? published : named);
for (const name of built) {
  const { references } = projectShape.parse(JSON.parse(readFileSync(project(name), 'utf8')));
  for (const { path } of references) built.add(basename(dirname(path)));
  // A file whose source is gone would be published for ever.
  rmSync(join(folder(name), 'dist'), { recursive: true, force: true });
  copyFileSync(join(root, 'LICENSE'), join(folder(name), 'LICENSE'));
}
process.exitCode = spawnSync('tsc', ['-b', ...[...built].map(project)], { stdio: 'inherit' }).status ?? 1;
