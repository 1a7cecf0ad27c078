import { expect, test } from 'vitest';
import type { Refusal } from './Refusals.ts';
import { LeaseServer, lostCode } from './leaseServer.fixture.ts';

const forward = { linear: { x: 0.5 } };

test('a lease is renewed three times within its hold while the process lives, under its token', async () => {
  const fake = new LeaseServer();
  const lease = await fake.take();
  expect([lease.token, lease.holdMs, lease.lost.aborted]).toEqual([7, 1_500, false]);
  expect(fake.asked('lease.take')[0]).toMatchObject({ token: 0, action: { holdMs: 1_500 } });
  await fake.clock.advance(3_000);
  const renewals = fake.asked('lease.renew');
  expect(renewals.map(({ token, deadlineMs }) => [token, deadlineMs])).toEqual(Array(6).fill([7, 1_500]));
  expect(lease.lost.aborted).toBe(false);
  const released = lease.release();
  await fake.clock.advance(3_000);
  await released;
  expect(fake.asked('lease.renew')).toHaveLength(6);
  expect(fake.asked('lease.release')).toMatchObject([{ token: 7 }]);
  await fake.fleet.close();
});

test('it is over when no renewal was confirmed for its hold, counted from when that was made', async () => {
  const fake = new LeaseServer();
  const lease = await fake.take({ holdMs: 900 });
  fake.renews = false;
  await fake.clock.advance(870);
  expect(lease.lost.aborted).toBe(false);
  await fake.clock.advance(20);
  expect(lostCode(lease)).toBe('LEASE_LOST');
  expect(() => lease.publish('/cmd_vel', forward)).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
  await fake.fleet.close();
});

test('a process that stood still for longer than the hold neither renews nor moves what it held', async () => {
  const fake = new LeaseServer();
  const lease = await fake.take();
  const asked = fake.server.requests.length;
  fake.clock.stall(60_000);
  expect(() => lease.publish('/cmd_vel', forward)).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
  await fake.clock.advance(1_000);
  expect(fake.server.requests.slice(asked).filter(({ header }) => header.token === 7)).toEqual([]);
  await fake.fleet.close();
});

test('motion is one stream of rising sequences under the token, aged from when it was made', async () => {
  const fake = new LeaseServer();
  const lease = await fake.take();
  for (let x = 0; x < 3; x++) lease.publish('/cmd_vel', { linear: { x } }, { type: 'geometry_msgs/Twist' });
  await fake.clock.advance(20);
  const frames = fake.asked('motion');
  expect(new Set(frames.map(({ id }) => id)).size).toBe(1);
  expect(frames.map(({ token, sequence }) => [token, sequence])).toEqual([
    [7, 0],
    [7, 1],
    [7, 2],
  ]);
  expect(frames[0]!.action).toEqual({
    kind: 'motion',
    topic: '/cmd_vel',
    type: 'geometry_msgs/Twist',
    encoding: 'json',
  });
  await fake.fleet.close();
});

