import type { RemoteDevice } from '@longline/client';
import { RosError, structLayout } from '@longline/ros';
import { absolute } from '../findTopic.ts';
import { fillMessage } from '../fillMessage.ts';
import { suggestion } from '../nearNames.ts';
import { findDevice } from '../findDevice.ts';
import { withFleet } from '../withFleet.ts';
import { underLease } from '../motion/underLease.ts';
import { publishAtRate } from '../pub/publishAtRate.ts';
import type { PubOptions } from '../pub/PubJob.ts';
import { publishOnce } from '../pub/publishOnce.ts';
import { publishStanding } from '../pub/publishStanding.ts';
import { streamMotion } from '../pub/streamMotion.ts';
import { parseYaml } from '../parseYaml.ts';
import type { Terminal } from '../Terminal.ts';

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
    await underLease(device, options, (robot, lease) => {
      const job = { terminal, device, robot, lease, target, options };
      if (options.standing === true) return publishStanding(job);
      if (options.rateHz === undefined) return publishOnce(job);
      return lease === undefined ? publishAtRate(job, options.rateHz) : streamMotion(job, lease, options.rateHz);
    });
  });
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
