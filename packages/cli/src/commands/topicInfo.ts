import { RosError } from '@longline/ros';
import { absolute } from '../findTopic.ts';
import { suggestion } from '../nearNames.ts';
import { findDevice } from '../findDevice.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';
import type { Terminal } from '../Terminal.ts';

/** `longline topic info DEVICE TOPIC`: type, publishers and subscribers on the robot, as `rostopic info`. */
export function topicInfo(terminal: Terminal, id: string, name: string, options: ServerOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    const wanted = absolute(name);
    const { topics } = await device.snapshot();
    const topic = topics.find((candidate) => candidate.name === wanted);
    if (topic === undefined) {
      const names = topics.map((candidate) => candidate.name).sort();
      throw new RosError('TOPIC_UNKNOWN', `${id} has no topic ${wanted}. ${suggestion(wanted, names, 'topics')}`);
    }
    if (options.json === true) {
      await terminal.print(`${JSON.stringify(topic)}\n`);
      return;
    }
    const nodes = (title: string, names: readonly string[]): string =>
      names.length === 0 ? `${title}: None\n` : `${title}: \n${names.map((node) => ` * ${node}\n`).join('')}`;
    await terminal.print(
      `Type: ${topic.type || 'unknown type'}\n\n${nodes('Publishers', topic.publishers)}\n${nodes('Subscribers', topic.subscribers)}\n\n`,
    );
  });
}
