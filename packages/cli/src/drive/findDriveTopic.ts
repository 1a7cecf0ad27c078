import type { RemoteDevice } from '@longline/client';
import { RosError } from '@longline/ros';
import { absolute } from '../findTopic.ts';
import { CliError } from '../errors.ts';
import { suggestion } from '../nearNames.ts';
import { driveTypeNames, isDriveType } from './driveTypes.ts';

/** A topic that velocities are published on. */
export interface DriveTopic {
  readonly topic: string;
  readonly type: string;
}

/**
 * The topic to drive on: the named one, or the only one of its type that somebody on the robot hears. Rejects with `TOPIC_UNKNOWN`,
 * `TYPE_MISMATCH`, and `ARGUMENT_INVALID` where there are several.
 */
export async function findDriveTopic(device: RemoteDevice, name: string | undefined): Promise<DriveTopic> {
  const { topics } = await device.snapshot();
  const driven = topics.filter(({ subscribers, type }) => isDriveType(type) && subscribers.length > 0);
  const names = driven.map((topic) => topic.name).sort();
  if (name === undefined) {
    const [only, ...more] = driven;
    if (only !== undefined && more.length === 0) return { topic: only.name, type: only.type };
    if (only === undefined) {
      throw new RosError(
        'TOPIC_UNKNOWN',
        `Nobody on ${device.id} listens to a topic of type ${driveTypeNames}. Start what drives it, or name the TOPIC.`,
      );
    }
    throw new CliError('ARGUMENT_INVALID', `${device.id} listens to several: name one of ${names.join(', ')}.`);
  }
  const topic = absolute(name);
  const found = topics.find((candidate) => candidate.name === topic);
  if (found === undefined) {
    throw new RosError(
      'TOPIC_UNKNOWN',
      `${device.id} has no topic ${topic}. ${suggestion(topic, names, 'such topics')}`,
    );
  }
  if (isDriveType(found.type)) return { topic, type: found.type };
  throw new RosError(
    'TYPE_MISMATCH',
    `${topic} has the type ${found.type}; keys drive ${driveTypeNames}. Publish others with \`longline topic pub\`.`,
  );
}
