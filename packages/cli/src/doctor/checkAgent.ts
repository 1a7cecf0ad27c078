import { join } from 'node:path';
import { loadAgentConfig, robotSetup, tryDeadman, tryRobot } from '@longline/agent';
import type { AgentConfig, RobotSetup } from '@longline/agent';
import { isLonglineError } from '@longline/ros';
import { checkSecretFile } from './checkSecretFile.ts';
import { checkServer } from './checkServer.ts';
import { checkRoom } from './checkServerData.ts';
import { fail, ok, warn, why } from './Finding.ts';
import type { Finding } from './Finding.ts';
import type { Machine } from './Machine.ts';

/** What an agent works with on this machine. Tests give other ones. */
export interface AgentParts {
  readonly tryRobot: (url: string) => ReturnType<typeof tryRobot>;
  readonly tryDeadman: () => Promise<string | undefined>;
}

const realParts: AgentParts = { tryRobot, tryDeadman };

export interface AgentQuestion {
  /** Configuration file. */
  readonly path: string | undefined;
  readonly device: string | undefined;
}

/** A robot's part: configuration, identity, state folder, server, ROS, deadman. */
export async function checkAgent(
  machine: Machine,
  { device, path }: AgentQuestion,
  parts: AgentParts = realParts,
): Promise<Finding[]> {
  let config: AgentConfig;
  let setup: RobotSetup;
  try {
    config = await loadAgentConfig({
      ...(path === undefined ? {} : { path }),
      ...(device === undefined ? {} : { overrides: { device } }),
      environment: machine.env,
    });
  } catch (error) {
    return [fail('configuration', why(error), 'docs/configuration.md explains every key.')];
  }
  const findings = [
    ok('configuration', `${path ?? 'no file, all defaults'}: device ${config.device}, robot ${config.robot}`),
  ];
  try {
    setup = await robotSetup(config, machine.env);
    findings.push(...(await checkIdentity(machine, config, setup)));
  } catch (error) {
    return [...findings, fail('identity', why(error), 'Then run this again.')];
  }
  findings.push(...(await checkRoom(machine, 'state', setup.folder)));
  for (const url of config.server) {
    findings.push(...(await checkServer(machine, { url, ca: setup.ca, proxy: setup.proxyOf(url) })));
  }
  findings.push(await checkRobot(config.robot, parts), await checkDeadman(parts));
  return findings;
}

async function checkIdentity(
  machine: Machine,
  { device, server }: AgentConfig,
  { folder, joined }: RobotSetup,
): Promise<Finding[]> {
  if (joined === undefined) {
    return [
      warn(
        'identity',
        `${device} has joined no server (none in ${folder})`,
        `A locked server lets it in once it has: longline device add ${device} prints the command for this robot.`,
      ),
    ];
  }
  if (joined.device !== device) {
    const advice = 'Correct "device" in the configuration, or join anew: longline device rotate ID prints the command.';
    return [fail('identity', `it is that of ${joined.device}, and the configuration says ${device}`, advice)];
  }
  const findings = [ok('identity', `${device} joined ${joined.server} at ${joined.url}`)];
  const hosts = server.map((url) => URL.parse(url)?.host);
  if (!hosts.includes(URL.parse(joined.url)?.host)) {
    const advice = `That is right where ${joined.server} has moved or has several addresses; a server of another name is refused.`;
    findings.push(
      warn(
        'identity',
        `the configuration names another address than that where it joined: ${server.join(' ')}`,
        advice,
      ),
    );
  }
  return [...findings, ...(await checkSecretFile(machine, 'key', join(folder, 'identity.json')))];
}

async function checkRobot(url: string, parts: AgentParts): Promise<Finding> {
  try {
    const status = await parts.tryRobot(url);
    if (status.state === 'connected') return ok('ros', `${url} answers`);
    return fail(
      'ros',
      `${url}: ${status.reason.replace(/\.$/, '')} (${status.code})`,
      'Is ROS running, and is this its address? For ROS 1, ROS_HOSTNAME must name this machine as the others see it.',
    );
  } catch (error) {
    const code = isLonglineError(error) ? error.code : 'INTERNAL';
    return fail('ros', `${url}: ${why(error)} (${code})`, 'Correct "robot" in the configuration.');
  }
}

async function checkDeadman(parts: AgentParts): Promise<Finding> {
  const advice =
    'Nothing moves the robot without it. Look for limits on processes (ulimit -u, systemd TasksMax) and memory.';
  try {
    const reason = await parts.tryDeadman();
    return reason === undefined
      ? ok('deadman', 'can be started')
      : fail('deadman', `cannot be started: ${reason}`, advice);
  } catch (error) {
    return fail('deadman', `cannot be started: ${why(error)}`, advice);
  }
}
