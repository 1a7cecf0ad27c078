// One process of the commands bench: `child.ts ROLE`; the role is server, robot or operator. It answers each order.
import { startAgent } from '@longline/agent';
import type { Agent } from '@longline/agent';
import { connect } from '@longline/client';
import type { RemoteDevice, RobotHandle } from '@longline/client';
import { isLonglineError } from '@longline/ros';
import { ros1Schema } from '@longline/ros/fixtures';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { destination, pino } from 'pino';
import { BenchRobot } from '../thinLink/BenchRobot.ts';
import { everyPeriod } from '../thinLink/everyPeriod.ts';
import { loadTopics } from '../thinLink/loadTopics.ts';
import { sharedNowMs, stampOf } from '../thinLink/sharedClock.ts';
import { waitMs } from '../thinLink/waitMs.ts';
import type { Answer, Answered, Order } from './orders.ts';

const DEVICE = 'commanded-1';
/** What does not move the robot, and what does. */
const PLAIN = { topic: '/bench/command', type: 'geometry_msgs/Vector3', message: { x: 1 } };
const LEASED = { topic: '/cmd_vel', type: 'geometry_msgs/Twist', message: { linear: { x: 0.1 } } };
/** Commands are a little late on a saturated link, and never lost for that. */
const DEADLINE_MS = 10_000;
const MAX_TICKS_PER_SECOND = 200;

let server: Server | undefined;
let agent: Agent | undefined;
let device: RemoteDevice | undefined;

async function serve(host: string, port: number, dataDir: string): Promise<string> {
  const log = pino({ level: 'error' }, destination(2));
  server = await startServer({ host, port, dataDir, unlockedNetwork: host !== '127.0.0.1', log });
  return server.url;
}

async function connectRobot(url: string, loaded: boolean): Promise<void> {
  const channels = loaded ? loadTopics.map(({ channel }) => channel) : [];
  const heard = [PLAIN, LEASED].map(({ topic, type }) => ({
    topic,
    schema: ros1Schema(type),
    handle: () => undefined,
  }));
  const graph = new BenchRobot(channels, ...heard);
  const allow = { publish: heard.map(({ topic }) => topic) };
  agent = await startAgent({ device: DEVICE, server: url, allow }, { graph });
  while (agent.status.line.state !== 'open') await waitMs(20);
  if (!loaded) return;
  for (const topic of loadTopics) {
    let sequence = 0;
    everyPeriod(topic.rateHz, topic.phase, () => {
      const atMs = sharedNowMs();
      graph.emit(topic.channel.topic, topic.make(sequence++, atMs), stampOf(atMs));
    });
  }
}

async function connectOperator(url: string, loaded: boolean): Promise<void> {
  const fleet = connect(url);
  await fleet.ready();
  device = fleet.device(DEVICE);
  if (!loaded) return;
  for (const { channel } of loadTopics)
    fleet.subscribe({ device: DEVICE, topic: channel.topic }, { handleMessage: () => undefined });
}

/** Sends commands and waits for each; the answer of the robot's ROS is the end of one. */
class Commander {
  readonly #robot: RobotHandle;
  readonly #command: typeof PLAIN | typeof LEASED;
  readonly #fromMs = sharedNowMs();
  readonly #roundTripsMs: number[] = [];
  readonly #failures: Record<string, number> = {};
  readonly #pending = new Set<Promise<void>>();
  #sent = 0;

  constructor(robot: RobotHandle, command: typeof PLAIN | typeof LEASED) {
    this.#robot = robot;
    this.#command = command;
  }

  get sent(): number {
    return this.#sent;
  }

  send(): Promise<void> {
    const pending = this.#publish().finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
    return pending;
  }

  async finish(): Promise<Answered> {
    await Promise.all(this.#pending);
    const tookMs = sharedNowMs() - this.#fromMs;
    const roundTripsMs = this.#roundTripsMs;
    return { sent: this.#sent, done: roundTripsMs.length, tookMs, roundTripsMs, failures: this.#failures };
  }

  async #publish(): Promise<void> {
    const sentMs = sharedNowMs();
    this.#sent++;
    try {
      await this.#robot.publishMessage(this.#command, { deadlineMs: DEADLINE_MS });
      this.#roundTripsMs.push(sharedNowMs() - sentMs);
    } catch (error) {
      if (!isLonglineError(error)) throw error;
      this.#failures[error.code] = (this.#failures[error.code] ?? 0) + 1;
    }
  }
}

async function pace(device: RemoteDevice, perSecond: number, forMs: number, leased: boolean): Promise<Answered> {
  const lease = leased ? await device.takeLease() : undefined;
  const commander = lease === undefined ? new Commander(device, PLAIN) : new Commander(lease.robot, LEASED);
  const fromMs = sharedNowMs();
  // Timers have whole milliseconds, and come late on a busy machine: what is due by then goes together.
  const stop = everyPeriod(Math.min(perSecond, MAX_TICKS_PER_SECOND), 0, () => {
    const due = Math.floor(((sharedNowMs() - fromMs) * perSecond) / 1000);
    while (commander.sent < due) void commander.send();
  });
  await waitMs(forMs);
  stop();
  const answered = await commander.finish();
  await lease?.release();
  return answered;
}

async function flood(device: RemoteDevice, underWay: number, forMs: number): Promise<Answered> {
  const commander = new Commander(device, PLAIN);
  const untilMs = sharedNowMs() + forMs;
  const worker = async (): Promise<void> => {
    while (sharedNowMs() < untilMs) await commander.send();
  };
  await Promise.all(Array.from({ length: underWay }, worker));
  return commander.finish();
}

function connected(): RemoteDevice {
  if (device === undefined) throw new Error('the operator is not connected');
  return device;
}

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'serve':
      return { did: 'serve', url: await serve(order.host, order.port, order.dataDir) };
    case 'connect':
      if (process.argv[2] === 'robot') await connectRobot(order.url, order.loaded);
      else await connectOperator(order.url, order.loaded);
      return { did: 'connect' };
    case 'pace':
      return { did: 'pace', ...(await pace(connected(), order.perSecond, order.forMs, order.leased)) };
    case 'flood':
      return { did: 'flood', ...(await flood(connected(), order.underWay, order.forMs)) };
    case 'stop':
      await server?.stop();
      return { did: 'stop' };
  }
}

process.on('message', (order: Order) => {
  obey(order)
    .catch((error: unknown): Answer => ({
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(1));
});
// The parent is gone.
process.on('disconnect', () => process.exit(0));
