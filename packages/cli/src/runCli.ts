import { CommanderError } from 'commander';
import { isLonglineError, stringifyExact } from '@longline/ros';
import { buildProgram } from './program.ts';
import type { Terminal } from './Terminal.ts';

/**
 * Runs one command. Resolves to the exit code: 0 done, 1 failed, 2 not understood. Standard error then ends with
 * `CODE: message`, or with `--json` with `{"code", "message", "details"}` on one line.
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = args.includes('--json');
  const tell = (code: string, message: string, details: Readonly<Record<string, unknown>> = {}): void =>
    terminal.warn(json ? stringifyExact({ code, message, details }) : `${code}: ${message}`);
  try {
    await buildProgram(terminal, { quiet: json }).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has written its own words, unless told to be quiet; it gives 0 for help and version.
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (json) tell('ARGUMENT_INVALID', error.message.replace(/^error: /, ''));
      return 2;
    }
    if (isLonglineError(error)) {
      tell(error.code, error.message, error.details);
      return error.code === 'ARGUMENT_INVALID' ? 2 : 1;
    }
    tell('INTERNAL', error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}
