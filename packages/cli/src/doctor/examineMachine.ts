import { join } from 'node:path';
import { checkAgent } from './checkAgent.ts';
import type { AgentParts, AgentQuestion } from './checkAgent.ts';
import { checkLogin } from './checkLogin.ts';
import { checkNode } from './checkNode.ts';
import { checkSecretFile } from './checkSecretFile.ts';
import { checkServer } from './checkServer.ts';
import { checkServerData, checkTlsFiles } from './checkServerData.ts';
import { fail, warn, why } from './Finding.ts';
import type { Finding } from './Finding.ts';
import type { Machine } from './Machine.ts';

/** What is asked for; what is left out is looked at where something of it is there. */
export interface DoctorQuestion extends AgentQuestion {
  /** A server to reach from here. */
  readonly server: string | undefined;
  /** Instead of the one that this user logged in with. */
  readonly token: string | undefined;
  /** What this user logged in with. Its members throw where the file cannot be used. */
  readonly credentials: {
    readonly path: string;
    readonly defaultServer: string | undefined;
    tokenFor(server: string): string | undefined;
  };
  /** Data directory of a server on this machine, and its TLS files. */
  readonly data: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  /** PEM text of authorities to trust instead of the system's. */
  readonly ca: string | undefined;
  readonly isLocked: (directory: string) => Promise<boolean>;
  readonly agentParts?: AgentParts | undefined;
}

/** Looks over this machine: the robot's part, the login's and the server's, each where it is here or asked for. */
export async function examineMachine(machine: Machine, question: DoctorQuestion): Promise<Finding[]> {
  const { agentParts, data, isLocked, tlsCert, tlsKey } = question;
  const findings = [checkNode(machine)];
  const isRobot = question.path !== undefined || question.device !== undefined || (await hasIdentity(machine));
  if (isRobot) findings.push(...(await checkAgent(machine, question, agentParts)));
  findings.push(...(await checkWorkstation(machine, question)));
  if (data !== undefined) findings.push(...(await checkServerData(machine, data, isLocked)));
  findings.push(...(await checkTlsFiles(machine, { cert: tlsCert, key: tlsKey })));
  if (findings.length === 1) {
    const advice = 'On a robot: -c agent.yaml. On a workstation: --server URL. Where a server runs: --data DIR.';
    findings.push(warn('doctor', 'there is nothing else here to look at', advice));
  }
  return findings;
}

/** The server that this user asks, and as whom. */
async function checkWorkstation(machine: Machine, question: DoctorQuestion): Promise<Finding[]> {
  const { ca, credentials } = question;
  const findings = await checkSecretFile(machine, 'credentials', credentials.path);
  try {
    const url = question.server ?? credentials.defaultServer;
    if (url === undefined) return findings;
    const reached = await checkServer(machine, { url, ca });
    findings.push(...reached);
    if (reached.some(({ level }) => level === 'fail')) return findings;
    const token = question.token ?? credentials.tokenFor(url);
    return [...findings, ...(await checkLogin(machine, { url, ca, token }))];
  } catch (error) {
    return [...findings, fail('credentials', why(error), 'Then run longline login again.')];
  }
}

/** Whether a robot of this user, or of this service, joined a server from here. */
async function hasIdentity(machine: Machine): Promise<boolean> {
  const [ofService = ''] = (machine.env['STATE_DIRECTORY'] ?? '').split(':');
  const root = join(machine.env['XDG_STATE_HOME'] ?? join(machine.home, '.local', 'state'), 'longline');
  const folders = [ofService, ...(await machine.namesIn(root)).map((name) => join(root, name))];
  for (const folder of folders) {
    if (folder !== '' && (await machine.file(join(folder, 'identity.json')).catch(() => undefined)) !== undefined)
      return true;
  }
  return false;
}
