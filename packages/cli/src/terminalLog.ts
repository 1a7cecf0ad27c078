import { pino } from 'pino';
import type { Logger } from 'pino';
import { z } from 'zod';
import { CliError } from './errors.ts';
import type { Terminal } from './Terminal.ts';

const lineSchema = z.looseObject({ level: z.number(), time: z.number(), msg: z.string().default('') });
const unshown = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'name']);

/**
 * A log on standard error: JSON lines where asked for, else a line of plain words for people. `LONGLINE_LOG_LEVEL` says
 * from which level on; default `info`. Throws `ARGUMENT_INVALID` for one that does not exist.
 */
export function terminalLog(terminal: Terminal, json = false): Logger {
  const write = (text: string): void => terminal.warn(json ? text.trimEnd() : plainLine(text));
  const level = terminal.env['LONGLINE_LOG_LEVEL'] ?? 'info';
  const levels = [...Object.keys(pino.levels.values), 'silent'];
  if (!levels.includes(level)) {
    throw new CliError('ARGUMENT_INVALID', `LONGLINE_LOG_LEVEL is "${level}"; write one of ${levels.join(', ')}.`);
  }
  return pino({ base: null, level }, { write });
}

function plainLine(text: string): string {
  const line = lineSchema.parse(JSON.parse(text));
  const facts = Object.entries(line)
    .filter(([key]) => !unshown.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const level = line.level >= 50 ? 'error ' : line.level >= 40 ? 'warning ' : '';
  return [`${new Date(line.time).toISOString().slice(11, 23)} ${level}${line.msg}`, ...facts].join('  ');
}
