import { transcodings } from '@longline/bridges';
import { TestAgent, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { int64Schema } from '../testing/schemas.ts';
import { startTestServer } from '../testing/startTestServer.ts';
import { DoorClient } from './DoorClient.fixture.ts';

test('a message is transcoded once for 50 readers of one topic', async () => {
  const server = await startTestServer();
  const robot = new TestAgent(server.url, 'r1');
  onTestFinished(() => robot.stop());
  await robot.welcomes.first();
  const channel = robot.advertise(1, '/t', int64Schema);
  robot.send(channel, { data: 0n });
  await waitFor(() => server.fleet.device('r1').latest('/t'));
  const readers = Array.from({ length: 50 }, () => new DoorClient(server));
  await Promise.all(readers.map(({ opening }) => opening));
  const numbers = (reader: DoorClient, count: number): Promise<unknown> =>
    waitFor(() => reader.ops.items.filter(({ op }) => op === 'publish').length >= count);
  for (const reader of readers) reader.send({ op: 'subscribe', topic: '/t' });
  await Promise.all(readers.map((reader) => numbers(reader, 1)));
  const before = transcodings.json;
  for (let data = 1n; data <= 10n; data++) robot.send(channel, { data });
  await Promise.all(readers.map((reader) => numbers(reader, 11)));
  expect(transcodings.json - before).toBe(10);
});
