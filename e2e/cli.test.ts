import { waitFor } from '@longline/testing';
import type { PeerProcess } from '@longline/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Api } from './Api.ts';
import { interrupt, runLongline, START_MS, startLongline } from './longline.ts';
import type { Ended } from './longline.ts';
import { LonglineAgent } from './LonglineAgent.ts';
import { LonglineServer } from './LonglineServer.ts';

const TEST_MS = 60_000;

let server: LonglineServer;
let agent: LonglineAgent;

const longline = (...args: string[]): Promise<Ended> => runLongline(server.url, args);
/** What the running test started: it ends with the test, so that a failed one holds no lease in the next. */
const started: PeerProcess[] = [];

function start(...args: string[]): PeerProcess {
  const peer = startLongline(args, { LONGLINE_SERVER: server.url });
  started.push(peer);
  return peer;
}

/** Runs the command for people and for programs; resolves to the text and the parsed JSON. */
async function both(...args: string[]): Promise<{ readonly text: string; readonly json: unknown }> {
  const [text, json] = await Promise.all([longline(...args), longline(...args, '--json')]);
  expect([text.code, text.err, json.code, json.err]).toEqual([0, '', 0, '']);
  return { text: text.out, json: JSON.parse(json.out) };
}

beforeAll(async () => {
  server = await LonglineServer.start();
  agent = await LonglineAgent.start({
    device: 'turtle',
    server: server.url,
    robot: 'turtlesim:',
    allow: { publish: ['/turtle1/cmd_vel'], call: ['/spawn'], setParameters: ['/turtlesim/*'] },
  });
  await waitFor(() => new Api(server.url, 'turtle').latest('/turtle1/pose'), { timeoutMs: START_MS });
}, 3 * START_MS);

afterAll(async () => {
  await agent.stop();
  await server.stop();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((peer) => peer.stop()));
});

describe('reading', { timeout: TEST_MS }, () => {
  it('devices', async () => {
    const { text, json } = await both('devices');
    expect(text).toMatch(
      /^DEVICE {2}PRESENCE .* SOCKETS {2}MOTION {2}HOLDER {2}ROBOT\nturtle {2}online .* connected .* turtlesim:\n$/,
    );
    expect(json).toEqual([expect.objectContaining({ device: 'turtle', online: true, robot: 'turtlesim:' })]);
  });

  it('topic list and info', async () => {
    const [list, info] = await Promise.all([
      both('topic', 'list', 'turtle'),
      both('topic', 'info', 'turtle', '/turtle1/pose'),
    ]);
    expect(list.text.split('\n')).toEqual(expect.arrayContaining(['/turtle1/cmd_vel', '/turtle1/pose']));
    expect(list.json).toContainEqual(
      expect.objectContaining({ name: '/turtle1/pose', type: 'turtlesim/Pose', sent: true }),
    );
    expect(info.text).toMatch(/^Type: turtlesim\/Pose\n\nPublishers: \n \* \/turtlesim\n/);
    expect(info.json).toMatchObject({ name: '/turtle1/pose', publishers: ['/turtlesim'] });
  });

  it('topic echo', async () => {
    const { text, json } = await both('topic', 'echo', 'turtle', '/turtle1/pose', '-n', '1');
    expect(text).toMatch(/^x: [\d.]+\ny: [\d.]+\ntheta: .+\nlinear_velocity: .+\nangular_velocity: .+\n---\n$/);
    expect(json).toMatchObject({ device: 'turtle', topic: '/turtle1/pose', message: { linear_velocity: 0 } });
  });

  it('topic hz and bw', async () => {
    const name = '/turtle1/pose';
    const [hz, hzJson, bw, bwJson] = await Promise.all([
      longline('topic', 'hz', 'turtle', name, '-n', '2'),
      longline('topic', 'hz', 'turtle', name, '-n', '2', '--json'),
      longline('topic', 'bw', 'turtle', name, '-n', '2'),
      longline('topic', 'bw', 'turtle', name, '-n', '2', '--json'),
    ]);
    expect(hz.out).toMatch(/average rate: [\d.]+\n\tmin: [\d.]+s max: [\d.]+s std dev: [\d.]+s window: \d+\n/);
    expect(bw.out).toMatch(/average: [\d.]+K?B\/s\n\tmean: [\d.]+K?B min: /);
    const last = z.looseObject({ topic: z.literal(name) });
    const rate = last.extend({ rateHz: z.number() }).parse(JSON.parse(hzJson.out.trim().split('\n').at(-1) ?? ''));
    expect(rate.rateHz).toBeGreaterThan(40);
    expect(rate.rateHz).toBeLessThan(90);
    expect(last.parse(JSON.parse(bwJson.out.trim().split('\n').at(-1) ?? ''))).toMatchObject({ meanBytes: 20 });
  });
});

