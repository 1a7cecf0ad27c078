import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAgent } from '@longline/agent';
import type { Agent, AgentConfigInput } from '@longline/agent';
import { codecFor, systemClock } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { startServer } from '@longline/server';
import type { Device, Server } from '@longline/server';
import { FakeGraph, freePort, TcpProxy, waitFor } from '@longline/testing';
import { describe, expect, onTestFinished, test } from 'vitest';

const number: Schema = { name: 'std_msgs/Int32', encoding: 'ros1msg', text: 'int32 data\n' };
const bytesOf = (data: number): Uint8Array => codecFor(number, 'ros1').encode({ data });
const numberOf = (data: Uint8Array): unknown => codecFor(number, 'ros1').decode(data);

/** How soon the real agent finds a dead line in these tests, in milliseconds. */
const SILENCE_MS = 600;
/** On a machine where other tests run beside these. */
const WAIT = { timeoutMs: 30_000 };

/** A real server and a real agent of a robot that a test speaks for, with a bad link between them. */
class World {
  readonly proxy: TcpProxy;
  readonly graph = new FakeGraph(systemClock);
  readonly port: number;
  server: Server;
  agent: Agent | undefined;
  #sent = 0;

  private constructor(proxy: TcpProxy, server: Server) {
    this.proxy = proxy;
    this.server = server;
    this.port = server.port;
    this.graph.setTopic('/count', number);
    this.graph.setTopic('/command', number, { publishers: [] });
  }

  /** `makeConfig` is given the server's address behind the proxy. */
  static async start(makeConfig: (url: string) => AgentConfigInput = () => ({})): Promise<World> {
    const server = await startServer({ port: await freePort(), limits: { line: { silenceMs: 60_000 } } });
    const proxy = await TcpProxy.start(server.port);
    const world = new World(proxy, server);
    onTestFinished(async () => {
      await world.agent?.stop();
      await proxy.stop();
      await world.server.stop();
    });
    world.agent = await startAgent(
      {
        device: 'r1',
        server: proxy.url,
        line: { silenceMs: SILENCE_MS },
        allow: { publish: ['/command'] },
        ...makeConfig(proxy.url),
      },
      { graph: world.graph },
    );
    await world.fresh();
    return world;
  }

  get device(): Device {
    return this.server.fleet.device('r1');
  }

  /** Grows with each line of the robot. */
  get epoch(): number {
    return this.device.info?.epoch ?? 0;
  }

  get lineState(): string | undefined {
    return this.agent?.status.line.state;
  }

  /** What the robot executed. */
  get executed(): unknown[] {
    return this.graph.published.filter(({ topic }) => topic === '/command').map(({ data }) => numberOf(data));
  }

  /** Resolves, to the milliseconds it took, when something that the robot says from now on is at the server. */
  async fresh(): Promise<number> {
    const startMs = performance.now();
    const first = this.#sent + 1;
    await waitFor(() => {
      this.graph.emit('/count', bytesOf(++this.#sent));
      const latest = this.device.latest('/count')?.message.value as { readonly data: number } | undefined;
      return latest !== undefined && latest.data >= first;
    }, WAIT);
    return performance.now() - startMs;
  }

  /** The agent has found out that its line is dead. */
  async lost(): Promise<void> {
    await waitFor(() => this.lineState !== 'open', WAIT);
  }

  command(data: number, deadlineMs: number): Promise<string> {
    return this.device
      .command({ kind: 'publish', topic: '/command', message: { data } }, { deadlineMs })
      .then(({ state }) => state)
      .catch((error: unknown) => String(error));
  }
}

describe('a half-open connection', () => {
  test('is found within the configured time, and the line is back at once when bytes flow again', async () => {
    const world = await World.start();
    const cutMs = performance.now();
    await world.proxy.set({ blackHole: 'hold' });
    await world.lost();
    expect(performance.now() - cutMs).toBeLessThan(SILENCE_MS + 1_000);
    // Some dials end up in the hole as well.
    await waitFor(() => world.proxy.counters.connections >= 3, WAIT);
    await world.proxy.set({ blackHole: 'off' });
    expect(await world.fresh()).toBeLessThan(SILENCE_MS + 1_000);
  });

  test('behind a router that forgot it is replaced by a new one', async () => {
    const world = await World.start();
    await world.proxy.set({ blackHole: 'lose' });
    await world.lost();
    await world.proxy.set({ blackHole: 'off' });
    // The dial that fell into the hole was answered by the router, so the next comes a second or two after it.
    expect(await world.fresh()).toBeLessThan(3_000);
  });

  test('brings nothing late: of the commands sent into it none is executed, and later ones are', async () => {
    const world = await World.start();
    expect(await world.command(1, 5_000)).toBe('done');
    await world.proxy.set({ blackHole: 'hold' });
    const into = [world.command(2, 200), world.command(3, 60_000), world.command(4, 60_000)];
    await world.lost();
    await world.proxy.set({ blackHole: 'off' });
    await world.fresh();
    expect(await world.command(5, 5_000)).toBe('done');
    expect(world.executed).toEqual([{ data: 1 }, { data: 5 }]);
    for (const state of await Promise.all(into)) expect(['expired', 'unknown']).toContain(state);
  });
});

test('a link that breaks ten times has fresh data soon after each', async () => {
  const world = await World.start();
  const tookMs: number[] = [];
  for (let flap = 0; flap < 10; flap++) {
    const epoch = world.epoch;
    const cutMs = performance.now();
    world.proxy.cut();
    await waitFor(() => world.epoch > epoch, WAIT);
    await world.fresh();
    tookMs.push(performance.now() - cutMs);
  }
  console.log(`fresh again after ${tookMs.map(Math.round).join(', ')} ms`);
  expect(Math.max(...tookMs)).toBeLessThan(2_000);
});

test('a server that is started again has the robot back, with nobody’s help', async () => {
  const world = await World.start();
  await world.server.stop();
  await world.lost();
  world.server = await startServer({ port: world.port });
  expect(await world.fresh()).toBeLessThan(4_000);
});

test('a server that refuses is asked less and less often', async () => {
  const refusing = createServer((_request, response) => response.writeHead(503).end());
  refusing.listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  const proxy = await TcpProxy.start((refusing.address() as AddressInfo).port);
  const startMs = performance.now();
  const agent = await startAgent(
    { device: 'r1', server: proxy.url },
    { graph: new FakeGraph(systemClock), random: () => 0 },
  );
  onTestFinished(async () => {
    await agent.stop();
    await proxy.stop();
    refusing.close();
  });
  await waitFor(() => proxy.counters.connections >= 4, WAIT);
  // 0.2, 0.4 and 0.8 s between them, less what timers are early.
  expect(performance.now() - startMs).toBeGreaterThan(1_390);
  const state = await waitFor(() => agent.status.line.state === 'waiting' && agent.status.line, WAIT);
  expect(state).toMatchObject({ reason: expect.stringContaining('503') as string });
});

test('of several servers the robot is on one that works, and goes to another when that one is gone', async () => {
  const nobody = await freePort();
  const second = await startServer({ port: 0 });
  onTestFinished(() => second.stop());
  const world = await World.start((url) => ({ server: [`ws://127.0.0.1:${nobody}`, url, second.url] }));
  expect(second.fleet.device('r1').online).toBe(false);
  const cutMs = performance.now();
  await world.proxy.set({ refuses: true });
  world.proxy.cut();
  await waitFor(() => second.fleet.device('r1').online, WAIT);
  expect(performance.now() - cutMs).toBeLessThan(2_000);
});
