import { startAgent } from '@longline/agent';
import { connect } from '@longline/client';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { Inbox, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { Api } from './Api.ts';

/** A server, and a turtle whose pose is sent only while somebody looks. */
async function watchedTurtle(): Promise<Server> {
  const server = await startServer({ port: 0 });
  onTestFinished(() => server.stop());
  const agent = await startAgent({
    device: 'turtle',
    server: server.url,
    robot: 'turtlesim:',
    topics: [{ match: '/turtle1/pose', demand: 'watched' }, { match: '/**' }],
  });
  onTestFinished(() => agent.stop());
  await waitFor(() => server.fleet.device('turtle').channels().length > 2);
  return server;
}

const received = (server: Server): number =>
  server.fleet
    .device('turtle')
    .channels()
    .find(({ topic }) => topic === '/turtle1/pose')?.messages ?? 0;

test('a watched topic flows while a reader anywhere looks at it, at the rate that it asks for', async () => {
  const server = await watchedTurtle();
  const channels = server.fleet.device('turtle').channels();
  expect(channels.find(({ topic }) => topic === '/turtle1/pose')).toMatchObject({ demand: 'watched', messages: 0 });
  const fleet = connect(server.url);
  onTestFinished(() => fleet.close());
  const seen = new Inbox<bigint>();
  const listener = { handleMessage: ({ logTime }: { readonly logTime: bigint }) => seen.add(logTime) };
  const query = { device: 'turtle', topic: '/turtle1/pose', rateHz: 10 };
  const subscription = fleet.subscribe(query, listener);
  await waitFor(() => seen.items.length >= 6);
  const [first = 0n, ...rest] = seen.items;
  const seconds = Number((rest.at(-1) ?? 0n) - first) / 1e9;
  // 62.5 Hz on the robot; what was not asked for did not come over the line either.
  expect(rest.length / seconds).toBeLessThan(12);
  expect(received(server)).toBeLessThanOrEqual(seen.items.length + 2);
  subscription.close();
  for await (const { logTime } of server.fleet.device('turtle').messages('/turtle1/pose')) {
    // The first is the last one that the reader got; the next was sent for this one.
    if (logTime > (seen.items.at(-1) ?? 0n)) break;
  }
});

test('a snapshot of a topic that nobody looks at comes by HTTP and by the SDK', async () => {
  const server = await watchedTurtle();
  const api = new Api(server.url, 'turtle');
  expect(await api.ask('/latest?topic=/turtle1/pose')).toMatchObject({ status: 404, json: { code: 'MESSAGE_NONE' } });
  const answer = await api.ask('/latest?topic=/turtle1/pose&fresh=true');
  expect(answer).toMatchObject({
    status: 200,
    json: { device: 'turtle', topic: '/turtle1/pose', type: 'turtlesim/Pose', message: { theta: 0 } },
  });
  const fleet = connect(server.url);
  onTestFinished(() => fleet.close());
  const message = await fleet.device('turtle').takeSnapshot('/turtle1/pose');
  expect(message.value).toMatchObject({ theta: 0 });
  expect(await server.fleet.device('turtle').takeSnapshot('/turtle1/pose')).toMatchObject({
    channel: { topic: '/turtle1/pose' },
  });
  expect(received(server)).toBe(0);
  expect(await api.ask('/latest?topic=/nowhere&fresh=true')).toMatchObject({
    status: 404,
    json: { code: 'TOPIC_UNKNOWN' },
  });
  expect(await api.ask('/latest?fresh=true')).toMatchObject({ status: 400, json: { code: 'REQUEST_INVALID' } });
});
