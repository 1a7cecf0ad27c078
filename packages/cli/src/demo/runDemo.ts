import { startAgent } from '@longline/agent';
import { connect } from '@longline/client';
import type { Fleet } from '@longline/client';
import { LonglineError } from '@longline/ros';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { CliError } from '../errors.ts';
import { repeat } from '../repeat.ts';
import type { Terminal } from '../Terminal.ts';
import { DemoMeter } from './DemoMeter.ts';
import { DemoDisplay } from './DemoDisplay.ts';

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
/** The holder's word: the robot drives on for a second without it, and gets it three times a second. */
const RENEW_MS = 300;
const HOLD_MS = 1_000;
const circle = {
  topic: '/turtle1/cmd_vel',
  type: 'geometry_msgs/Twist',
  message: { linear: { x: 1 }, angular: { z: 1 } },
  rateHz: 10,
  holdMs: HOLD_MS,
};

/**
 * `longline demo`: server, agent and a simulated turtle in one process. The demo holds a standing command for every
 * device, and reads the poses back over the server's API like any other reader. With `forMs` it rejects with
 * `CIRCLE_NOT_DRIVEN` when the turtle did not drive its circle.
 */
export async function runDemo(terminal: Terminal, options: DemoOptions): Promise<void> {
  const { forMs, json = false } = options;
  const meter = new DemoMeter(DEVICE);
  const display = new DemoDisplay({ terminal, json, meter, forMs });
  const log = pino({ base: null, level: 'warn' }, { write: (text) => display.handleLog(text) });
  const server = await startDemoServer(options.port, (words) => display.note(words), log);
  const agent = await startAgent(
    {
      device: DEVICE,
      robot: 'turtlesim:',
      server: server.url,
      allow: { publish: ['/turtle1/cmd_vel'], call: ['/**'], setParameters: ['/**'] },
    },
    { log },
  );
  const fleet = connect(server.url, { software: 'longline demo' });
  const ended = forMs === undefined ? terminal.signal : AbortSignal.any([terminal.signal, AbortSignal.timeout(forMs)]);
  try {
    readPoses(fleet, meter);
    const followed = followPresence(fleet, display);
    await display.start(server.url);
    await Promise.all([
      repeat(RENEW_MS, ended, async () => {
        await server.fleet.setStanding(circle);
      }),
      display.run(ended),
    ]);
    await display.end();
    await fleet.close();
    await followed;
  } finally {
    await display.end();
    await fleet.close();
    await agent.stop();
    await server.stop();
  }
  const wasStopped = terminal.signal.aborted;
  if (json) await terminal.print(`${JSON.stringify(meter.summary())}\n`);
  const fault = meter.fault();
  if (fault !== undefined && forMs !== undefined && !wasStopped) {
    throw new CliError('CIRCLE_NOT_DRIVEN', `The turtle drove no circle of radius 1: ${fault}.`);
  }
}

function readPoses(fleet: Fleet, meter: DemoMeter): void {
  const device = fleet.device(DEVICE);
  fleet.subscribe(
    { device: DEVICE, topic: POSE },
    { handleMessage: (message) => meter.add(message, device.ageMs(message)) },
  );
}

async function followPresence(fleet: Fleet, display: DemoDisplay): Promise<void> {
  for await (const { device, online } of fleet.watchDevices()) if (device === DEVICE) display.handlePresence(online);
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
