import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  describeWithPeer,
  rostopic,
  runRosProgram,
  startHelperNode,
  startRoscore,
  startRospyNode,
  waitFor,
} from '@longline/testing';
import type { PeerProcess, Roscore } from '@longline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Api } from './Api.ts';
import { runLongline, START_MS, startNode } from './longline.ts';
import type { Ended } from './longline.ts';
import { LonglineAgent } from './LonglineAgent.ts';
import { LonglineServer } from './LonglineServer.ts';

const TEST_MS = 120_000;
/** Data flows again within this time after what was away is back, in milliseconds. */
const BACK_MS = 5_000;
const here = dirname(fileURLToPath(import.meta.url));
const script = (name: string): string => readFileSync(join(here, name), 'utf8');

const sentSchema = z.object({ topic: z.string(), type: z.string(), hex: z.string() });
const echoSchema = z.object({ topic: z.string(), text: z.string() });

/** The JSON lines of a helper that have this shape. */
const records = <T>(peer: PeerProcess, schema: z.ZodType<T>): T[] =>
  peer.lines.flatMap((line) => {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  });

const isReady = (peer: PeerProcess): boolean => peer.stdout.includes('"ready"');

/** The texts by topic, once the program has ended. */
async function echoed(peer: PeerProcess): Promise<Map<string, string>> {
  const code = await peer.exited;
  await peer.stop();
  expect(code, peer.stderr).toBe(0);
  return new Map(records(peer, echoSchema).map(({ topic, text }) => [topic, text]));
}

/** Takes the place of a dead server and resolves when so many attempts to reach it have failed. */
async function failedAttempts(port: number, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let attempts = 0;
  const listener = createServer((socket) => {
    socket.destroy();
    if (++attempts === count) resolve(undefined);
  });
  listener.listen(port, '127.0.0.1');
  await promise;
  await new Promise((closed) => listener.close(closed));
}

