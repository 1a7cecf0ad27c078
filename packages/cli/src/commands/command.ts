import { stringifyExact } from '@longline/ros';
import { z } from 'zod';
import { fittingTable } from '../format/fittingTable.ts';
import { commandHeader, commandLines, commandRow, toldCommandSchema } from '../history/commandText.ts';
import { ServerApi } from '../ServerApi.ts';
import type { Terminal } from '../Terminal.ts';
import type { ServerOptions } from '../withFleet.ts';

export interface CommandListOptions extends ServerOptions {
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly issuer?: string | undefined;
  readonly limit?: number | undefined;
}

const listSchema = z.object({ commands: z.array(z.unknown()) });
/** Commands listed by default. */
const LIMIT = 20;

const pathOf = (device: string, rest = ''): string => `/api/v1/devices/${encodeURIComponent(device)}/commands${rest}`;

/** `longline command ls DEVICE`: its commands and what became of them, newest first. */
export async function commandList(terminal: Terminal, device: string, options: CommandListOptions): Promise<void> {
  const { issuer, json = false, kind, limit = LIMIT, state } = options;
  const api = new ServerApi(terminal, options);
  const { commands } = listSchema.parse(await api.get(pathOf(device), { state, kind, issuer, limit }));
  if (json) {
    await terminal.print(`${stringifyExact(commands)}\n`);
    return;
  }
  if (commands.length === 0) {
    terminal.warn(`No command to ${device} is remembered${(state ?? kind ?? issuer) ? ' that matches' : ''}.`);
    return;
  }
  const rows = commands.map((command) => commandRow(toldCommandSchema.parse(command)));
  await terminal.print(
    fittingTable(commandHeader, rows, {
      columns: terminal.isTty ? terminal.columns : Infinity,
      spare: ['ID', 'BY'],
    }),
  );
}

/** `longline command show DEVICE ID`: the life of one command, with both clocks. */
export async function commandShow(
  terminal: Terminal,
  device: string,
  id: string,
  options: ServerOptions,
): Promise<void> {
  const told = await new ServerApi(terminal, options).get(pathOf(device, `/${encodeURIComponent(id)}`));
  const text = options.json === true ? stringifyExact(told) : commandLines(toldCommandSchema.parse(told)).join('\n');
  await terminal.print(`${text}\n`);
}

/** `longline command watch DEVICE`: every transition of its commands as it happens, until Ctrl-C. */
export async function commandWatch(terminal: Terminal, device: string, options: ServerOptions): Promise<void> {
  try {
    for await (const line of new ServerApi(terminal, options).lines(pathOf(device, '/watch'))) {
      await terminal.print(`${options.json === true ? line : watchText(line)}\n`);
    }
  } catch (error) {
    // What ends because the person stops the command is no failure.
    if (!terminal.signal.aborted) throw error;
  }
}

function watchText(line: string): string {
  const { code, finishedTime, id, issuer, kind, message, state, target } = toldCommandSchema.parse(JSON.parse(line));
  const time = (finishedTime ?? new Date().toISOString()).slice(11, 23);
  const why = code === undefined ? '' : ` (${code}: ${message ?? ''})`;
  return `${time} ${state.padEnd(9)} ${kind} ${target} by ${issuer}, ${id}${why}`;
}
