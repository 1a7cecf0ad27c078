import { startAgent } from '@longline/agent';
import type { Agent } from '@longline/agent';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { waitFor } from '@longline/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './runCli.ts';
import { TestTerminal } from './TestTerminal.fixture.ts';

let server: Server;
let agent: Agent;
const log = pino({ level: 'silent' });

const terminal = (): TestTerminal => new TestTerminal({ LONGLINE_SERVER: server.url });

async function longline(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, err, out } = await start(...args).done;
  return { code, err, out };
}

function start(...args: string[]): { term: TestTerminal; done: Promise<{ code: number; out: string; err: string }> } {
  const term = terminal();
  return { term, done: runCli(args, term).then((code) => ({ code, out: term.out, err: term.err })) };
}

beforeAll(async () => {
  server = await startServer({ port: 0, log });
  agent = await startAgent({
    device: 'turtle',
    server: server.url,
    robot: 'turtlesim:',
    allow: { publish: ['/turtle1/cmd_vel', '/chatter'], call: ['/spawn'], setParameters: ['/turtlesim/**'] },
  });
  await waitFor(async () => (await longline('topic', 'list', 'turtle', '--json')).out.includes('"sent":true'));
});

afterAll(async () => {
  await agent.stop();
  await server.stop();
});

describe('reading', () => {
  test('devices are a table for people and JSON for programs', async () => {
    const table = await longline('devices');
    expect(table.out).toMatch(
      /^DEVICE {2}PRESENCE .*\nturtle {2}online {4}\S+ {2}connected {2}[\d.]+ m?s +[\d.]+ K?B\/s {2}1 +(-|still) +- +turtlesim:\n$/,
    );
    const json: unknown = JSON.parse((await longline('devices', '--json')).out);
    expect(json).toEqual([expect.objectContaining({ device: 'turtle', online: true })]);
  });

  test('topic list, with and without types', async () => {
    const plain = await longline('topic', 'list', 'turtle');
    expect(plain.out.split('\n')).toEqual(expect.arrayContaining(['/turtle1/cmd_vel', '/turtle1/pose']));
    const verbose = await longline('topic', 'list', '-v', 'turtle');
    expect(verbose.out).toContain('\nPublished topics:\n');
    expect(verbose.out).toContain(' * /turtle1/pose [turtlesim/Pose] 1 publisher\n');
  });

  test('topic info has type, publishers and subscribers', async () => {
    const { out } = await longline('topic', 'info', 'turtle', '/turtle1/pose');
    expect(out).toMatch(/^Type: turtlesim\/Pose\n\nPublishers: \n \* \/turtlesim\n\nSubscribers: /);
  });

  test('topic echo prints YAML documents, a field, or JSON', async () => {
    const two = await longline('topic', 'echo', 'turtle', '/turtle1/pose', '-n', '2');
    expect(two.out).toMatch(
      /^(x: [\d.]+\ny: [\d.]+\ntheta: [-\d.e]+\nlinear_velocity: [-\d.]+\nangular_velocity: [-\d.]+\n---\n){2}$/,
    );
    expect((await longline('topic', 'echo', 'turtle', '/turtle1/pose/x', '-n', '1')).out).toMatch(/^[\d.]+\n---\n$/);
    const json: unknown = JSON.parse(
      (await longline('topic', 'echo', 'turtle', 'turtle1/pose', '-n', '1', '--json')).out,
    );
    expect(json).toMatchObject({
      device: 'turtle',
      topic: '/turtle1/pose',
      type: 'turtlesim/Pose',
      logTimeNs: expect.stringMatching(/^\d{19}$/) as string,
      message: { linear_velocity: expect.any(Number) as number },
    });
    const field = await longline('topic', 'echo', 'turtle', '/turtle1/pose/x', '-n', '1', '--json');
    expect(JSON.parse(field.out)).toMatchObject({ topic: '/turtle1/pose', message: expect.any(Number) as number });
    const none = await longline('topic', 'echo', 'turtle', '/turtle1/pose', '--field', 'z', '-n', '1', '--json');
    expect(JSON.parse(none.err)).toMatchObject({ code: 'FIELD_UNKNOWN' });
  });

  test('hz and bw report every second and end cleanly when interrupted', async () => {
    const hz = start('topic', 'hz', 'turtle', '/turtle1/pose');
    const bw = start('topic', 'bw', 'turtle', '/turtle1/pose');
    await waitFor(() => hz.term.out.includes('std dev') && bw.term.out.includes('mean'));
    hz.term.interrupt();
    bw.term.interrupt();
    expect((await hz.done).out).toMatch(
      /^subscribed to \[\/turtle1\/pose\]\n(no new messages\n)*average rate: [\d.]+\n\tmin: \d+\.\d{3}s max: \d+\.\d{3}s std dev: \d+\.\d{5}s window: \d+\n/,
    );
    expect((await bw.done).out).toMatch(/average: [\d.]+K?B\/s\n\tmean: [\d.]+K?B min: /);
    expect([(await hz.done).code, (await bw.done).code, (await hz.done).err]).toEqual([0, 0, '']);
  });
});

