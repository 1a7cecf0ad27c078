import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { BridgePublisher, DISCOVERY_MS } from './BridgePublisher.ts';

const schema: Schema = { name: 'std_msgs/Float64', encoding: 'ros1msg', text: 'float64 data\n' };
const data = codecFor(schema, 'ros1').encode({ data: 1 });

test('a message that is held back beyond its deadline, or given up meanwhile, is not sent', async () => {
  const clock = new FakeClock();
  let sent = 0;
  const publisher = new BridgePublisher({
    advertisement: { topic: '/level', type: schema.name },
    schema,
    encoding: 'ros1',
    clock,
    handleClose: () => undefined,
  });
  publisher.handleSession({
    advertise: () => ({ frame: (bytes) => bytes, send: () => sent++, close: () => undefined }),
    bufferedBytes: () => 0,
    countSubscribers: () => Promise.resolve(1),
  });
  const abort = new AbortController();
  const late = publisher.publish(data, { deadlineMs: DISCOVERY_MS - 100 });
  const givenUp = publisher.publish(data, { signal: abort.signal });
  const inTime = publisher.publish(data, { deadlineMs: DISCOVERY_MS + 100 });
  const outcomes = Promise.allSettled([late, givenUp, inTime]);
  abort.abort();
  await clock.advance(DISCOVERY_MS);
  expect(await outcomes).toMatchObject([
    { status: 'rejected', reason: { code: 'ROS_TIMEOUT' } },
    { status: 'rejected', reason: { name: 'AbortError' } },
    { status: 'fulfilled' },
  ]);
  expect(sent).toBe(1);
});
