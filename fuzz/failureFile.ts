import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from './play.ts';

const folder = join(import.meta.dirname, 'failures');

/** The command that plays a case again. */
export const repeatCommand = (target: string, seed: number, index: number): string =>
  `npm run fuzz -- --only ${target} --seed ${seed} --case ${index}`;

/** Keeps a failure with its input and the command that repeats it; gives the file's path. */
export function saveFailure(target: string, seed: number, index: number, { what, input }: Failure): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${target}-${seed}-${index}.json`);
  const content = { target, seed, case: index, repeat: repeatCommand(target, seed, index), what, input };
  writeFileSync(path, `${JSON.stringify(content, plain, 2)}\n`);
  return path;
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  return typeof value === 'bigint' ? `${value}n` : value;
}