describe('writing', { timeout: TEST_MS }, () => {
  it('topic pub, once and until Ctrl-C', async () => {
    // One after the other: a lease has one holder.
    const drive = ['topic', 'pub', 'turtle', '/turtle1/cmd_vel', '{angular: {z: 0.25}}', '--lease'];
    expect((await longline(...drive)).out).toBe(
      'published on /turtle1/cmd_vel: 1 subscriber; the robot stops by itself after 500 ms (-r goes on)\n',
    );
    expect(JSON.parse((await longline(...drive, '--json')).out)).toMatchObject({
      device: 'turtle',
      topic: '/turtle1/cmd_vel',
      subscribers: 1,
    });
    const pub = start(
      'topic',
      'pub',
      'turtle',
      '/turtle1/cmd_vel',
      '{angular: {z: 0.5}}',
      '-r',
      '10',
      '--lease',
      '--json',
    );
    // The stop after the commands before may still be repeated: how many messages come first is not said.
    const echo = start('topic', 'echo', 'turtle', '/turtle1/cmd_vel/angular/z');
    await echo.waitFor((peer) => peer.stdout.includes('0.5\n---\n0.5\n---\n'), TEST_MS);
    const ended = await interrupt(pub);
    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(z.looseObject({ published: z.number() }).parse(JSON.parse(ended.out)).published).toBeGreaterThan(1);
  });

  it('topic pub --standing goes on until Ctrl-C, and then the robot is told to stop', async () => {
    const echo = start('topic', 'echo', 'turtle', '/turtle1/cmd_vel/angular/z');
    const pub = start(
      'topic',
      'pub',
      'turtle',
      '/turtle1/cmd_vel',
      '{angular: {z: 0.75}}',
      '--standing',
      '--lease',
      '--json',
    );
    await pub.waitFor((peer) => peer.lines.length > 0);
    expect(JSON.parse(pub.stdout)).toMatchObject({ topic: '/turtle1/cmd_vel', motion: true });
    await echo.waitFor((peer) => peer.stdout.includes('0.75'), TEST_MS);
    expect(await interrupt(pub)).toMatchObject({ code: 0, err: '' });
    await echo.waitFor((peer) => peer.stdout.endsWith('0.0\n---\n'));
    expect(await interrupt(echo)).toMatchObject({ code: 0, err: '' });
  });

  it('service list and call', async () => {
    const list = await both('service', 'list', 'turtle');
    expect(list.text.split('\n')).toContain('/spawn');
    expect(list.json).toContainEqual(expect.objectContaining({ name: '/spawn' }));
    const call = await longline('service', 'call', 'turtle', '/spawn', '{x: 2, y: 3, theta: 0, name: bob}');
    expect([call.code, call.out]).toEqual([0, 'name: "bob"\n']);
    const json = await longline('service', 'call', 'turtle', '/spawn', '4', '4', '0', 'eve', '--json');
    expect(JSON.parse(json.out)).toEqual({ name: 'eve' });
  });

  it('param list, set and get', async () => {
    const list = await both('param', 'list', 'turtle');
    expect(list.text.split('\n')).toContain('/turtlesim/background_r');
    expect(list.json).toContain('/turtlesim/background_r');
    expect(await longline('param', 'set', 'turtle', '/turtlesim/background_r', '12')).toMatchObject({
      code: 0,
      out: '',
    });
    expect(await both('param', 'get', 'turtle', '/turtlesim/background_r')).toEqual({ text: '12\n', json: 12 });
    const set = await longline('param', 'set', 'turtle', '/turtlesim/background_r', '13', '--json');
    expect(JSON.parse(set.out)).toEqual({ device: 'turtle', name: '/turtlesim/background_r', value: 13 });
  });
});

describe('refusals say what to do, and end with code 1', { timeout: TEST_MS }, () => {
  it.each([
    ['an unknown device', ['topic', 'echo', 'turtel', '/turtle1/pose'], /^DEVICE_UNKNOWN: .*Did you mean turtle\?/],
    ['no server', ['devices', '--server', 'http://127.0.0.1:1'], /^SERVER_UNREACHABLE: No Longline server answers at/],
    ['a topic not allowed', ['topic', 'pub', 'turtle', '/turtle1/pose', '{}'], /^NOT_ALLOWED: /],
    ['a service not allowed', ['service', 'call', 'turtle', '/reset'], /^NOT_ALLOWED: /],
    ['a parameter not allowed', ['param', 'set', 'turtle', '/other', '1'], /^NOT_ALLOWED: /],
    ['motion without a lease', ['topic', 'pub', 'turtle', '/turtle1/cmd_vel', '{}'], /^LEASE_NEEDED: .*--lease/],
    [
      'an unknown field',
      ['topic', 'pub', 'turtle', '/turtle1/cmd_vel', '{linar: {}}', '--lease'],
      /^MESSAGE_INVALID: .*linar/,
    ],
  ])('%s', async (_what, args, err) => {
    const ended = await longline(...args);
    expect([ended.code, ended.out]).toEqual([1, '']);
    expect(ended.err).toMatch(err);
  });
});

it('the demo drives a circle of radius 1, read from the API, and says so', { timeout: TEST_MS }, async () => {
  const ended = await longline('demo', '--for', '8s', '--json', '--port', '0');
  expect(ended.code, ended.err).toBe(0);
  const { circle, messages } = z
    .looseObject({ messages: z.number(), circle: z.object({ radius: z.number(), maxError: z.number() }) })
    .parse(JSON.parse(ended.out.trim().split('\n').at(-1) ?? ''));
  expect(Math.abs(circle.radius - 1)).toBeLessThan(0.02);
  expect(circle.maxError).toBeLessThan(0.05);
  expect(messages).toBeGreaterThan(300);
});
