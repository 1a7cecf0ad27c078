#!/usr/bin/env node
// The installed command. In a clone, where nothing is built, it runs the sources on the Node that the project brings.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const home = join(import.meta.dirname, '..');
const built = join(home, 'dist', 'main.js');
if (existsSync(built)) {
  await import(pathToFileURL(built).href);
} else {
  const ownNode = join(home, '..', '..', 'node_modules', '.bin', 'node');
  const args = ['--conditions=@longline/source', join(home, 'src', 'main.ts'), ...process.argv.slice(2)];
  // The terminal interrupts both processes; the command itself decides how it ends.
  process.on('SIGINT', () => undefined);
  const { status } = spawnSync(existsSync(ownNode) ? ownNode : process.execPath, args, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