test('what else is asked of the robot shares token and sequence', async () => {
  const fake = new LeaseServer();
  const lease = await fake.take();
  const done = [
    lease.robot.publishMessage({ topic: '/cmd_vel', message: forward }),
    lease.robot.setParameter('/max_speed', 1),
    lease.robot.callServiceJson('/brake', '{}'),
    lease.robot.setStanding({ topic: '/cmd_vel', message: forward, rateHz: 10, holdMs: 1_000 }),
    lease.robot.endStanding('/cmd_vel'),
    lease.releaseStop('/cmd_*'),
  ];
  lease.publish('/cmd_vel', forward);
  await fake.clock.advance(20);
  expect(await Promise.all(done)).toContainEqual({ motion: true, holdMs: 500 });
  const asked = fake.server.requests.slice(1).map(({ header }) => header);
  expect(asked.every(({ token }) => token === 7)).toBe(true);
  expect(asked.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  await fake.fleet.close();
});

test('refusals are told to callbacks and loops; those of motion do not end the lease', async () => {
  const fake = new LeaseServer();
  const lease = await fake.take();
  const told: Refusal[] = [];
  lease.refusals.listen((refusal) => told.push(refusal));
  const first = lease.refusals[Symbol.asyncIterator]().next();
  lease.publish('/cmd_vel', forward);
  await fake.clock.advance(20);
  fake.refuse('STOP_LATCHED');
  await fake.clock.advance(20);
  expect(told).toEqual([{ code: 'STOP_LATCHED', message: 'refused: STOP_LATCHED', robotMs: 5 }]);
  expect((await first).value).toEqual(told[0]);
  expect(lease.refusals.last?.code).toBe('STOP_LATCHED');
  expect(lease.lost.aborted).toBe(false);
  await fake.fleet.close();
  for await (const refusal of lease.refusals) expect(refusal).toBeUndefined();
});

test.each(['LEASE_LOST', 'LEASE_STALE'])('a frame refused as %s ends the lease', async (code) => {
  const fake = new LeaseServer();
  const lease = await fake.take();
  lease.publish('/cmd_vel', forward);
  await fake.clock.advance(20);
  fake.refuse(code);
  await fake.clock.advance(20);
  expect(lostCode(lease)).toBe('LEASE_LOST');
  await fake.fleet.close();
});

test('whoever takes it over is named to the loser', async () => {
  const fake = new LeaseServer();
  const lease = await fake.take();
  fake.tell({ token: 7, holder: 'tester' });
  await fake.clock.advance(20);
  expect(lease.lost.aborted).toBe(false);
  fake.tell({ token: 8, holder: 'eve' });
  await fake.clock.advance(20);
  expect(lease.lost.reason).toMatchObject({ code: 'LEASE_LOST', message: 'eve has taken the lease of r1 over.' });
  await fake.fleet.close();
});

test("a robot whose line ended has ended the lease; a server's refusal to renew too", async () => {
  const fake = new LeaseServer();
  const lease = await fake.take();
  fake.tell(undefined, false);
  await fake.clock.advance(20);
  expect(lostCode(lease)).toBe('DEVICE_OFFLINE');
  fake.tell(undefined);
  const other = await fake.take();
  fake.refuses.set('lease.renew', 'LEASE_LOST');
  await fake.clock.advance(600);
  expect(lostCode(other)).toBe('LEASE_LOST');
  await fake.fleet.close();
});

test('it survives a connection that is back within the hold, renewed at once; motion is not kept meanwhile', async () => {
  const fake = new LeaseServer();
  const lease = await fake.take({ holdMs: 5_000 });
  const told: string[] = [];
  lease.refusals.listen(({ code }) => told.push(code));
  fake.cut();
  await fake.clock.advance(1);
  lease.publish('/cmd_vel', forward);
  lease.publish('/cmd_vel', forward);
  expect([told, lease.replaced]).toEqual([['SERVER_UNREACHABLE'], 2]);
  await fake.clock.advance(2_000);
  expect(fake.asked('motion')).toEqual([]);
  expect(fake.asked('lease.renew').length).toBeGreaterThan(0);
  lease.publish('/cmd_vel', forward);
  await fake.clock.advance(20);
  fake.refuse('NO_SUBSCRIBER');
  await fake.clock.advance(20);
  expect([told.at(-1), lease.lost.aborted]).toEqual(['NO_SUBSCRIBER', false]);
  await fake.fleet.close();
});

test('release is idempotent, never rejects, and ends the lease here at once', async () => {
  const fake = new LeaseServer();
  {
    await using lease = await fake.take();
    fake.refuses.set('lease.release', 'DEVICE_OFFLINE');
    const released = lease.release();
    expect(lostCode(lease)).toBe('LEASE_RELEASED');
    await fake.clock.advance(20);
    await released;
  }
  expect(fake.asked('lease.release')).toHaveLength(1);
  await fake.fleet.close();
});

test('a lease that somebody holds is refused with the code; who it is stands in the device record', async () => {
  const fake = new LeaseServer();
  fake.refuses.set('lease.take', 'LEASE_HELD');
  const refused = fake.fleet.device('r1').takeLease();
  refused.catch(() => undefined);
  await fake.clock.advance(20);
  await expect(refused).rejects.toMatchObject({ code: 'LEASE_HELD' });
  const first = fake.fleet.device('r1').lease();
  await fake.clock.advance(20);
  expect(await first).toBeUndefined();
  fake.tell({ token: 9, holder: 'eve' });
  await fake.clock.advance(20);
  expect(await fake.fleet.device('r1').lease()).toEqual({ token: 9, holder: 'eve', sinceMs: 0 });
  fake.refuses.clear();
  await fake.take({ takeOver: true });
  expect(fake.asked('lease.take').at(-1)!.action).toMatchObject({ takeOver: true });
  await fake.fleet.close();
});

test.each([199, 60_001])('a hold of %d ms is refused before it could end the line', async (holdMs) => {
  const fake = new LeaseServer();
  await expect(fake.fleet.device('r1').takeLease({ holdMs })).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
  await fake.fleet.close();
});