describe('the line of a robot', () => {
  test('is shown once, as JSON, and every second until it is interrupted', async () => {
    const once = await longline('line', 'turtle', '--once');
    expect(once.code).toBe(0);
    expect(once.out).toMatch(
      /^turtle {2}ONLINE for [^\n]+\n(GOOD|UNKNOWN): .*\n\nround trip {3}[\d.]+ m?s\nrobot clock/,
    );
    const json: unknown = JSON.parse((await longline('line', 'turtle', '--once', '--json')).out);
    expect(json).toMatchObject({ device: 'turtle', online: true, sockets: 1, up: { lanes: { telemetry: {} } } });
    const live = start('line', 'turtle', '--json');
    await waitFor(() => live.term.out.split('\n').length > 2);
    live.term.interrupt();
    expect(await live.done).toMatchObject({ code: 0, err: '' });
  });

  test('is drawn in place on a terminal, cut to its size', async () => {
    const term = terminal();
    Object.assign(term, { isTty: true, columns: 30, rows: 10 });
    const done = runCli(['line', 'turtle'], term);
    await waitFor(() => term.out.includes('\x1b[9A\rturtle  ONLINE'));
    term.interrupt();
    expect([await done, term.err]).toEqual([0, '']);
    const picture = term.out.slice(0, term.out.indexOf('\x1b[J')).split('\x1b[K\n');
    expect(picture.length).toBe(10);
    expect(Math.max(...picture.map((text) => text.length))).toBeLessThan(31);
  });

  test('that ended is shown as it was, and called stale', async () => {
    const gone = await startAgent({ device: 'gone', server: server.url, robot: 'turtlesim:' });
    await waitFor(() => server.fleet.device('gone').online);
    await gone.stop();
    await waitFor(() => !server.fleet.device('gone').online);
    const { out } = await longline('line', 'gone', '--once');
    expect(out).toMatch(/^gone {2}OFFLINE for .*\nSTALE: the line ended/);
    expect((await longline('devices')).out).toMatch(/\ngone .* - +- +- +turtlesim:\n/);
  });
});

