import { Option } from 'commander';
import type { Command } from 'commander';
import { addExamples, addReader } from './commandOptions.ts';
import type { ReaderFlags } from './commandOptions.ts';
import type { TokenOptions } from './commands/token.ts';
import type { Terminal } from './Terminal.ts';

const EVERYTHING = '(default: all)';

/** Adds what says who may what: init, login, logout, whoami, token. */
export function addAccessCommands(program: Command, terminal: Terminal): void {
  addExamples(
    program
      .command('init')
      .description("make an administrator's token, and so lock a server; works beside a running one, for a lost token"),
    'longline init --data /var/lib/longline',
    'longline init --data /var/lib/longline --name ann',
  )
    .requiredOption('--data <directory>', "the server's data directory; made where it is missing")
    .option('--name <name>', 'name of the administrator (default: admin)')
    .option('--json', 'machine-readable output')
    .action(async (options: { data: string; name?: string; json?: boolean }) =>
      (await import('./commands/init.ts')).init(terminal, options),
    );
  const url = '[url]';
  addExamples(
    addReader(
      program
        .command('login')
        .argument(url, 'the server, like https://fleet.example.com')
        .description('keep a token for a server: from a prompt, or from standard input'),
    ),
    'longline login https://fleet.example.com',
    'longline login https://fleet.example.com < token-file',
  ).action(async (server: string | undefined, options: ReaderFlags) =>
    (await import('./commands/login.ts')).login(terminal, server, options),
  );
  addReader(program.command('logout').argument(url).description('forget the token for a server')).action(
    async (server: string | undefined, options: ReaderFlags) =>
      (await import('./commands/login.ts')).logout(terminal, server, options),
  );
  addReader(program.command('whoami').description('as whom you ask the server, and what that allows')).action(
    async (options: ReaderFlags) => (await import('./commands/login.ts')).whoami(terminal, options),
  );
  addTokenCommands(
    program.command('token').description('tokens of people and programs: add, set, ls, revoke'),
    terminal,
  );
}

function addTokenCommands(token: Command, terminal: Terminal): void {
  addExamples(
    addSpec(
      addReader(
        token
          .command('add')
          .argument('<name>', 'name of the person or program')
          .description('make a token; it is printed once'),
      ),
    ),
    'longline token add anna --role operator',
    "longline token add shuttle --role operator --devices 'truck-*' --read /odom '/camera/**' --write /cmd_vel --expires 1y",
  ).action(async (name: string, options: TokenOptions) =>
    (await import('./commands/token.ts')).tokenAdd(terminal, name, options),
  );
  addExamples(
    addSpec(
      addReader(
        token.command('set').argument('<name>').description('change what a token is for; what is left out stays'),
      ),
    ),
    'longline token set anna --role viewer',
    'longline token set anna --expires 30d',
  ).action(async (name: string, options: TokenOptions) =>
    (await import('./commands/token.ts')).tokenSet(terminal, name, options),
  );
  addReader(token.command('ls').description('who may what')).action(async (options: ReaderFlags) =>
    (await import('./commands/token.ts')).tokenList(terminal, options),
  );
  addReader(token.command('revoke').argument('<name>').description('take a token away; what it opened ends')).action(
    async (name: string, options: ReaderFlags) =>
      (await import('./commands/token.ts')).tokenRevoke(terminal, name, options),
  );
}

const addSpec = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--role <role>',
        'viewer: look; operator: command robots too; admin: say who may (new: viewer)',
      ).choices(['viewer', 'operator', 'admin']),
    )
    .option('--devices <pattern...>', `IDs, or patterns like truck-* ${EVERYTHING}`)
    .option('--read <pattern...>', `topics and parameters it may read, like /odom or /camera/** ${EVERYTHING}`)
    .option('--write <pattern...>', `topics, services and parameters it may publish on, call and set ${EVERYTHING}`)
    .option('--expires <time>', '12h, 90d, 1y or never (new: 90d)');
