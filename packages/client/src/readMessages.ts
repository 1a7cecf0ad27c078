import { DEFAULT_BUFFER_MESSAGES, MessageStream } from '@longline/line';
import type { MessageStreamOptions } from '@longline/line';
import type { DeviceMessage, TopicRouter } from './TopicRouter.ts';
import type { TopicQuery } from './TopicSink.ts';

/** The messages that a query matches, for a `for await` loop, until the stream's signal or `closed` aborts. */
export function streamMessages(
  router: TopicRouter,
  query: Pick<TopicQuery, 'device' | 'topic'>,
  { bufferMessages = DEFAULT_BUFFER_MESSAGES, rateHz, signal }: MessageStreamOptions,
  closed: AbortSignal,
): MessageStream<DeviceMessage> {
  return new MessageStream<DeviceMessage>(
    ({ handleDropped, handleMessage }) =>
      router.subscribe(
        { ...query, rateHz },
        { handleMessage: (message, device) => handleMessage({ device, message }), handleDropped },
      ),
    signal === undefined ? [closed] : [closed, signal],
    bufferMessages,
  );
}

/** The last message of each topic that a query matches, sorted by device and topic. `wait` bounds the time that it may take. */
export async function latestMessages(
  router: TopicRouter,
  query: Pick<TopicQuery, 'device' | 'topic'>,
  wait: (marked: Promise<undefined>) => Promise<undefined>,
): Promise<DeviceMessage[]> {
  const newest = new Map<string, DeviceMessage>();
  const subscription = router.subscribe(
    { ...query, once: true },
    {
      handleMessage: (message, device) => newest.set(`${device} ${message.channel.topic}`, { device, message }),
      handleChannelGone: (topic, device) => newest.delete(`${device} ${topic}`),
    },
  );
  try {
    await wait(subscription.marked);
    return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
  } finally {
    subscription.close();
  }
}