describe('writing', () => {
  test('topic pub is refused with the reason when the robot does not allow it, or the message is not of its type', async () => {
    const forbidden = await longline('topic', 'pub', 'turtle', '/turtle1/pose', '{x: 1}');
    expect([forbidden.code, forbidden.err]).toEqual([1, expect.stringMatching(/^NOT_ALLOWED: .*allow/)]);
    const typo = await longline('topic', 'pub', 'turtle', '/turtle1/cmd_vel', '{linar: {x: 1}}', '--lease');
    expect([typo.code, typo.err]).toEqual([1, expect.stringMatching(/^MESSAGE_INVALID: .*linar.*linear, angular/)]);
  });

  test('topic pub of what moves nothing needs no lease, once and at a rate', async () => {
    const chatter = ['/chatter', 'std_msgs/String', '{data: hi}'];
    const once = await longline('topic', 'pub', 'turtle', ...chatter, '--json');
    expect(JSON.parse(once.out)).toEqual({ device: 'turtle', topic: '/chatter', subscribers: 0 });
    expect(once.err).toMatch(/^published on \/chatter, but nobody on turtle subscribes/);
    const pub = start('topic', 'pub', 'turtle', ...chatter, '-r', '20', '--json');
    const echo = await longline('topic', 'echo', 'turtle', '/chatter', '-n', '3');
    pub.term.interrupt();
    expect(echo.out.match(/---/g)).toHaveLength(3);
    expect(await pub.done).toMatchObject({ code: 0 });
    expect(JSON.parse((await pub.done).out)).toMatchObject({ topic: '/chatter' });
  });

  test('services are called and answered in YAML', async () => {
    const named = await longline('service', 'call', 'turtle', '/spawn', '{x: 2, y: 3, theta: 0, name: bob}');
    expect([named.code, named.out, named.err]).toEqual([0, 'name: "bob"\n', '']);
    const positional = await longline('service', 'call', 'turtle', '/spawn', '4', '4', '0', 'eve', '--json');
    expect(JSON.parse(positional.out)).toEqual({ name: 'eve' });
    expect((await longline('service', 'list', 'turtle')).out.split('\n')).toContain('/spawn');
    expect((await longline('service', 'call', 'turtle', '/reset')).err).toMatch(/^NOT_ALLOWED: /);
  });

  test('parameters are listed, set and read', async () => {
    expect((await longline('param', 'set', 'turtle', '/turtlesim/background_r', '12')).code).toBe(0);
    expect((await longline('param', 'get', 'turtle', '/turtlesim/background_r')).out).toBe('12\n');
    expect((await longline('param', 'list', 'turtle')).out.split('\n')).toContain('/turtlesim/background_r');
    expect((await longline('param', 'delete', 'turtle', '/turtlesim/background_r')).code).toBe(0);
    expect((await longline('param', 'list', 'turtle')).out.split('\n')).not.toContain('/turtlesim/background_r');
  });
});

describe('refusals name what to do', () => {
  test.each([
    [['line', 'tutle'], 1, /^DEVICE_UNKNOWN: .*Did you mean turtle\?\n$/],
    [['topic', 'echo', 'tutle', '/x'], 1, /^DEVICE_UNKNOWN: .*Did you mean turtle\?\n$/],
    [['topic', 'echo', 'turtle', '/turtle1/pos'], 1, /^TOPIC_UNKNOWN: .*Did you mean \/turtle1\/pose\?\n$/],
    [['topic', 'info', 'turtle', '/pose'], 1, /^TOPIC_UNKNOWN: .*Did you mean .*\/turtle1\/pose/],
    [
      ['topic', 'pub', 'turtle', '/cmd_vel', '{}'],
      1,
      /^TOPIC_UNKNOWN: .*Did you mean .*\/turtle1\/cmd_vel\? To make a new one give its TYPE/,
    ],
    [['topic', 'echo', 'turtle', '/turtle1/pose/z', '-n', '1'], 1, /^FIELD_UNKNOWN: .*the fields are x, y, theta/],
    [['service', 'call', 'turtle', '/spwn'], 1, /^SERVICE_UNKNOWN: .*Did you mean \/spawn\?\n$/],
    [['param', 'get', 'turtle', '/turtlesim/background'], 1, /^PARAMETER_UNKNOWN: .*Did you mean/],
    [['devices', '--server', 'http://127.0.0.1:1'], 1, /^SERVER_UNREACHABLE: .*longline server/],
    [['devices', '--server', 'nonsense'], 1, /^SERVER_URL_INVALID: /],
    [['topic', 'pub', 'turtle', '/turtle1/cmd_vel', '{x'], 2, /^ARGUMENT_INVALID: .*not valid YAML/],
    [['topic', 'echo', 'turtle'], 2, /missing required argument 'topic'/],
    [['topic', 'echo', 'turtle', '/x', '-n', '0'], 2, /Write a whole number/],
    [['demo', '--for', '5 parsecs'], 2, /is not a duration/],
    [['nonsense'], 2, /unknown command/],
  ])('%s', async (args, code, err) => {
    const result = await longline(...args);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toMatch(err);
  });
});

