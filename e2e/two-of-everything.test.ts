import { interrupt, START_MS, startLongline } from './longline.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TcpProxy, TestAgent, TestReader, waitFor } from '@longline/testing';
import type { Schema } from '@longline/ros';
import { z } from 'zod';
import { Api } from './Api.ts';
import { LonglineAgent } from './LonglineAgent.ts';
import { LonglineServer } from './LonglineServer.ts';

const TEST_MS = 120_000;
const allow = { publish: ['/turtle1/cmd_vel', '/announcement'] };
/** A turtle that drives on for 10 s without a fresh word, so that what ends it sooner shows. */
const motion = { outputs: [{ topic: '/turtle1/cmd_vel', timeoutMs: 10_000 }] };
const twist = (x: number) => ({ type: 'geometry_msgs/Twist', message: { linear: { x } } });
const twistSchema = z.object({ linear: z.looseObject({ x: z.number() }) });
const poseSchema = z.looseObject({ linear_velocity: z.number() });

let server: LonglineServer;

beforeAll(async () => {
  server = await LonglineServer.start();
}, START_MS);
afterAll(() => server.stop());

/** Starts an agent with a turtle; its poses are at the server already. */
async function turtleAgent(device: string, url = server.url): Promise<LonglineAgent> {
  const agent = await LonglineAgent.start({ device, server: url, robot: 'turtlesim:', allow, motion });
  onTestFinished(() => agent.stop());
  await waitFor(() => new Api(server.url, device).latest('/turtle1/pose'), { timeoutMs: START_MS });
  return agent;
}

/** A reader of what is published to a turtle. */
async function driveReader(device: string): Promise<{ reader: TestReader; speeds: () => number[] }> {
  const reader = new TestReader(server.url);
  onTestFinished(() => reader.stop());
  await reader.subscribe({ id: 1, kind: 'topics', device, topic: '/turtle1/cmd_vel' });
  return { reader, speeds: () => reader.messages.items.map(({ value }) => twistSchema.parse(value).linear.x) };
}

it(
  'of two agents with one device ID the newest wins, and the log of the other says what to do',
  { timeout: TEST_MS },
  async () => {
    const api = new Api(server.url, 'twin');
    const first = await turtleAgent('twin');
    const firstBoot = (await api.device())?.boot;
    const second = await turtleAgent('twin');
    const refused = await first.logged('the server refuses the line');
    expect(refused).toMatchObject({ level: 50, closeCode: 4409, code: 'LINE_REPLACED' });
    expect(refused.msg).toMatch(/Another agent uses the same device ID .*Give each robot its own "device"/);
    const device = await api.device();
    expect(device).toMatchObject({ online: true, epoch: 2 });
    expect(device?.boot).not.toBe(firstBoot);
    const atNs = BigInt((await api.latest('/turtle1/pose'))?.logTimeNs ?? 0);
    await waitFor(async () => BigInt((await api.latest('/turtle1/pose'))?.logTimeNs ?? 0) > atNs);
    expect(second.log.filter(({ level }) => level >= 40)).toEqual([]);
  },
);

it(
  'of two operators one drives; the other is told who does, until he takes the robot over',
  { timeout: TEST_MS },
  async () => {
    await turtleAgent('shared');
    const { speeds } = await driveReader('shared');
    const drive = (x: number, ...flags: string[]) =>
      startLongline(
        ['topic', 'pub', 'shared', '/turtle1/cmd_vel', `{linear: {x: ${x}}}`, '-r', '10', '--lease', ...flags],
        {
          LONGLINE_SERVER: server.url,
        },
      );
    const drives = (x: number) => waitFor(() => speeds().at(-1) === x, { timeoutMs: START_MS });
    const first = drive(0.125);
    await drives(0.125);
    const second = drive(-0.125);
    expect(await second.exited).toBe(1);
    expect(second.stderr).toMatch(/^LEASE_HELD: /);
    const third = drive(-0.25, '--take-over');
    await drives(-0.25);
    expect(await first.exited).toBe(1);
    expect(first.stderr).toMatch(/LEASE_LOST/);
    const over = speeds().indexOf(-0.25);
    expect(speeds().slice(over)).not.toContain(0.125);
    expect(await interrupt(third)).toMatchObject({ code: 0 });
    await Promise.all([first.stop(), second.stop()]);
  },
);

it(
  'a reader that stops reading gets the newest and is told what it missed; another has everything',
  { timeout: TEST_MS },
  async () => {
    const MESSAGES = 300;
    const bytes: Schema = { name: 'test_msgs/Blob', encoding: 'ros1msg', text: 'uint8[] data\n' };
    const robot = new TestAgent(server.url, 'camera');
    onTestFinished(() => robot.stop());
    await robot.welcomes.first();
    // It stands still for as long as this machine needs to send all.
    const slow = new TestReader(server.url, { limits: { silenceMs: START_MS } });
    const quick = new TestReader(server.url);
    onTestFinished(async () => {
      await Promise.all([slow.stop(), quick.stop()]);
    });
    const channel = robot.advertise(1, '/camera', bytes);
    for (const reader of [slow, quick]) {
      await reader.subscribe({ id: 1, kind: 'topics', device: 'camera', topic: '/camera' });
    }
    slow.socket.pause();
    // 75 MB: more than all buffers on the way to the slow one hold.
    for (let sent = 1; sent <= MESSAGES; sent++) {
      robot.send(channel, { data: new Uint8Array(250_000).fill(sent % 256) });
      await quick.messages.take(sent, { timeoutMs: START_MS });
    }
    expect(quick.dropped.items).toEqual([]);
    slow.socket.resume();
    const last = await slow.messages.first(({ sequence }) => sequence === MESSAGES - 1, { timeoutMs: START_MS });
    expect(last.data.at(-1)).toBe(MESSAGES % 256);
    const told = (): number => slow.dropped.items.reduce((sum, { count }) => sum + count, 0);
    await waitFor(() => told() + slow.messages.items.length === MESSAGES);
    console.log(`the slow reader had ${slow.messages.items.length} of ${MESSAGES} and was told of ${told()} dropped`);
    expect(told()).toBeGreaterThan(0);
    expect(slow.closes.items).toEqual([]);
  },
);

