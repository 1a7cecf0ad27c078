import type { TopicInfo } from '@longline/ros';
import { describeOffline } from '../describeOffline.ts';
import { findDevice } from '../findDevice.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';
import type { Terminal } from '../Terminal.ts';

/** `longline topic list DEVICE`: as `rostopic list`; of an absent robot what the server keeps of it. */
export function topicList(
  terminal: Terminal,
  id: string,
  options: ServerOptions & { readonly verbose?: boolean | undefined },
): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { device, record } = await findDevice(fleet, id);
    const channels = await device.channels();
    const problem = describeOffline(record);
    let topics: readonly TopicInfo[];
    if (problem === undefined) {
      topics = (await device.snapshot()).topics;
    } else {
      const kept = channels.length === 0 ? 'the server keeps no topics' : 'these are the topics that the server keeps';
      terminal.warn(`${problem}; ${kept} of it.`);
      topics = channels.map(({ schema, topic }) => ({
        name: topic,
        type: schema.name,
        publishers: [],
        subscribers: [],
      }));
    }
    const sorted = [...topics].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (options.json === true) {
      const sent = new Set(channels.map(({ topic }) => topic));
      await terminal.print(`${JSON.stringify(sorted.map((topic) => ({ ...topic, sent: sent.has(topic.name) })))}\n`);
    } else {
      await terminal.print(
        options.verbose === true ? verboseText(sorted) : sorted.map(({ name }) => `${name}\n`).join(''),
      );
    }
  });
}

function verboseText(topics: readonly TopicInfo[]): string {
  const line = ({ name, type }: TopicInfo, count: number, word: string): string =>
    ` * ${name} [${type || 'unknown type'}] ${count} ${word}${count === 1 ? '' : 's'}\n`;
  const published = topics.filter(({ publishers }) => publishers.length > 0);
  const subscribed = topics.filter(({ subscribers }) => subscribers.length > 0);
  return (
    `\nPublished topics:\n${published.map((topic) => line(topic, topic.publishers.length, 'publisher')).join('')}` +
    `\nSubscribed topics:\n${subscribed.map((topic) => line(topic, topic.subscribers.length, 'subscriber')).join('')}\n`
  );
}
