import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TestAgent, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { Server } from '../startServer.ts';
import { bytesSchema, int64Schema } from '../testing/schemas.ts';
import { startTestServer } from '../testing/startTestServer.ts';
import { DoorClient } from './DoorClient.fixture.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const doors = ['rosbridge', 'foxglove'] as const;
const MEGABYTE = 1024 * 1024;
const codes = /[A-Z]{3,}_[A-Z_]+: /;

interface World {
  readonly server: Server;
  readonly robot: TestAgent;
  /** The next number on `/t`, for somebody who reads it meanwhile. */
  readonly others: () => Promise<void>;
}

/** A robot whose `/t` a well-behaved reader follows. */
async function world(): Promise<World> {
  const server = await startTestServer();
  const robot = new TestAgent(server.url, 'r1', { answer: () => [{ state: 'done', encoding: 'json' }, '{}'] });
  onTestFinished(() => robot.stop());
  await robot.welcomes.first();
  const channel = robot.advertise(1, '/t', int64Schema);
  robot.send(channel, { data: 0n });
  await waitFor(() => server.fleet.device('r1').latest('/t'));
  const reader = new DoorClient(server);
  await reader.opening;
  reader.send({ op: 'subscribe', topic: '/t' });
  let number = 0n;
  return {
    server,
    robot,
    others: async () => {
      const data = ++number;
      robot.send(channel, { data });
      await reader.next(({ op, msg }) => op === 'publish' && (msg as { data: number }).data === Number(data));
    },
  };
}

test.each(doors)('the %s door answers what it cannot read with a documented code, and goes on', async (door) => {
  const { server, others } = await world();
  // One reader each: the same is told twice a second at most.
  const told = async (frame: string | Buffer): Promise<void> => {
    const client = new DoorClient(server, { door });
    await client.opening;
    client.socket.send(frame);
    await client.next(({ op, msg, message }) => op === 'status' && codes.test(String(msg ?? message)));
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.close();
  };
  await told('{');
  await told('not JSON');
  await told('['.repeat(100_000));
  await told(`{"op":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`);
  await told('{"op":"no such op"}');
  await told('{"op":"subscribe"}');
  await told('{"op":"publish","topic":{"length":1e400},"msg":[]}');
  if (door === 'foxglove') await told(Buffer.from([0xff, 1, 2, 3]));
  await others();
});

test.each(doors)('a frame of 100 MB ends the connection of the %s door with 1009, before it is here', async (door) => {
  const { server, others } = await world();
  const before = process.memoryUsage().rss;
  const client = new DoorClient(server, { door });
  await client.opening;
  client.socket.send(Buffer.alloc(100 * MEGABYTE, 0x20));
  expect(await client.closed).toMatch(/^100[96] /);
  await others();
  // The test's own frame is in this process as well.
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * MEGABYTE);
});

test.each(doors)('10,000 subscriptions over the %s door are bounded, and others’ messages go on', async (door) => {
  const { server, others } = await world();
  const client = new DoorClient(server, { door });
  await client.opening;
  if (door === 'rosbridge') {
    for (let i = 0; i < 10_000; i++) client.send({ op: 'subscribe', topic: `/none${i}`, type: 'std_msgs/Int64' });
    for (let i = 0; i < 10_000; i++) client.send({ op: 'subscribe', topic: '/t', id: `s${i}` });
  } else {
    const subscriptions = Array.from({ length: 10_000 }, (_, id) => ({ id, channelId: id }));
    client.send({ op: 'subscribe', subscriptions });
  }
  await client.next(({ op, msg, message }) => op === 'status' && codes.test(String(msg ?? message)));
  await others();
});

test.each(doors)(
  'a reader of the %s door that never reads costs bounded memory, and others nothing',
  async (door) => {
    const { server, robot, others } = await world();
    const big = robot.advertise(2, '/big', bytesSchema);
    const payload = new Uint8Array(4 + MEGABYTE);
    new DataView(payload.buffer).setUint32(0, MEGABYTE, true);
    robot.sendBytes(big, payload);
    await waitFor(() => server.fleet.device('r1').latest('/big'));
    const client = new DoorClient(server, { door });
    await client.opening;
    if (door === 'rosbridge') client.send({ op: 'subscribe', topic: '/big', compression: 'cbor-raw' });
    else {
      const { channels } = await client.next(({ op }) => op === 'advertise');
      const list = channels as { id: number; topic: string }[];
      const subscriptions = list.map(({ id }) => ({ id, channelId: id }));
      client.send({ op: 'subscribe', subscriptions });
    }
    await client.frames.first();
    client.socket.pause();
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    let sent = 0;
    for (; sent < 150; sent++) {
      robot.sendBytes(big, payload);
      await others();
    }
    collectGarbage();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * MEGABYTE);
    client.socket.resume();
    await others();
    await waitFor(() => client.frames.items.length > 1);
    expect(client.frames.items.length).toBeLessThan(sent);
  },
  30_000,
);
