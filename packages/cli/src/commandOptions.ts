import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { CliError } from './errors.ts';
import { parseDuration } from './parseDuration.ts';
import { DEFAULT_SERVER } from './withFleet.ts';

/** Flags of every command that asks a server. */
export interface ReaderFlags {
  readonly server?: string;
  readonly json?: boolean;
}

/** Flags of commands that may need the lease of their robot. */
export interface LeaseFlags {
  readonly lease?: boolean;
  readonly takeOver?: boolean;
}

/** Adds the flags of every command that asks a server. */
export const addReader = (command: Command): Command =>
  command
    .option('--server <url>', `the server (default: $LONGLINE_SERVER, else ${DEFAULT_SERVER})`)
    .option('--json', 'machine-readable output');

/** Adds examples to a command's help. */
export const addExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('after', ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n'));

/** For options: `500ms`, `20s`, `1m`; in milliseconds. */
export function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw error instanceof CliError ? new InvalidArgumentError(error.message) : error;
  }
}

const integer = (text: string, min: number, max: number, what: string): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`Write ${what}.`);
};

export const port = (text: string): number => integer(text, 0, 65_535, 'a port from 0 (any free one) to 65535');
export const count = (text: string): number => integer(text, 1, 1_000_000, 'a whole number from 1 to 1000000');

export function rate(text: string): number {
  const hz = Number(text);
  if (text.trim() !== '' && hz >= 0.01 && hz <= 1_000) return hz;
  throw new InvalidArgumentError('Write a rate from 0.01 to 1000 a second.');
}

/** For options: a speed above 0. */
export function speed(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 100) return value;
  throw new InvalidArgumentError('Write a speed above 0, 100 at most.');
}
