import { startAgent } from '@longline/agent';
import { connect } from '@longline/client';
import { codecFor, systemClock } from '@longline/ros';
import { ros1Schema } from '@longline/ros/fixtures';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { FakeGraph, Inbox, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';

const number = ros1Schema('std_msgs/Int64');

/** A robot whose topics publish what a test says. */
class Robot extends FakeGraph {
  say(topic: string, data: number): void {
    this.emit(topic, codecFor(number, 'ros1').encode({ data: BigInt(data) }));
  }
}

async function openServer(): Promise<Server> {
  const server = await startServer({ port: 0 });
  onTestFinished(() => server.stop());
  return server;
}

async function addRobot(server: Server, device: string, topics: readonly string[]): Promise<Robot> {
  const robot = new Robot(systemClock);
  for (const topic of topics) robot.setTopic(topic, number);
  const rules = [{ match: '/watched', demand: 'watched' as const }, { match: '/**' }];
  const agent = await startAgent({ device, server: server.url, topics: rules }, { graph: robot });
  onTestFinished(() => agent.stop());
  await waitFor(() => server.fleet.device(device).channels().length === topics.length);
  return robot;
}

/** The connections that readers have with the server. */
function countingSockets(): { readonly count: () => number; readonly WebSocket: typeof WebSocket } {
  let count = 0;
  class Counted extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      count++;
    }
  }
  return { count: () => count, WebSocket: Counted };
}

test('one socket brings the topics of many devices that match: what was known, a mark, then what is new', async () => {
  const server = await openServer();
  const robots = new Map<string, Robot>();
  for (const device of ['arm-1', 'arm-2', 'cart-1']) {
    robots.set(device, await addRobot(server, device, ['/a/state', '/b/state', '/other']));
    for (const topic of ['/a/state', '/other']) {
      await waitFor(() => robots.get(device)!.subscribed.includes(topic));
      robots.get(device)!.say(topic, 1);
      await waitFor(() => server.fleet.device(device).latest(topic));
    }
  }
  const sockets = countingSockets();
  const fleet = connect(server.url, { WebSocket: sockets.WebSocket });
  onTestFinished(() => fleet.close());
  const told = new Inbox<string>();
  fleet.subscribe(
    { device: 'arm-*', topic: '/*/state' },
    {
      handleMessage: ({ channel, value }, device) => told.add(`${device} ${channel.topic} ${Number(value['data'])}`),
      handleMark: () => told.add('mark'),
    },
  );
  await told.first((line) => line === 'mark');
  expect(told.items.toSorted()).toEqual(['arm-1 /a/state 1', 'arm-2 /a/state 1', 'mark']);
  expect(told.items.at(-1)).toBe('mark');
  // Another topic, another device, and a robot that comes later: all over the same socket.
  robots.get('arm-2')!.say('/b/state', 2);
  robots.get('cart-1')!.say('/a/state', 3);
  await told.first((line) => line === 'arm-2 /b/state 2');
  const late = await addRobot(server, 'arm-3', ['/c/state']);
  await waitFor(() => late.subscribed.includes('/c/state'));
  late.say('/c/state', 4);
  await told.first((line) => line === 'arm-3 /c/state 4');
  expect(told.items).toHaveLength(5);
  expect((await fleet.latest('*', '/*/state')).map(({ device, message }) => device + message.channel.topic)).toEqual([
    'arm-1/a/state',
    'arm-2/a/state',
    'arm-2/b/state',
    'arm-3/c/state',
    'cart-1/a/state',
  ]);
  expect(sockets.count()).toBe(1);
});

test('a wildcard over devices asks each robot for what it sends only on demand, at the highest rate, until nobody looks', async () => {
  const server = await openServer();
  const robots = [await addRobot(server, 'one', ['/watched']), await addRobot(server, 'two', ['/watched'])];
  const wanted = (): number[] => robots.map((robot) => robot.subscribed.filter((topic) => topic === '/watched').length);
  expect(wanted()).toEqual([0, 0]);
  const fleet = connect(server.url);
  onTestFinished(() => fleet.close());
  const counts = new Map<string, number>();
  const query = { device: '*', topic: '/**' };
  const slow = fleet.subscribe({ ...query, rateHz: 1 }, { handleMessage: () => undefined });
  const fast = fleet.subscribe(
    { ...query, rateHz: 50 },
    { handleMessage: (_message, device) => counts.set(device, (counts.get(device) ?? 0) + 1) },
  );
  await waitFor(() => wanted().every((count) => count === 1));
  // More than the slower reader alone would bring within the test's time.
  let said = 0;
  await waitFor(() => {
    for (const robot of robots) robot.say('/watched', said);
    said++;
    return [...counts.values()].filter((count) => count >= 5).length === 2;
  });
  fast.close();
  slow.close();
  await waitFor(() => wanted().every((count) => count === 0));
});