test('help and version are no failures', async () => {
  expect(await longline('--version')).toMatchObject({ code: 0, out: '0.1.0\n' });
  expect(await longline('topic', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('echo') as string });
});

test('with --json refusals are JSON too, one line on standard error', async () => {
  const refusals: [string[], number, object][] = [
    [['topic', 'echo', 'tutle', '/x', '--json'], 1, { code: 'DEVICE_UNKNOWN', details: { device: 'tutle' } }],
    [['topic', 'echo', '--json'], 2, { code: 'ARGUMENT_INVALID', message: "missing required argument 'device'" }],
    [['topic', 'pub', 'turtle', '/turtle1/cmd_vel', '{x', '--json'], 2, { code: 'ARGUMENT_INVALID' }],
  ];
  for (const [args, code, error] of refusals) {
    const result = await longline(...args);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(JSON.parse(result.err)).toMatchObject(error);
  }
});

test('of a robot that its agent does not reach, the topics and the reason are told', async () => {
  const lost = await startAgent({ device: 'lost', server: server.url, robot: 'ros1://127.0.0.1:1' });
  try {
    await waitFor(async () => (await longline('devices')).out.includes('lost'));
    await waitFor(async () => (await longline('topic', 'list', 'lost')).err.includes('ECONNREFUSED'));
    const list = await longline('topic', 'list', 'lost');
    expect(list.err).toMatch(/^lost is online, but its ROS is not reached \(ROS_UNREACHABLE: .*Is roscore running/);
    expect(list.err).toMatch(/the server keeps no topics of it\.\n$/);
    const echo = await longline('topic', 'echo', 'lost', '/x');
    expect(echo).toMatchObject({ code: 1, err: expect.stringContaining('its ROS is not reached') as string });
  } finally {
    await lost.stop();
  }
});

test('who follows a topic is told when the robot goes and when it is back', async () => {
  const config = { device: 'restless', server: server.url, robot: 'turtlesim:' };
  let robot = await startAgent(config);
  await waitFor(async () => (await longline('topic', 'list', 'restless', '--json')).out.includes('"sent":true'));
  const hz = start('topic', 'hz', 'restless', '/turtle1/pose');
  await waitFor(() => hz.term.out.includes('average rate'));
  await robot.stop();
  await waitFor(() => hz.term.err !== '');
  robot = await startAgent(config);
  await waitFor(() => hz.term.err.includes('restless is back.\n'));
  hz.term.interrupt();
  expect((await hz.done).err).toMatch(/^restless: DEVICE_OFFLINE: .*; waiting for it\.\n(.*\n)?restless is back\.\n$/);
  await robot.stop();
});

test('a log level that does not exist is refused with those that do', async () => {
  const term = new TestTerminal({ LONGLINE_LOG_LEVEL: 'loud' });
  expect(await runCli(['server', '--port', '0'], term)).toBe(2);
  expect(term.err).toMatch(/^ARGUMENT_INVALID: LONGLINE_LOG_LEVEL is "loud"; write one of trace, debug, info/);
});

test('every command of the first page has help, and those with YAML have examples', async () => {
  const commands = ['demo', 'server', 'agent', 'line', 'topic echo', 'topic pub', 'service call', 'param set'];
  for (const command of [...commands, 'stop', 'lease', 'drive', 'command ls', 'audit']) {
    const { code, out } = await longline(...command.split(' '), '--help');
    expect([code, out]).toEqual([0, expect.stringContaining(`Examples:\n  longline ${command}`)]);
  }
});
