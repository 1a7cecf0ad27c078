import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PeerProcess } from './PeerProcess.ts';
import type { Roscore } from './startRoscore.ts';

/** Debian's Python has rospy; another one on the PATH would not. */
const PYTHON = '/usr/bin/python3';
const here = dirname(fileURLToPath(import.meta.url));

type Environment = Pick<Roscore, 'env'>;

/** The Python nodes kept beside this file. */
export type HelperNode = 'sample_robot.py' | 'listen.py';

/** Starts a rospy node from a script's text. */
export function startRospyNode(roscore: Environment, script: string, args: readonly string[] = []): PeerProcess {
  return new PeerProcess(PYTHON, ['-u', '-c', script, ...args], roscore.env);
}

/** Starts one of the Python nodes kept beside this file; each says in its first lines what it does and prints. */
export function startHelperNode(roscore: Environment, node: HelperNode, args: readonly string[] = []): PeerProcess {
  return new PeerProcess(PYTHON, ['-u', join(here, node), ...args], roscore.env);
}

/** Starts `rostopic echo|pub|hz ...` and the like; stop it, or wait for its exit. */
export function rostopic(roscore: Environment, args: readonly string[]): PeerProcess {
  return new PeerProcess('rostopic', args, roscore.env);
}

/** Runs a ROS program (`rosparam`, `rosservice`, `rosnode`, ...) to its end; rejects when it fails. Resolves to its standard output. */
export async function runRosProgram(roscore: Environment, program: string, args: readonly string[]): Promise<string> {
  const peer = new PeerProcess(program, args, roscore.env);
  const code = await peer.exited;
  await peer.stop();
  if (code !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}:\n${peer.stdout}\n${peer.stderr}`);
  return peer.stdout;
}
