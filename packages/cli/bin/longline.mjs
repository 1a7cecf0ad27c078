#!/usr/bin/env node
// The installed command. In a clone it runs the sources on the Node that the project brings.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const home = join(import.meta.dirname, '..');
const source = join(home, 'src', 'main.ts');
if (!existsSync(source)) {
  await import(pathToFileURL(join(home, 'dist', 'main.js')).href);
} else {
  const ownNode = join(home, '..', '..', 'node_modules', '.bin', 'node');
  const args = ['--conditions=@longline/source', source, ...process.argv.slice(2)];
  // The terminal interrupts both processes; the command itself decides how it ends.
  process.on('SIGINT', () => undefined);
  const { status } = spawnSync(existsSync(ownNode) ? ownNode : process.execPath, args, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
