import { startAgent } from '@longline/agent';
import type { Agent } from '@longline/agent';
import { connect } from '@longline/client';
import { isLonglineError } from '@longline/ros';
import { startServer } from '@longline/server';
import { destination, pino } from 'pino';
import { SERVER_ADDRESS } from '../netem/ThinLink.ts';
import { BenchRobot } from './BenchRobot.ts';
import {
  COMMAND_DEADLINE_MS,
  COMMAND_TOPIC,
  COMMAND_TYPE,
  commandSchema,
  loadTopics,
  readHeader,
} from './loadTopics.ts';
import { SYSTEM_PORT } from './LinkSystem.ts';
import type { LinkSystem } from './LinkSystem.ts';
import { stampOf } from './sharedClock.ts';
import { waitMs } from './waitMs.ts';

const DEVICE = 'thin-1';
const url = `http://${SERVER_ADDRESS}:${SYSTEM_PORT}`;

/** Agent, server and SDK as they are installed, with their default rules; only `/cmd_vel` is allowed. */
export const longlineSystem: LinkSystem = {
  name: 'longline',
  async serve() {
    // Its one warning, that the network is open, is known here.
    const log = pino({ level: 'error' }, destination(2));
    await startServer({ host: SERVER_ADDRESS, port: SYSTEM_PORT, unlockedNetwork: true, log });
  },
  async connectRobot(handleCommand) {
    const graph = new BenchRobot(
      loadTopics.map(({ channel }) => channel),
      { topic: COMMAND_TOPIC, schema: commandSchema, handle: handleCommand },
    );
    const agent = await startAgent(
      // What is measured is the way of commands as such; `bench -- commands` measures those under a lease.
      { device: DEVICE, server: url, allow: { publish: [COMMAND_TOPIC] }, motion: { byType: false } },
      { graph, log: stderrLog },
    );
    const connections = countConnections(agent);
    while (connections() === 0) await waitMs(20);
    return {
      connections,
      publish(topic, data) {
        const loadTopic = loadTopics[topic];
        if (loadTopic === undefined) return;
        graph.emit(loadTopic.channel.topic, data, stampOf(readHeader(loadTopic, data).sentMs));
      },
    };
  },
  async connectReader(handleMessage) {
    const fleet = connect(url);
    await fleet.ready();
    const device = fleet.device(DEVICE);
    loadTopics.forEach(({ channel }, topic) => {
      fleet.subscribe(
        { device: DEVICE, topic: channel.topic },
        { handleMessage: (message) => handleMessage(topic, message.data) },
      );
    });
    const target = { topic: COMMAND_TOPIC, type: COMMAND_TYPE, encoding: 'ros1' } as const;
    return {
      command(data) {
        device.publishMessage({ ...target, data }, { deadlineMs: COMMAND_DEADLINE_MS }).catch((error: unknown) => {
          // Refusals while the robot is away are what the bench counts on the robot.
          if (!isLonglineError(error)) throw error;
        });
      },
    };
  },
};

const LOOK_EVERY_MS = 20;

/** How often the agent's line was opened, as its status shows. */
function countConnections(agent: Agent): () => number {
  let connections = 0;
  let last: number | undefined;
  setInterval(() => {
    const { line } = agent.status;
    const epoch = line.state === 'open' ? line.epoch : undefined;
    if (epoch !== undefined && epoch !== last) connections += 1;
    last = epoch;
  }, LOOK_EVERY_MS);
  return () => connections;
}

const quiet = (): void => undefined;
const stderrLog = {
  debug: quiet,
  info: quiet,
  warn: (details: object, message: string): void => console.error('  agent:', message, JSON.stringify(details)),
  error: (details: object, message: string): void => console.error('  agent:', message, JSON.stringify(details)),
};