describe('standing commands when processes are killed', { timeout: TEST_MS }, () => {
  const words = { type: 'std_msgs/String', message: { data: 'still here' }, rateHz: 20, holdMs: 60_000 };

  /** Sets both, and waits until the turtle drives. */
  async function setBoth(api: Api): Promise<void> {
    const drive = { ...twist(0.25), rateHz: 20, holdMs: 60_000, token: await api.takeLease() };
    expect(await api.setStanding('/turtle1/cmd_vel', drive)).toMatchObject({ status: 200, json: { state: 'done' } });
    expect(await api.setStanding('/announcement', words)).toMatchObject({ status: 200, json: { state: 'done' } });
    await waitFor(async () => (await speedOf(api)) === 0.25, { timeoutMs: START_MS });
    await waitFor(() => api.latest('/announcement'), { timeoutMs: START_MS });
  }

  const speedOf = async (api: Api): Promise<number | undefined> => {
    const latest = await api.latest('/turtle1/pose');
    return latest === undefined ? undefined : poseSchema.parse(latest.message).linear_velocity;
  };

  /** The announcement is repeated from now on, and the turtle stands. */
  async function expectOnlyAnnouncement(api: Api, sinceNs: bigint): Promise<void> {
    const repeated = async (): Promise<boolean> =>
      BigInt((await api.latest('/announcement'))?.logTimeNs ?? 0) > sinceNs;
    await waitFor(repeated, { timeoutMs: START_MS });
    const pose = await waitFor(
      async () => {
        const latest = await api.latest('/turtle1/pose');
        return latest !== undefined && BigInt(latest.logTimeNs) > sinceNs && latest;
      },
      { timeoutMs: START_MS },
    );
    expect(poseSchema.parse(pose.message).linear_velocity).toBe(0);
    const active = async (): Promise<string | undefined> =>
      (await api.device())?.status.standing
        .filter(({ state }) => state === 'active')
        .map(({ topic }) => topic)
        .join();
    await waitFor(async () => (await active()) === '/announcement', { timeoutMs: START_MS });
  }

  it('after a restart of the server the robot does not move by itself; what does not move it goes on until its hold ends', async () => {
    const agent = await turtleAgent('orphan');
    const api = new Api(server.url, 'orphan');
    await setBoth(api);
    await server.kill();
    const ended = await agent.logged('a standing command ended');
    expect(ended).toMatchObject({ topic: '/turtle1/cmd_vel', reason: 'the line ended' });
    await server.launch();
    const launchedNs = BigInt(Date.now()) * 1_000_000n;
    await expectOnlyAnnouncement(api, launchedNs);
    const { speeds } = await driveReader('orphan');
    expect(speeds().filter((speed) => speed !== 0)).toEqual([]);
    // The server's memory of it went with the server; the robot's own hold is what bounds it.
    expect((await api.ask('/standing')).json).toEqual({ standing: [] });
  });

  it('after a restart of the agent the server sets only again what does not move the robot', async () => {
    const agent = await turtleAgent('phoenix');
    const api = new Api(server.url, 'phoenix');
    await setBoth(api);
    await agent.kill();
    await waitFor(async () => (await api.device())?.online === false, { timeoutMs: START_MS });
    expect((await api.ask('/standing')).json).toMatchObject({ standing: [{ topic: '/announcement' }] });
    await agent.launch();
    await expectOnlyAnnouncement(api, BigInt(Date.now()) * 1_000_000n);
  });
});

it(
  'a command that the link held back beyond its deadline is told as expired and never reaches ROS',
  { timeout: TEST_MS },
  async () => {
    const HELD_MS = 2_000;
    const proxy = await TcpProxy.start(server.port);
    onTestFinished(() => proxy.stop());
    const agent = await turtleAgent('far', proxy.url);
    const { speeds } = await driveReader('far');
    const api = new Api(server.url, 'far');
    const drive = { kind: 'publish', topic: '/turtle1/cmd_vel', token: await api.takeLease() };
    await proxy.set({ down: { held: true } });
    const heldMs = performance.now();
    const late = api.command({ ...drive, ...twist(0.75), deadlineMs: 1_500 });
    const inTime = api.command({ ...drive, ...twist(0.5), deadlineMs: 60_000 });
    await waitFor(() => performance.now() - heldMs >= HELD_MS, { timeoutMs: 2 * HELD_MS });
    await proxy.set({ down: { held: false } });
    expect(await late).toMatchObject({ code: 'COMMAND_EXPIRED', details: { command: { state: 'expired' } } });
    expect(await inTime).toMatchObject({ state: 'done' });
    await waitFor(() => speeds().length > 0, { timeoutMs: START_MS });
    expect(speeds()).toEqual([0.5]);
    expect(agent.log.filter(({ msg }) => msg === 'the line is open')).toHaveLength(1);
  },
);
