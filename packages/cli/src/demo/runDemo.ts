import { noProof, startAgent } from '@longline/agent';
import type { AgentConfigInput } from '@longline/agent';
import { connect } from '@longline/client';
import type { Fleet } from '@longline/client';
import { LonglineError } from '@longline/ros';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { CliError } from '../errors.ts';
import type { Terminal } from '../Terminal.ts';
import { DemoDisplay } from './DemoDisplay.ts';
import { DemoMeter } from './DemoMeter.ts';
import { driveCircle } from './driveCircle.ts';

export interface DemoOptions {
  /** Ends after so many milliseconds; undefined runs until Ctrl-C. */
  readonly forMs?: number | undefined;
  readonly json?: boolean | undefined;
  /** Must be free when given. Default 8080, else any free one. */
  readonly port?: number | undefined;
}

const DEVICE = 'turtle';
const POSE = '/turtle1/pose';
const DEFAULT_PORT = 8080;
/**
 * `longline demo`: server, agent and a simulated turtle in one process. The demo holds the turtle's
 * lease and streams its motion, and reads the poses back, over the server's API like any other operator. With `forMs` it rejects with
 * `CIRCLE_NOT_DRIVEN` when the turtle did not drive its circle.
 */
export async function runDemo(terminal: Terminal, options: DemoOptions): Promise<void> {
  const { forMs, json = false } = options;
  const meter = new DemoMeter(DEVICE);
  const display = new DemoDisplay({ terminal, json, meter, forMs });
  const log = pino({ base: null, level: 'warn' }, { write: (text) => display.handleLog(text) });
  const ended = forMs === undefined ? terminal.signal : AbortSignal.any([terminal.signal, AbortSignal.timeout(forMs)]);
  {
    await using parts = new AsyncDisposableStack();
    const server = await startDemoServer(options.port, (words) => display.note(words), log);
    parts.defer(() => server.stop());
    const agent = await startAgent(agentConfig(server.url), { log, identity: noProof });
    parts.defer(() => agent.stop());
    const fleet = connect(server.url, { software: 'longline demo' });
    parts.defer(() => fleet.close());
    parts.defer(() => display.end());
    readPoses(fleet, meter);
    const followed = followPresence(fleet, display, ended);
    await display.start(server.url);
    await Promise.all([
      driveCircle(fleet.device(DEVICE), (words) => display.note(words), ended),
      display.run(ended),
      followed,
    ]);
  }
  const wasStopped = terminal.signal.aborted;
  if (json) await terminal.print(`${JSON.stringify(meter.summary())}\n`);
  const fault = meter.fault();
  if (fault !== undefined && forMs !== undefined && !wasStopped) {
    throw new CliError('CIRCLE_NOT_DRIVEN', `The turtle drove no circle of radius 1: ${fault}.`);
  }
}

const agentConfig = (server: string): AgentConfigInput => ({
  device: DEVICE,
  robot: 'turtlesim:',
  server,
  allow: { publish: ['/turtle1/cmd_vel'], call: ['/**'], setParameters: ['/**'], provide: ['/**'] },
});

function readPoses(fleet: Fleet, meter: DemoMeter): void {
  const device = fleet.device(DEVICE);
  fleet.subscribe(
    { device: DEVICE, topic: POSE },
    { handleMessage: (message) => meter.add(message, device.ageMs(message)) },
  );
}

async function followPresence(fleet: Fleet, display: DemoDisplay, signal: AbortSignal): Promise<void> {
  for await (const { device, online } of fleet.watchDevices({ signal })) {
    if (device === DEVICE) display.handlePresence(online);
  }
}

async function startDemoServer(port: number | undefined, note: (words: string) => void, log: Logger): Promise<Server> {
  try {
    return await startServer({ port: port ?? DEFAULT_PORT, log });
  } catch (error) {
    if (port !== undefined || !(error instanceof LonglineError) || error.code !== 'PORT_IN_USE') throw error;
    const server = await startServer({ port: 0, log });
    note(`Port ${DEFAULT_PORT} is taken; the demo's server listens on ${server.port}.`);
    return server;
  }
}
