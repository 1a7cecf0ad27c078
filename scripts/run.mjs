// Entry of every npm script. Plain JavaScript, so that it runs on any Node from 20 on: it installs the locked
// dependencies when they are missing or out of date, then runs the task on the Node that the project brings.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const source = '--conditions=@longline/source';
const [task = '', ...args] = process.argv.slice(2);

/** Runs a program with the terminal attached; ends this process with its code when it fails. */
function run(command, commandArgs, { env = {}, mayFail = false } = {}) {
  const result = spawnSync(command, commandArgs, {
    cwd: task === 'cli' ? process.cwd() : root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`, ...env },
  });
  if (result.error !== undefined) {
    console.error(`longline: cannot run ${command}: ${result.error.message}`);
    process.exit(1);
  }
  const code = result.status ?? 1;
  if (code !== 0 && !mayFail) process.exit(code);
  return code;
}

/** The lock file as it was when the dependencies were last installed completely. */
const installedLock = join(root, 'node_modules', '.longline-lock.json');

function dependenciesAreInstalled() {
  return (
    existsSync(bin('node')) &&
    existsSync(installedLock) &&
    readFileSync(installedLock, 'utf8') === readFileSync(join(root, 'package-lock.json'), 'utf8')
  );
}

function installDependencies() {
  console.error('longline: installing the locked dependencies (once, about 20 s) ...');
  const npm = process.env.npm_execpath;
  const quiet = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm !== undefined && npm.endsWith('.js')) run(process.execPath, [npm, ...quiet]);
  else run('npm', quiet);
  copyFileSync(join(root, 'package-lock.json'), installedLock);
}

const node = (script, scriptArgs, options) => run(bin('node'), [source, script, ...scriptArgs], options);
const cli = (cliArgs) => node(join(root, 'packages', 'cli', 'src', 'main.ts'), cliArgs);

const tasks = {
  demo: () => cli(['demo', ...args]),
  cli: () => cli(args),
  lint: () => {
    run(bin('eslint'), ['.', ...args]);
    run(bin('prettier'), ['--check', '--log-level=warn', '.']);
  },
  typecheck: () => run(bin('tsc'), ['-p', '.', ...args]),
  format: () => run(bin('prettier'), ['--write', '--log-level=warn', '.']),
  vitest: () => run(bin('vitest'), ['run', ...args]),
  example: () => node(join(root, 'examples', `${args[0] ?? 'embedded-server'}.ts`), args.slice(1)),
  bench: () => node(join(root, 'bench', `${args[0] ?? 'relay'}.ts`), args.slice(1)),
  fuzz: () => node(join(root, 'fuzz', 'main.ts'), args),
  build: () => node(join(root, 'scripts', 'build.ts'), args),
  docs: () => run(bin('typedoc'), ['--options', join(root, 'scripts', 'typedoc.json'), ...args]),
  test: () => {
    node(join(root, 'scripts', 'install-peers.ts'), []);
    tasks.typecheck();
    tasks.lint();
    run(bin('vitest'), ['run', ...args]);
  },
};

if (!(task in tasks)) {
  console.error(`longline: unknown task "${task}"; one of: ${Object.keys(tasks).join(', ')}`);
  process.exit(2);
}
if (!dependenciesAreInstalled()) installDependencies();
tasks[task]();
