import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lineCloseCodes, subprotocols } from '@longline/line';
import type { RecordKindName } from '@longline/line';
import {
  fuzzSeed,
  hostileFrame,
  randomFrom,
  sampleFrame,
  sampleHello,
  sampleWelcome,
  TestReader,
  waitFor,
  waitForEvent,
} from '@longline/testing';
import type { RandomBelow } from '@longline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Api } from './Api.ts';
import { documentedCloseCodes } from './documentedCloseCodes.ts';
import { FrameProbe } from './FrameProbe.ts';
import { START_MS, startNode } from './longline.ts';
import { LonglineAgent } from './LonglineAgent.ts';
import { LonglineServer } from './LonglineServer.ts';
import { residentBytes } from './residentBytes.ts';

const FRAMES = 10_000;
/** Connections at once. */
const WORKERS = 8;
/** Frames tried on one connection, if it takes that many. */
const FRAMES_PER_CONNECTION = 20;
/** Of one worker, by turns. */
const DEVICES = 500;
const MAX_GROWTH_BYTES = 100 * 1024 * 1024;
/** A small young generation, so that the memory held is the memory needed. */
const thrifty = { NODE_OPTIONS: '--max-semi-space-size=2' };
/** Memory is measured from here on: by then the code is compiled and the pools have their size. */
const WARM_UP_FRAMES = 1_000;
const TEST_MS = 120_000;
const seed = fuzzSeed();
const documented = documentedCloseCodes();

/** What a hail of frames did. */
interface Tally {
  frames: number;
  readonly closes: Map<number, number>;
}

/** Tries frames on one connection, half of them of kinds that the other side expects, until it is closed or has had enough. */
async function bombard(
  probe: FrameProbe,
  random: RandomBelow,
  expected: readonly RecordKindName[],
  tally: Tally,
): Promise<void> {
  for (let count = 0; count < FRAMES_PER_CONNECTION; count++) {
    tally.frames++;
    const outcome = await probe.try(hostileFrame(random, ...(random(2) === 0 ? [] : [expected])));
    if (outcome === 'taken') continue;
    tally.closes.set(outcome, (tally.closes.get(outcome) ?? 0) + 1);
    return;
  }
  probe.socket.close();
}

function report(what: string, { frames, closes }: Tally, grownBytes: number): void {
  const codes = [...closes].map(([code, count]) => `${code}: ${count}`).join(', ');
  console.log(
    `${what}: ${frames} frames (FUZZ_SEED=${seed}), closed with ${codes}; grew ${Math.round(grownBytes / 1e6)} MB`,
  );
}

