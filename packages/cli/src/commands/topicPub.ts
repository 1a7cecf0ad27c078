import type { RemoteDevice } from '@longline/client';
import { RosError, structLayout } from '@longline/ros';
import { absolute } from '../findTopic.ts';
import { fillMessage } from '../fillMessage.ts';
import { suggestion } from '../nearNames.ts';
import { findDevice } from '../findDevice.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';
import { parseYaml } from '../parseYaml.ts';
import { repeat } from '../repeat.ts';
import type { Terminal } from '../Terminal.ts';

export interface PubOptions extends ServerOptions {
  /** Publishes again and again until Ctrl-C. */
  readonly rateHz?: number | undefined;
  readonly deadlineMs?: number | undefined;
  /** Sets a standing command instead and renews it. */
  readonly standing?: boolean | undefined;
}

/** Default of `--deadline`, in milliseconds; with `-r` two periods, so that late messages are not executed. */
const DEADLINE_MS = 5_000;
/** Default rate of a standing command. */
const STANDING_HZ = 10;
/** The robot goes on for this long after our last word; we renew it three times as often. */
const STANDING_HOLD_MS = 1_000;

const typeShape = /^[A-Za-z]\w*\/(?:msg\/)?[A-Za-z]\w*$/;

/** `longline topic pub DEVICE TOPIC [TYPE] [YAML...]`: publishes on the robot, which refuses what its config does not allow. */
export function topicPub(
  terminal: Terminal,
  id: string,
  name: string,
  args: readonly string[],
  options: PubOptions,
): Promise<void> {
  const [first] = args;
  const givenType = first !== undefined && typeShape.test(first) ? first : undefined;
  const values = args.slice(givenType === undefined ? 0 : 1).map(parseYaml);
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    const topic = absolute(name);
    const type = givenType ?? (await typeOf(device, topic));
    const message = fillMessage(structLayout(await device.messageSchema(type)), values);
    const target = { topic, message, type };
    if (options.standing === true) await publishStanding(terminal, device, target, options);
    else if (options.rateHz === undefined) await publishOnce(terminal, device, target, options);
    else await publishAtRate(terminal, device, target, options.rateHz, options);
  });
}

interface Target {
  readonly topic: string;
  readonly type: string;
  readonly message: unknown;
}

async function publishOnce(
  terminal: Terminal,
  device: RemoteDevice,
  target: Target,
  options: PubOptions,
): Promise<void> {
  const { deadlineMs = DEADLINE_MS, json = false } = options;
  const { subscribers } = await device.publishMessage(target, { deadlineMs, signal: terminal.signal });
  if (json) {
    await terminal.print(
      `${JSON.stringify({ device: device.id, topic: target.topic, subscribers: subscribers ?? null })}\n`,
    );
  } else if (subscribers !== 0) {
    await terminal.print(`published on ${target.topic}${subscribers === undefined ? '' : `: ${heard(subscribers)}`}\n`);
  }
  if (subscribers === 0) terminal.warn(nobody(device, target.topic));
}

async function publishAtRate(
  terminal: Terminal,
  device: RemoteDevice,
  target: Target,
  rateHz: number,
  options: PubOptions,
): Promise<void> {
  const { deadlineMs = Math.max(200, 2_000 / rateHz), json = false } = options;
  let published = 0;
  let told: number | undefined = -1;
  const publish = async (): Promise<void> => {
    const { subscribers } = await device.publishMessage(target, { deadlineMs, signal: terminal.signal });
    published++;
    if (subscribers === told) return;
    told = subscribers;
    if (subscribers === 0) terminal.warn(nobody(device, target.topic));
    else if (!json) {
      const who = subscribers === undefined ? '' : `: ${heard(subscribers)}`;
      await terminal.print(`publishing on ${target.topic} at ${rateHz} Hz${who}; Ctrl-C ends it\n`);
    }
  };
  try {
    await publish();
    await repeat(1_000 / rateHz, terminal.signal, publish);
  } finally {
    if (json) await terminal.print(`${JSON.stringify({ device: device.id, topic: target.topic, published })}\n`);
  }
}

async function publishStanding(
  terminal: Terminal,
  device: RemoteDevice,
  target: Target,
  options: PubOptions,
): Promise<void> {
  const { json = false, rateHz = STANDING_HZ } = options;
  const holdMs = Math.max(STANDING_HOLD_MS, 3_000 / rateHz);
  const command = { ...target, rateHz, holdMs };
  const renew = async (): Promise<{ readonly motion: boolean }> => device.setStanding(command, { deadlineMs: holdMs });
  const { motion } = await renew();
  const facts = { device: device.id, topic: target.topic, rateHz, holdMs, motion };
  const what = motion ? 'motion: ends with the connection' : 'no motion';
  await terminal.print(
    json
      ? `${JSON.stringify(facts)}\n`
      : `standing command on ${target.topic} at ${rateHz} Hz (${what}), held until Ctrl-C\n`,
  );
  try {
    await repeat(holdMs / 3, terminal.signal, async () => {
      await renew();
    });
  } finally {
    await device.endStanding(target.topic, { deadlineMs: holdMs });
  }
}

/** The type that the topic has on the robot. Rejects with `TOPIC_UNKNOWN`. */
async function typeOf(device: RemoteDevice, topic: string): Promise<string> {
  const { topics } = await device.snapshot();
  const type = topics.find(({ name }) => name === topic)?.type;
  if (type !== undefined && type !== '') return type;
  const names = topics.map(({ name }) => name).sort();
  const help = suggestion(topic, names, 'topics');
  throw new RosError(
    'TOPIC_UNKNOWN',
    `${device.id} has no topic ${topic}. ${help} To make a new one give its TYPE, like std_msgs/String.`,
  );
}

const heard = (subscribers: number): string => (subscribers === 1 ? '1 subscriber' : `${subscribers} subscribers`);

const nobody = (device: RemoteDevice, topic: string): string =>
  `published on ${topic}, but nobody on ${device.id} subscribes to it: check the name with \`longline topic info ${device.id} ${topic}\`.`;
