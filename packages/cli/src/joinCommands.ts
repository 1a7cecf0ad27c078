import type { Command } from 'commander';
import { addExamples, addReader } from './commandOptions.ts';
import type { ReaderFlags } from './commandOptions.ts';
import type { Terminal } from './Terminal.ts';

/** Adds what lets robots join a locked server: join on the robot, and device add, rotate, revoke and ls for administrators. */
export function addJoinCommands(program: Command, terminal: Terminal): void {
  addExamples(
    program
      .command('join')
      .argument('<url>', 'the server, https://HOST')
      .description('let this robot join a server: makes its key here; "longline device add ID" prints this command'),
    'longline join https://fleet.example.com --token lj_...',
    'longline join https://fleet.local:8443 --token lj_... --ca /etc/longline/ca.pem',
  )
    .requiredOption('--token <token>', 'the join token, good for one use within an hour')
    .option('--ca <file>', "certificate authorities in PEM, where the server's certificate is of an own one")
    .option('--proxy <url>', 'HTTP proxy on the way to the server')
    .option('--state-dir <directory>', "the agent's state folder, where its config names one")
    .option('--insecure', 'also unencrypted to another machine: for closed test networks only')
    .option('--json', 'machine-readable output')
    .action(async (url: string, options: JoinFlags) =>
      (await import('./commands/join.ts')).join(terminal, url, options),
    );

  const device = program.command('device').description('which robots may connect: add, rotate, revoke, ls');
  const deviceCommand = (verb: string, description: string): Command =>
    addReader(device.command(verb).argument('<device>', 'ID of the robot').description(description));
  addExamples(
    deviceCommand('add', 'let a robot join: prints the one command to run on it within an hour'),
    'longline device add robot-1',
    'longline device add greenhouse-1 --plain',
  )
    .option('--plain', "a device without an agent, which speaks rosbridge's JSON itself: prints its token")
    .option('--unguarded', 'with --plain: it may be moved although no deadman on it stops it')
    .action(async (id: string, options: ReaderFlags & PlainFlags) =>
      (await import('./commands/device.ts')).deviceAdd(terminal, id, options),
    );
  addExamples(
    deviceCommand('rotate', 'let a robot exchange its key: prints the command; the old key is good until then'),
    'longline device rotate robot-1',
  ).action(async (id: string, options: ReaderFlags) =>
    (await import('./commands/device.ts')).deviceRotate(terminal, id, options),
  );
  addExamples(
    deviceCommand('revoke', 'let a robot in no more: its line ends at once'),
    'longline device revoke robot-1',
  ).action(async (id: string, options: ReaderFlags) =>
    (await import('./commands/device.ts')).deviceRevoke(terminal, id, options),
  );
  addReader(device.command('ls').description('robots with their keys, and those that may join')).action(
    async (options: ReaderFlags) => (await import('./commands/device.ts')).deviceList(terminal, options),
  );
}

interface PlainFlags {
  readonly plain?: boolean;
  readonly unguarded?: boolean;
}

interface JoinFlags {
  readonly token: string;
  readonly ca?: string;
  readonly proxy?: string;
  readonly stateDir?: string;
  readonly insecure?: boolean;
  readonly json?: boolean;
}
