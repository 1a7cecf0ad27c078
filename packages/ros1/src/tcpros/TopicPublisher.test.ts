import { silentLog } from '@longline/ros';
import { FakeClock, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { TcpRosConnection } from './TcpRosConnection.ts';
import { TcpRosServer } from './TcpRosServer.ts';
import { TopicPublisher } from './TopicPublisher.ts';

test('a latched message reaches who connects while it is held back once, and never when it was given up', async () => {
  const clock = new FakeClock();
  const publisher = new TopicPublisher({
    topic: '/a',
    schema: { name: 'std_msgs/UInt8', encoding: 'ros1msg', text: 'uint8 data\n' },
    latched: true,
    callerId: '/us',
    clock,
    log: silentLog,
  });
  const server = new TcpRosServer(clock, { findPublisher: () => publisher, findService: () => undefined });
  const port = await server.listen('127.0.0.1');
  const open = new AbortController();
  const abort = new AbortController();
  const publish = (value: number, signal?: AbortSignal): Promise<unknown> =>
    publisher.publish(new Uint8Array([value]), signal === undefined ? {} : { signal }, open.signal);

  const first = publish(1);
  const givenUp = publish(2, abort.signal);
  abort.abort(new Error('given up'));
  await expect(givenUp).rejects.toThrow('given up');
  publisher.expectSubscribers(1);
  const frames: number[] = [];
  const subscriber = TcpRosConnection.open('127.0.0.1', port, {
    clock,
    maxMessageBytes: 100,
    header: new Map([
      ['callerid', '/them'],
      ['topic', '/a'],
      ['type', '*'],
      ['md5sum', '*'],
    ]),
    handler: {
      handleHeader: () => true,
      handleFrame: (frame) => void frames.push(...frame),
      handleClose: () => undefined,
    },
  });
  onTestFinished(async () => {
    subscriber.close();
    publisher.close();
    await server.close();
  });
  expect(await first).toEqual({ subscribers: 1 });
  await publish(3);
  await waitFor(() => frames.includes(3));
  expect(frames).toEqual([1, 3]);
});

test('what waited for the first subscribers while the process stood still beyond its deadline is not published', async () => {
  const clock = new FakeClock();
  const publisher = new TopicPublisher({
    topic: '/a',
    schema: { name: 'std_msgs/UInt8', encoding: 'ros1msg', text: 'uint8 data\n' },
    latched: false,
    callerId: '/us',
    clock,
    log: silentLog,
  });
  const late = publisher.publish(new Uint8Array([1]), { deadlineMs: 500 }, new AbortController().signal);
  clock.stall(2_000);
  publisher.expectSubscribers(0);
  await expect(late).rejects.toThrow('late');
  publisher.close();
});
