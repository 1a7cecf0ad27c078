import { CommanderError } from 'commander';
import { LonglineError } from '@longline/ros';
import { buildProgram } from './program.ts';
import type { Terminal } from './Terminal.ts';

/** Runs one command. Resolves to the exit code: 0 done, 1 failed (`code: message` on standard error), 2 not understood. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await buildProgram(terminal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has written its own words; it gives 0 for help and version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof LonglineError) {
      terminal.warn(`${error.code}: ${error.message}`);
      return error.code === 'ARGUMENT_INVALID' ? 2 : 1;
    }
    terminal.warn(`INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}
