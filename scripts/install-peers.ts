// Before `npm test`: installs the real programs that tests talk to, where that is possible, and says what is missing
// where it is not. With CI=true a missing peer ends it with exit code 1, because a build must not pass by skipping.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian 12's packages; Ubuntu 22.04 has the same names. */
const rosPackages = [
  ...['launch', 'master', 'topic', 'node', 'service', 'param', 'bag', 'py', 'msg'].map((name) => `python3-ros${name}`),
  ...['std-msgs', 'std-srvs', 'geometry-msgs', 'sensor-msgs', 'nav-msgs', 'tf2-msgs'].map((name) => `python3-${name}`),
  ...['std-msgs', 'geometry-msgs', 'sensor-msgs', 'nav-msgs', 'tf2-msgs', 'std-srvs'].map((name) => `ros-${name}`),
  ...['libstd-srvs-dev', 'libsensor-msgs-dev', 'libnav-msgs-dev', 'libtf2-msgs-dev'],
];
const packages = [...rosPackages, 'nats-server', 'curl', 'openssl', 'python3-websockets'];
const isCi = process.env['CI'] === 'true';

/** Runs a program without showing what it writes; its output is kept for when it fails. */
function run(command: string, args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { ok: result.status === 0, output: `${result.stdout}${result.stderr}${result.error?.message ?? ''}` };
}

function missingPackages(): readonly string[] {
  const { output } = run('dpkg-query', ['--show', '--showformat', '${Package} ${db:Status-Status}\n', ...packages]);
  const installed = new Set(
    output
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/** Says what cannot be tested, and ends a CI build. */
function giveUp(missing: readonly string[], reason: string): void {
  const peers = [
    ...(missing.some((name) => rosPackages.includes(name)) ? ['ROS 1'] : []),
    ...missing.filter((name) => !rosPackages.includes(name)),
  ];
  console.error(
    `longline: ${reason}; tests with ${peers.join(' and ')} will be skipped, by name and reason. Missing packages: ${missing.join(' ')}`,
  );
  if (isCi) {
    console.error('longline: with CI=true a missing peer is a failure.');
    process.exitCode = 1;
  }
}

function install(missing: readonly string[]): void {
  console.error(`longline: installing ${missing.length} Debian packages of test peers (once, about 20 s) ...`);
  run('apt-get', ['update', '-q']);
  const available = missing.filter((name) => run('apt-cache', ['show', '--no-all-versions', name]).ok);
  if (available.length > 0) {
    const { ok, output } = run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...available]);
    if (!ok) console.error(`longline: apt-get install failed:\n${output.slice(-2000)}`);
  }
  const left = missingPackages();
  if (left.length > 0) giveUp(left, 'this release of the system does not have all test peers');
}

const hasApt = process.platform === 'linux' && existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-query');
const missing = hasApt ? missingPackages() : packages;
if (missing.length > 0) {
  if (!hasApt) giveUp(missing, 'test peers are installed automatically on Debian and Ubuntu only');
  else if (process.getuid?.() !== 0)
    giveUp(missing, `only root can install test peers (apt-get install ${missing.join(' ')})`);
  else install(missing);
}
