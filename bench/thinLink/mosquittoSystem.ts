import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';
import { SERVER_ADDRESS } from '../netem/ThinLink.ts';
import { ensureProgram, programEnv } from '../netem/ensureProgram.ts';
import { SYSTEM_PORT } from './LinkSystem.ts';
import type { LinkSystem } from './LinkSystem.ts';
import { loadTopics } from './loadTopics.ts';
import { waitMs } from './waitMs.ts';

const COMMANDS = 'robot/commands';
const topicOf = (topic: number): string => `robot/topics/${topic}`;
const url = `mqtt://${SERVER_ADDRESS}:${SYSTEM_PORT}`;
const imagesIndex = loadTopics.findIndex(({ name }) => name === 'images');

/** A mosquitto broker and mqtt.js with their defaults, QoS 0, everything on one connection. */
export const mosquittoSystem: LinkSystem = {
  name: 'mosquitto',
  serve: startBroker,
  async connectRobot(handleCommand) {
    const client = await connectRobot(handleCommand);
    return {
      connections: countConnections(client),
      publish: (topic, data) => void client.publish(topicOf(topic), Buffer.from(data)),
    };
  },
  connectReader,
};

/** The same, but images have a connection of their own and are left out while it holds unsent bytes. */
export const mosquittoSplitSystem: LinkSystem = {
  name: 'mosquitto-split',
  serve: startBroker,
  async connectRobot(handleCommand) {
    const client = await connectRobot(handleCommand);
    const images = await connectAsync(url);
    return {
      connections: countConnections(client),
      publish(topic, data) {
        if (topic !== imagesIndex) client.publish(topicOf(topic), Buffer.from(data));
        else if (images.connected && images.stream.writableLength === 0)
          images.publish(topicOf(topic), Buffer.from(data));
      },
    };
  },
  connectReader,
};

async function startBroker(): Promise<void> {
  ensureProgram('mosquitto', ['mosquitto']);
  const config = join(mkdtempSync(join(tmpdir(), 'longline-mosquitto-')), 'mosquitto.conf');
  writeFileSync(config, `listener ${SYSTEM_PORT} ${SERVER_ADDRESS}\nallow_anonymous true\nlog_type error\n`);
  // Ends with this process, also when that is killed: the shell sees the end of its standard input.
  const script = 'mosquitto -c "$1" & broker=$!; cat >/dev/null; kill $broker; rm -r "${1%/*}"';
  spawn('sh', ['-c', script, 'sh', config], { env: programEnv, stdio: ['pipe', 'ignore', 'inherit'] });
  while (!(await answers())) await waitMs(50);
}

const answers = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp(SYSTEM_PORT, SERVER_ADDRESS);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

async function connectRobot(handleCommand: (data: Uint8Array) => void): Promise<MqttClient> {
  const client = await connectAsync(url);
  client.on('message', (_topic, data) => handleCommand(data));
  await client.subscribeAsync(COMMANDS);
  return client;
}

async function connectReader(
  handleMessage: (topic: number, data: Uint8Array) => void,
): Promise<{ command: (data: Uint8Array) => void }> {
  const client = await connectAsync(url);
  client.on('message', (topic, data) => handleMessage(Number(topic.split('/').at(-1)), data));
  await client.subscribeAsync('robot/topics/+');
  return { command: (data) => void client.publish(COMMANDS, Buffer.from(data)) };
}

function countConnections(client: MqttClient): () => number {
  let connections = 1;
  client.on('connect', () => (connections += 1));
  client.on('error', () => undefined);
  return () => connections;
}
