import type { Command } from 'commander';
import { addExamples, addReader, count } from './commandOptions.ts';
import type { ReaderFlags } from './commandOptions.ts';
import type { Terminal } from './Terminal.ts';

const LIMIT_HELP = 'at most so many, the newest';

/** Adds what tells of commands that were given: command ls, show, watch, and the audit. */
export function addHistoryCommands(program: Command, terminal: Terminal): void {
  const command = program.command('command').description("a robot's commands and what became of them: ls, show, watch");
  addExamples(
    addReader(command.command('ls').argument('<device>', 'ID of the robot').description('commands, newest first')),
    'longline command ls robot-1',
    'longline command ls robot-1 --state unknown',
  )
    .option('--state <state>', 'accepted, sent, received, done, failed, rejected, expired, cancelled or unknown')
    .option(
      '--kind <kind>',
      'publish, call, setParameter, deleteParameter, setStanding, endStanding, stop or releaseStop',
    )
    .option('--issuer <name>', 'only those of this issuer')
    .option('-n, --limit <number>', `${LIMIT_HELP} (default: 20)`, count)
    .action(
      async (
        device: string,
        options: ReaderFlags & { state?: string; kind?: string; issuer?: string; limit?: number },
      ) => (await import('./commands/command.ts')).commandList(terminal, device, options),
    );
  addReader(
    command
      .command('show')
      .argument('<device>', 'ID of the robot')
      .argument('<id>', "the command's ID")
      .description('the life of one command, by the clocks of server and robot'),
  ).action(async (device: string, id: string, options: ReaderFlags) =>
    (await import('./commands/command.ts')).commandShow(terminal, device, id, options),
  );
  addReader(
    command
      .command('watch')
      .argument('<device>', 'ID of the robot')
      .description('every transition of its commands as it happens, until Ctrl-C'),
  ).action(async (device: string, options: ReaderFlags) =>
    (await import('./commands/command.ts')).commandWatch(terminal, device, options),
  );
  addExamples(
    addReader(program.command('audit').description('who commanded which robot to do what, when, and what happened')),
    'longline audit',
    'longline audit --device robot-1 --what stop',
    'longline audit --from 2026-01-01 --to 2026-02-01 --ndjson > january.ndjson',
  )
    .option('--device <id>', 'only of this robot')
    .option('--principal <name>', 'only of this person or program')
    .option('--what <what>', 'command, refused, lease.taken, lease.lost, motion.start, motion.end, stop ...')
    .option('--from <time>', 'from this time of the server on, ISO 8601')
    .option('--to <time>', 'before this time')
    .option('-n, --limit <number>', `${LIMIT_HELP} (default: 50; with --ndjson all)`, count)
    .option('--ndjson', 'everything that matches, one JSON text a line')
    .action(
      async (
        options: ReaderFlags & {
          device?: string;
          principal?: string;
          what?: string;
          from?: string;
          to?: string;
          limit?: number;
          ndjson?: boolean;
        },
      ) => (await import('./commands/audit.ts')).audit(terminal, options),
    );
}
