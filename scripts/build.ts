// `npm run build -- [PACKAGE ...]`: what is published, in `dist` of each package: JavaScript, types and source maps. Named packages
// bring those that they need; all by default. Nothing in a clone runs from `dist`.
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '..', 'packages');
const project = (name: string): string => join(packages, name, 'tsconfig.build.json');
const published = readdirSync(packages).filter((name) => existsSync(project(name)));
const named = process.argv.slice(2);
const unknown = named.filter((name) => !published.includes(name));
if (unknown.length > 0) {
  console.error(`longline: no package is called ${unknown.join(', ')}; there are ${published.join(', ')}`);
  process.exit(2);
}

// A file whose source is gone would be published for ever.
if (named.length === 0)
  for (const name of published) rmSync(join(packages, name, 'dist'), { recursive: true, force: true });
const { status } = spawnSync('tsc', ['-b', ...(named.length === 0 ? published : named).map(project)], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
for (const name of published) {
  if (existsSync(join(packages, name, 'dist')))
    copyFileSync(join(packages, '..', 'LICENSE'), join(packages, name, 'LICENSE'));
}