function expectRefusals({ closes }: Tally): void {
  expect(documented.size).toBeGreaterThan(5);
  for (const code of closes.keys()) expect(documented).toContain(code);
  expect(closes).not.toContain(lineCloseCodes.INTERNAL);
  expect([...closes.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(FRAMES / 5);
}

describe(`a server under hostile frames`, () => {
  let server: LonglineServer;
  let agent: LonglineAgent;
  let api: Api;

  beforeAll(async () => {
    server = await LonglineServer.start({ env: thrifty });
    const allow = { publish: ['/turtle1/cmd_vel'] };
    agent = await LonglineAgent.start({ device: 'good', server: server.url, robot: 'turtlesim:', allow });
    api = new Api(server.url, 'good');
  }, 3 * START_MS);
  afterAll(async () => {
    await agent.stop();
    await server.stop();
  });

  it.each<[string, object, RecordKindName[]]>([
    ['line', sampleHello, ['schema', 'advertise', 'message', 'dropped', 'reply', 'status', 'ping', 'unadvertise']],
    ['live', { role: 'reader', software: '', features: [] }, ['request', 'subscribe', 'unsubscribe', 'ping', 'ack']],
  ])(
    `/api/v1/%s refuses ${FRAMES} of them with documented codes, while a good robot and reader go on`,
    { timeout: TEST_MS },
    async (path, hello, expected) => {
      const reader = new TestReader(server.url);
      await reader.subscribe({ id: 1, kind: 'topics', device: 'good', topic: '/turtle1/pose' });
      const before = { poses: reader.messages.items.length, atMs: performance.now() };
      const tally: Tally = { frames: 0, closes: new Map() };
      let warmBytes: number | undefined;
      const work = async (worker: number): Promise<void> => {
        const random = randomFrom(seed + worker);
        let connections = 0;
        while (tally.frames < FRAMES) {
          const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/${path}`, [...subprotocols]);
          const probe = new FrameProbe(socket);
          await waitForEvent(socket, 'open', { timeoutMs: START_MS });
          // Some do not greet at all.
          if (random(10) > 0) {
            // One device opens so many lines a second and no more.
            probe.send(sampleFrame('hello', { ...hello, device: `hostile-${worker}-${connections++ % DEVICES}` }));
            await probe.received('welcome');
          }
          await bombard(probe, random, expected, tally);
          if (tally.frames >= WARM_UP_FRAMES) warmBytes ??= residentBytes(server.process);
        }
      };
      await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));

      const grownBytes = residentBytes(server.process) - (warmBytes ?? 0);
      report(`/api/v1/${path}`, tally, grownBytes);
      expectRefusals(tally);
      expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
      const poses = reader.messages.items.length - before.poses;
      const seconds = (performance.now() - before.atMs) / 1000;
      console.log(`meanwhile the good reader had ${(poses / seconds).toFixed(1)} poses/s of 62.5`);
      expect(poses / seconds).toBeGreaterThan(20);
      expect(reader.closes.items).toEqual([]);
      const token = await api.takeLease();
      const command = { kind: 'publish', topic: '/turtle1/cmd_vel', message: { angular: { z: 1 } }, token };
      expect(await api.command(command)).toMatchObject({ state: 'done', result: { subscribers: 1 } });
      expect(await api.device()).toMatchObject({ online: true, epoch: 1 });
      await reader.stop();
    },
  );
});

it(
  `agents refuse ${FRAMES} frames of a hostile server with documented codes, and serve a good one afterwards`,
  { timeout: TEST_MS },
  async () => {
    const tally: Tally = { frames: 0, closes: new Map() };
    const hostile = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => subprotocols[0] });
    await waitForEvent(hostile, 'listening');
    const address = hostile.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const done = Promise.withResolvers<undefined>();
    const failures: unknown[] = [];
    let connections = 0;
    let warmBytes: number | undefined;
    hostile.on('connection', (socket) => {
      const random = randomFrom(seed + connections++);
      const serve = async (): Promise<void> => {
        const probe = new FrameProbe(socket);
        probe.send(sampleFrame('challenge'));
        await probe.received('hello');
        if (random(10) > 0) probe.send(sampleFrame('welcome', sampleWelcome));
        await bombard(probe, random, ['request', 'ping', 'pong', 'ack'], tally);
        if (tally.frames >= WARM_UP_FRAMES) warmBytes ??= residentBytes(agents);
        if (tally.frames >= FRAMES) done.resolve(undefined);
      };
      serve().catch((error: unknown) => {
        failures.push(error);
        done.reject(error);
      });
    });

    const program = join(dirname(fileURLToPath(import.meta.url)), 'hurriedAgents.ts');
    const agents = startNode(program, [`http://127.0.0.1:${port}`, String(WORKERS)], thrifty);
    await agents.waitFor((peer) => peer.stdout.includes('started'), START_MS);
    await done.promise;
    const grownBytes = residentBytes(agents) - (warmBytes ?? 0);
    report(`agents on ${connections} lines`, tally, grownBytes);
    expectRefusals(tally);
    expect(failures).toEqual([]);
    expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES);

    for (const socket of hostile.clients) socket.terminate();
    await new Promise((closed) => hostile.close(closed));
    const server = await LonglineServer.start({ port });
    for (let index = 0; index < WORKERS; index++) {
      const api = new Api(server.url, `hurried-${index}`);
      await waitFor(() => api.latest('/turtle1/pose'), { timeoutMs: START_MS });
      const token = await api.takeLease();
      const command = { kind: 'publish', topic: '/turtle1/cmd_vel', message: { angular: { z: 1 } }, token };
      expect(await api.command(command)).toMatchObject({ state: 'done', result: { subscribers: 1 } });
    }
    expect(agents.stderr).toBe('');
    await agents.stop();
    await server.stop();
  },
);
