import { waitFor } from '@longline/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliRig } from './CliRig.fixture.ts';

const CMD_VEL = '/turtle1/cmd_vel';
let rig: CliRig;

beforeAll(async () => {
  rig = await CliRig.start();
});

afterAll(() => rig.stop());

test('what moves the robot needs the lease, and the refusal says how to take it', async () => {
  const { code, err } = await rig.run('topic', 'pub', 'turtle', CMD_VEL, '{linear: {x: 1}}');
  expect([code, err]).toEqual([1, expect.stringMatching(/^LEASE_NEEDED: .*Here: --lease takes it/)]);
});

test('topic pub --lease says who heard it, and lets the robot stop by itself', async () => {
  const { code, err, out } = await rig.run('topic', 'pub', 'turtle', CMD_VEL, '{angular: {z: 0.1}}', '--lease');
  expect([code, out, err]).toEqual([
    0,
    `published on ${CMD_VEL}: 1 subscriber; the robot stops by itself after 500 ms (-r goes on)\n`,
    '',
  ]);
  const json = await rig.run('topic', 'pub', 'turtle', CMD_VEL, '[0,0,0]', '[0,0,0]', '--json', '--lease');
  expect(JSON.parse(json.out)).toEqual({ device: 'turtle', topic: CMD_VEL, subscribers: 1 });
});

test('topic pub -r --lease streams motion until it is interrupted, and then the robot is told zeros', async () => {
  const echo = rig.begin('topic', 'echo', 'turtle', `${CMD_VEL}/angular/z`);
  const pub = rig.begin('topic', 'pub', 'turtle', CMD_VEL, '{angular: {z: 0.5}}', '-r', '20', '--lease', '--json');
  await waitFor(() => (echo.term.out.match(/0\.5/g)?.length ?? 0) > 5);
  expect((await rig.run('devices')).out).toMatch(/ moving +\S+ +turtlesim:\n$/);
  pub.term.interrupt();
  const { code, err, out } = await pub.done;
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toMatchObject({ topic: CMD_VEL, refused: [] });
  await waitFor(() => echo.term.out.endsWith('0.0\n---\n'));
  echo.term.interrupt();
  await echo.done;
});

test('a stream ends where its message will never be executed', async () => {
  const chatter = ['/chatter', 'std_msgs/String', '{data: hi}'];
  const noOutput = await rig.run('topic', 'pub', 'turtle', ...chatter, '-r', '20', '--lease');
  expect(noOutput).toMatchObject({ code: 1, err: expect.stringMatching(/^NOT_SUPPORTED: [^\n]*\n$/) as string });
  const typo = await rig.run('topic', 'pub', 'turtle', CMD_VEL, '{linar: {x: 1}}', '-r', '20', '--lease');
  expect(typo).toMatchObject({ code: 1, err: expect.stringMatching(/^MESSAGE_INVALID: [^\n]*\n$/) as string });
});

test('a standing command under the lease is held until it is interrupted, no longer than the output allows', async () => {
  const pub = rig.begin('topic', 'pub', 'turtle', CMD_VEL, '{angular: {z: 0.5}}', '--standing', '--lease', '--json');
  await waitFor(() => pub.term.out !== '');
  expect(JSON.parse(pub.term.out)).toMatchObject({ motion: true, holdMs: 500 });
  const echo = rig.begin('topic', 'echo', 'turtle', `${CMD_VEL}/angular/z`);
  await waitFor(() => (echo.term.out.match(/0\.5/g)?.length ?? 0) > 10);
  pub.term.interrupt();
  expect(await pub.done).toMatchObject({ code: 0, err: '' });
  await waitFor(() => echo.term.out.endsWith('0.0\n---\n'));
  echo.term.interrupt();
  await echo.done;
});

