import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { PeerProcess } from './PeerProcess.ts';

/** How long a roscore may take to answer; it takes 2 s alone and far longer beside other test runs on two cores. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

const getPid =
  '<?xml version="1.0"?><methodCall><methodName>getPid</methodName><params><param><value><string>/longline_test</string></value></param></params></methodCall>';

/** A running roscore and the environment that its nodes need. */
export interface Roscore {
  readonly masterUri: string;
  readonly port: number;
  /** ROS_MASTER_URI, ROS_HOSTNAME, ROS_HOME and ROS_LOG_DIR for nodes of this master. */
  readonly env: Readonly<Record<string, string>>;
  /** Kills master and rosout at once, as a power cut does; nodes live on. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with an empty memory; kills it first where it runs. Resolves once it answers. */
  restart(): Promise<void>;
  /** Kills it and removes its folder. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a real roscore on `port` (default: a free one) of the loopback address; resolves once its master answers. */
export async function startRoscore(options: { readonly port?: number } = {}): Promise<Roscore> {
  const port = options.port ?? (await freePort());
  const masterUri = `http://localhost:${port}`;
  const home = await mkdtemp(join(tmpdir(), 'longline-roscore-'));
  const env = { ROS_MASTER_URI: masterUri, ROS_HOSTNAME: 'localhost', ROS_HOME: home, ROS_LOG_DIR: join(home, 'log') };

  const launch = async (): Promise<PeerProcess> => {
    const launched = new PeerProcess('roscore', ['-p', String(port)], env);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await masterAnswers(masterUri))) {
      if (performance.now() > deadline) {
        await launched.stop();
        await rm(home, { recursive: true, force: true });
        throw new Error(
          `roscore on port ${port} did not answer within ${START_TIMEOUT_MS} ms:\n${launched.stdout}\n${launched.stderr}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return launched;
  };

  let core = await launch();
  return {
    masterUri,
    port,
    env,
    kill: () => core.stop(),
    async restart() {
      await core.stop();
      core = await launch();
    },
    async stop() {
      await core.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function masterAnswers(uri: string): Promise<boolean> {
  try {
    const response = await fetch(uri, {
      method: 'POST',
      body: getPid,
      headers: { 'content-type': 'text/xml' },
      signal: AbortSignal.timeout(5_000),
    });
    return (await response.text()).includes('<methodResponse>');
  } catch {
    return false;
  }
}
