import { pino } from 'pino';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Terminal } from './Terminal.ts';

const lineSchema = z.looseObject({ level: z.number(), time: z.number(), msg: z.string().default('') });
const unshown = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'name']);

/** A log on standard error: JSON lines where asked for, else a line of plain words for people. */
export function terminalLog(terminal: Terminal, json = false): Logger {
  const write = (text: string): void => terminal.warn(json ? text.trimEnd() : plainLine(text));
  return pino({ base: null, level: terminal.env['LONGLINE_LOG_LEVEL'] ?? 'info' }, { write });
}

function plainLine(text: string): string {
  const line = lineSchema.parse(JSON.parse(text));
  const facts = Object.entries(line)
    .filter(([key]) => !unshown.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const level = line.level >= 50 ? 'error ' : line.level >= 40 ? 'warning ' : '';
  return [`${new Date(line.time).toISOString().slice(11, 23)} ${level}${line.msg}`, ...facts].join('  ');
}