describeWithPeer('roscore', 'with a real roscore and rospy', () => {
  let roscore: Roscore;
  let latched: PeerProcess;
  let robot: PeerProcess;
  let server: LonglineServer;
  let agent: LonglineAgent;
  let api: Api;

  const longline = (...args: string[]): Promise<Ended> => runLongline(server.url, args);
  const startRobot = async (): Promise<void> => {
    robot = startHelperNode(roscore, 'sample_robot.py', ['--services', '--rate', '10']);
    await robot.waitFor(isReady, START_MS);
  };

  beforeAll(async () => {
    [roscore, server] = await Promise.all([startRoscore(), LonglineServer.start()]);
    latched = startRospyNode(roscore, script('latched_robot.py'));
    await Promise.all([startRobot(), latched.waitFor(isReady, START_MS)]);
    agent = await LonglineAgent.start(
      {
        device: 'ros1',
        server: server.url,
        robot: `ros1://localhost:${roscore.port}`,
        allow: { publish: ['/cmd_vel', '/talk'], call: ['/robot/{set_bool,fail}'], setParameters: ['/robot/**'] },
        motion: { outputs: [{ topic: '/cmd_vel', timeoutMs: 10_000 }] },
      },
      roscore.env,
    );
    api = new Api(server.url, 'ros1');
  }, 3 * START_MS);

  afterAll(async () => {
    await Promise.all([agent.stop(), server.stop(), robot.stop(), latched.stop()]);
    await roscore.stop();
  });

  it(
    'messages of std, geometry, sensor, nav and tf2 types are had at the API byte for byte',
    { timeout: TEST_MS },
    async () => {
      const sent = records(latched, sentSchema);
      expect(sent).toHaveLength(28);
      for (const { topic, type, hex } of sent) {
        await waitFor(() => api.latest(topic), { timeoutMs: START_MS, what: topic });
        expect([topic, await api.latestHex(topic)]).toEqual([topic, hex]);
        expect(await api.latest(topic)).toMatchObject({ type, bytes: hex.length / 2 });
      }
    },
  );

  it('messages that follow one another are had byte for byte too', { timeout: TEST_MS }, async () => {
    const topics = new Set(records(robot, sentSchema).map(({ topic }) => topic));
    expect(topics.size).toBe(11);
    for (const topic of topics) {
      const hex = await waitFor(() => api.latestHex(topic), { timeoutMs: START_MS, what: topic });
      await robot.waitFor((peer) => records(peer, sentSchema).some((each) => each.topic === topic && each.hex === hex));
    }
  });

  it('longline topic echo prints every field as rostopic echo does', { timeout: TEST_MS }, async () => {
    const topics = records(latched, sentSchema).map(({ topic }) => topic);
    const [theirs, ours] = await Promise.all([
      echoed(startRospyNode(roscore, script('echo_all.py'), topics)),
      echoed(startNode(join(here, 'echoAll.ts'), [server.url, 'ros1', ...topics])),
    ]);
    expect(ours.size).toBe(28);
    expect(ours).toEqual(theirs);
  });

  it('64-bit integers and nan keep their values in JSON', { timeout: TEST_MS }, async () => {
    const text = async (topic: string): Promise<string> => (await api.ask(`/latest?topic=${topic}`)).text;
    expect(await text('/std/int64')).toContain('"message":{"data":-9223372036854775808}');
    expect(await text('/std/uint64')).toContain('"message":{"data":18446744073709551615}');
    expect(await text('/std/nan')).toContain('"message":{"data":"NaN"}');
    const echo = await longline('topic', 'echo', 'ros1', '/std/int64', '-n', '1', '--json');
    expect(echo.out).toContain('"message":{"data":-9223372036854775808}}');
  });

  it('longline topic pub arrives at rostopic echo; a topic not allowed is refused', { timeout: TEST_MS }, async () => {
    const echo = rostopic(roscore, ['echo', '/talk']);
    const heard = async (): Promise<boolean> =>
      JSON.stringify(
        (await longline('topic', 'pub', 'ros1', '/talk', 'std_msgs/String', 'are you there?', '--json')).out,
      ).includes(String.raw`\"subscribers\":1`);
    await waitFor(heard, { timeoutMs: START_MS });
    await echo.waitFor((peer) => peer.stdout.includes('data: "are you there?"\n---\n'));
    const published = await longline('topic', 'pub', 'ros1', '/talk', 'std_msgs/String', '{data: "né: \'x\'"}');
    expect([published.code, published.out]).toEqual([0, 'published on /talk: 1 subscriber\n']);
    await echo.waitFor((peer) => peer.stdout.includes(String.raw`data: "n\xE9: 'x'"` + '\n---\n'));
    await echo.stop();
    const refused = await longline('topic', 'pub', 'ros1', '/robot/twist', 'geometry_msgs/Twist', '{}');
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/^NOT_ALLOWED: .*\/robot\/twist/);
  });

  it('a standing command arrives at rostopic echo, and ends with a stop', { timeout: TEST_MS }, async () => {
    const echo = rostopic(roscore, ['echo', '/cmd_vel/linear/x']);
    const token = await api.takeLease();
    const body = { type: 'geometry_msgs/Twist', message: { linear: { x: 0.375 } }, rateHz: 20, holdMs: 60_000, token };
    // Motion that nobody hears is refused: rostopic takes a moment to subscribe.
    await waitFor(async () => (await api.setStanding('/cmd_vel', body)).status === 200, { timeoutMs: START_MS });
    await echo.waitFor((peer) => peer.lines.filter((line) => line === '0.375').length >= 5);
    expect(await api.ask('/standing?topic=/cmd_vel', 'DELETE')).toMatchObject({ status: 200 });
    await echo.waitFor((peer) => peer.stdout.endsWith('0.0\n---\n'));
    await echo.stop();
  });

  it('a rospy service answers longline service call as it answers rosservice call', { timeout: TEST_MS }, async () => {
    const [ours, theirs, refused, failed] = await Promise.all([
      longline('service', 'call', 'ros1', '/robot/set_bool', '{data: true}'),
      runRosProgram(roscore, 'rosservice', ['call', '/robot/set_bool', '{data: true}']),
      longline('service', 'call', 'ros1', '/robot/trigger'),
      longline('service', 'call', 'ros1', '/robot/fail'),
    ]);
    expect([ours.code, ours.out]).toEqual([0, theirs]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/^NOT_ALLOWED: /)]);
    expect([failed.code, failed.err]).toEqual([1, expect.stringMatching(/^SERVICE_FAILED: .*the "café" is closed/)]);
  });

  it('parameters are read and set on the real parameter server', { timeout: TEST_MS }, async () => {
    await runRosProgram(roscore, 'rosparam', ['set', '/robot/gains', '[1.5, 2.0]']);
    const get = await longline('param', 'get', 'ros1', '/robot/gains', '--json');
    expect(JSON.parse(get.out)).toEqual([1.5, 2]);
    expect((await longline('param', 'set', 'ros1', '/robot/limits', '{x: 1.5, name: "no"}')).code).toBe(0);
    expect((await runRosProgram(roscore, 'rosparam', ['get', '/robot/limits'])).trim()).toBe("name: 'no'\nx: 1.5");
    expect((await longline('param', 'list', 'ros1')).out.split('\n')).toContain('/robot/gains');
    expect((await longline('param', 'set', 'ros1', '/other', '1')).err).toMatch(/^NOT_ALLOWED: /);
  });

  describe('without a human, data flows again within 5 s', { timeout: TEST_MS }, () => {
    /** Resolves to the milliseconds until a message is had that the agent received after now. */
    const flowsAgain = async (what: string): Promise<number> => {
      const startMs = performance.now();
      const startNs = BigInt(Date.now()) * 1_000_000n;
      const isNew = async (): Promise<boolean> => {
        const latest = await api.latest('/robot/int64');
        return latest !== undefined && BigInt(latest.logTimeNs) > startNs;
      };
      await waitFor(isNew, { timeoutMs: START_MS, what: `A new message after ${what}` });
      const tookMs = performance.now() - startMs;
      console.log(`${what}: data flowed ${Math.round(tookMs)} ms after it was back`);
      expect(await api.device()).toMatchObject({ online: true });
      return tookMs;
    };

    it('after the server was killed', async () => {
      await server.kill();
      await server.launch();
      expect(await flowsAgain('server killed')).toBeLessThan(BACK_MS);
    });

    it('after the server was away for so long that attempts to reach it became rare', async () => {
      await server.kill();
      await failedAttempts(server.port, 4);
      await server.launch();
      expect(await flowsAgain('server away for four attempts')).toBeLessThan(BACK_MS);
    });

    it('after the agent was killed', async () => {
      await agent.kill();
      await waitFor(async () => (await api.device())?.online === false, { timeoutMs: START_MS });
      await agent.launch();
      expect(await flowsAgain('agent killed')).toBeLessThan(BACK_MS);
    });

    it('after roscore and its nodes were killed', async () => {
      await Promise.all([roscore.kill(), robot.stop()]);
      await waitFor(async () => (await api.device())?.status.ros.state === 'disconnected', { timeoutMs: START_MS });
      await roscore.restart();
      await startRobot();
      expect(await flowsAgain('roscore and nodes killed')).toBeLessThan(BACK_MS);
      expect((await longline('service', 'call', 'ros1', '/robot/set_bool', 'true')).out).toContain('got True');
    });
  });
});