test('a lease is shown, held, refused to others, and taken over', async () => {
  expect((await rig.run('lease', 'turtle')).out).toMatch(/^Nobody holds the lease of turtle\. Take it: /);
  const held = rig.begin('lease', 'turtle', '--take', '--json');
  await waitFor(() => held.term.out !== '');
  const { token } = JSON.parse(held.term.out) as { token: number };
  expect(JSON.parse((await rig.run('lease', 'turtle', '--json')).out)).toMatchObject({ lease: { token } });
  expect((await rig.run('devices')).out).toMatch(/HOLDER/);
  const refused = await rig.run('drive', 'turtle');
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/^LEASE_HELD: .*--take-over\.\n$/) as string });
  const other = rig.begin('lease', 'turtle', '--take-over');
  expect(await held.done).toMatchObject({ code: 1, err: expect.stringMatching(/"code":"LEASE_LOST"/) as string });
  await waitFor(() => other.term.out.includes('is yours'));
  other.term.interrupt();
  expect(await other.done).toMatchObject({ code: 0, err: '' });
});

test('a stop stands until it is released, and is shown', async () => {
  const stopped = await rig.run('stop', 'turtle');
  expect([stopped.code, stopped.out]).toEqual([
    0,
    expect.stringMatching(/^turtle: STOPPED\. ROS took the stop of .*\/turtle1\/cmd_vel/),
  ]);
  expect(stopped.err).toBe('Until it is released: longline stop --release turtle\n');
  await waitFor(async () => (await rig.run('devices')).out.includes('STOPPED'));
  expect((await rig.run('lease', 'turtle')).out).toMatch(/\nSTOPPED by /);
  const moved = await rig.run('topic', 'pub', 'turtle', CMD_VEL, '{linear: {x: 1}}', '--lease');
  expect(moved).toMatchObject({ code: 1, err: expect.stringMatching(/^STOP_LATCHED: /) as string });
  const released = await rig.run('stop', '--release', 'turtle');
  expect(released).toEqual({ code: 0, out: 'turtle: released; whoever has its lease may move it.\n', err: '' });
  await waitFor(async () => !(await rig.run('devices')).out.includes('STOPPED'));
});

test('stop without a name stops every robot; one that nobody knows is not stopped', async () => {
  expect(JSON.parse((await rig.run('stop', '--json')).out)).toMatchObject([{ device: 'turtle', waits: false }]);
  await rig.run('stop', '--release', 'turtle');
  expect(await rig.run('stop', 'tutle')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^tutle: NOT CONFIRMED\. /) as string,
    err: expect.stringMatching(/^tutle has never connected .*Did you mean turtle\?\nSTOP_INCOMPLETE/) as string,
  });
  expect(await rig.run('stop', 'x-*')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^STOP_INCOMPLETE/) as string,
  });
  expect(await rig.run('stop', '--release')).toMatchObject({ code: 2 });
});

test('drive moves the turtle while a key is held, space stops it, r releases, q ends', async () => {
  const drive = rig.begin('drive', 'turtle');
  await waitFor(() => drive.term.isRead && drive.term.out.includes('lease    yours'));
  const echo = rig.begin('topic', 'echo', 'turtle', `${CMD_VEL}/linear/x`);
  drive.term.type('w');
  await waitFor(() => echo.term.out.includes('0.5'));
  drive.term.type(' ');
  await waitFor(() => drive.term.out.includes('turtle  STOPPED'));
  expect(echo.term.out).toMatch(/0\.0\n---\n$/);
  drive.term.type('r');
  await waitFor(() => /turtle {2}ready[^]*$/.test(drive.term.out.slice(drive.term.out.lastIndexOf('turtle  '))));
  drive.term.type('q');
  expect(await drive.done).toMatchObject({ code: 0, err: '' });
  expect(drive.term.out).toMatch(/told to stand still, and its lease is given back\.\n$/);
  echo.term.interrupt();
  await echo.done;
  const { err } = await rig.run('drive', 'turtle', '/turtle1/pose');
  expect(err).toMatch(/^TYPE_MISMATCH: /);
});
