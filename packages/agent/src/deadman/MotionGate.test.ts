import { codecFor, RosError } from '@longline/ros';
import { expect, test } from 'vitest';
import type { DeadmanRecord } from './DeadmanMemory.ts';
import { forward, GateWorld, twist } from './GateWorld.fixture.ts';

const lock = { data: new Uint8Array([1]) };
const unlock = { data: new Uint8Array([0]) };

test('a fresh order under the lease reaches ROS, and answers who heard it', async () => {
  const world = await new GateWorld().leased();
  expect(await world.gate.execute(world.order())).toMatchObject({ subscribers: 1 });
  expect(world.speeds).toEqual([1]);
  expect(world.gate.status).toMatchObject({ leased: true, token: 1, outputs: [{ name: '/cmd_vel', state: 'moving' }] });
});

test('nothing moves without a lease, under an older one, or after it', async () => {
  const world = new GateWorld();
  await world.gate.start();
  expect(await world.send({ token: 0 })).toBe('LEASE_NEEDED');
  expect(await world.send({ token: 1 })).toBe('LEASE_LOST');
  await world.lease(5, 1_000);
  expect(await world.send({ token: 4 })).toBe('LEASE_STALE');
  expect(await world.send({ token: 6 })).toBe('LEASE_LOST');
  await world.clock.advance(1_000);
  expect(await world.send({ token: 5 })).toBe('LEASE_LOST');
  await expect(world.lease(5)).rejects.toMatchObject({ code: 'LEASE_STALE' });
  expect(world.speeds).toEqual([]);
});

test('an order is executed once, in order, and not at the age of its deadline or the timeout', async () => {
  const world = await new GateWorld().leased();
  const nowMs = world.clock.monotonicMs();
  expect(await world.send({ sequence: 5 })).toBe('done');
  expect(await world.send({ sequence: 5 })).toBe('COMMAND_OUT_OF_ORDER');
  expect(await world.send({ sequence: 4, repeat: true })).toBe('COMMAND_OUT_OF_ORDER');
  expect(await world.send({ sequence: 5, repeat: true })).toBe('done');
  expect(await world.send({ sequence: 6, bornMs: nowMs - 500 })).toBe('COMMAND_EXPIRED');
  expect(await world.send({ sequence: 6, bornMs: nowMs - 100, deadlineMs: 100 })).toBe('COMMAND_EXPIRED');
  expect(await world.send({ sequence: 6, bornMs: Number.NaN })).toBe('COMMAND_EXPIRED');
  expect(await world.send({ sequence: 6, bornMs: nowMs - 499 })).toBe('done');
  expect(world.gate.status.outputs[0]).toMatchObject({ refused: 5, lastRefusal: 'COMMAND_EXPIRED' });
});

test('without a fresh order the output stops when the last one was made a timeout ago, and the stop is repeated for a second', async () => {
  const world = await new GateWorld().leased();
  await world.send({ bornMs: world.clock.monotonicMs() - 200 });
  world.forget();
  await world.clock.advance(299);
  expect(world.speeds).toEqual([]);
  await world.clock.advance(1);
  expect(world.speeds).toEqual([0]);
  expect(world.state).toBe('stopping');
  await world.clock.advance(3_000);
  expect(world.speeds.length).toBe(21);
  expect(world.on('/cmd_vel').at(-1)!.atMs - world.on('/cmd_vel')[0]!.atMs).toBe(1_000);
  expect(world.state).toBe('still');
});

test('an order that claims to be of the future keeps nothing moving for longer', async () => {
  const world = await new GateWorld().leased();
  await world.send({ bornMs: world.clock.monotonicMs() + 100_000 });
  await world.clock.advance(500);
  expect(world.state).toBe('stopping');
});

test('the stream goes on after a gap, and nothing of the stop comes between', async () => {
  const world = await new GateWorld().leased();
  await world.send();
  await world.clock.advance(510);
  world.forget();
  expect(await world.send()).toBe('done');
  await world.clock.advance(400);
  expect(world.speeds).toEqual([1]);
});

test('zeros make it stand still: no stop follows, and it is not armed on disk for long', async () => {
  const world = await new GateWorld().leased();
  await world.send();
  expect(await world.memory.load()).toMatchObject({ outputs: [{ name: '/cmd_vel', armed: true }] });
  await world.send({ data: forward(0) });
  expect(world.state).toBe('still');
  await world.clock.advance(2_000);
  expect(world.speeds).toEqual([1, 0]);
  expect(await world.memory.load()).toMatchObject({ outputs: [] });
});

test.each([
  [
    'its holder releases it',
    (world: GateWorld) => {
      world.gate.endLease(1);
    },
  ],
  [
    'the line ends',
    (world: GateWorld) => {
      world.gate.handleLineClosed();
    },
  ],
  ['a higher token comes', (world: GateWorld) => world.lease(2)],
  ['it runs out', (world: GateWorld) => world.clock.advance(400)],
] as readonly [string, (world: GateWorld) => unknown][])(
  'a lease is over and what moved under it stops at once when %s',
  async (_when, end) => {
    const world = new GateWorld();
    await world.gate.start();
    await world.lease(1, 400);
    await world.send();
    world.forget();
    await end(world);
    expect(world.speeds[0]).toBe(0);
    expect(['LEASE_LOST', 'LEASE_STALE']).toContain(await world.send());
    expect(world.speeds.every((speed) => speed === 0)).toBe(true);
  },
);

test('a renewal makes the lease longer, never shorter', async () => {
  const world = new GateWorld();
  await world.gate.start();
  await world.lease(1, 1_000);
  const nowMs = world.clock.monotonicMs();
  world.gate.renewLease(1, nowMs + 2_000);
  world.gate.renewLease(1, nowMs + 500);
  await world.clock.advance(1_900);
  expect(await world.send()).toBe('done');
  await world.clock.advance(100);
  expect(world.gate.status.leased).toBe(false);
  expect(() => world.gate.renewLease(1, nowMs + 9_000)).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
});

test('a stop needs no lease, latches, is repeated all the time, and only a lease holder releases it', async () => {
  const world = new GateWorld();
  await world.gate.start();
  expect(await world.gate.stop('ann')).toEqual({
    outputs: [{ kind: 'topic', name: '/cmd_vel', delivered: true, others: [], code: undefined }],
  });
  await world.lease(1);
  expect(await world.send()).toBe('STOP_LATCHED');
  await world.clock.advance(5_000);
  world.forget();
  await world.clock.advance(1_000);
  expect(world.speeds).toEqual(Array(10).fill(0));
  await expect(world.gate.releaseStop(0)).rejects.toMatchObject({ code: 'LEASE_NEEDED' });
  await world.gate.releaseStop(1);
  world.forget();
  expect(await world.send()).toBe('done');
  await world.clock.advance(300);
  expect(world.speeds).toEqual([1]);
});

test('a latch of an earlier run stops what comes into being after it', async () => {
  const before = new GateWorld();
  await before.gate.start();
  await before.gate.stop('ann');
  const world = new GateWorld({ memory: before.memory, motion: { outputs: [{ topic: '/cmd_vel' }] } });
  world.graph.removeTopic('/cmd_vel');
  await world.gate.start();
  await world.clock.advance(2_000);
  expect(world.speeds).toEqual([]);
  world.graph.setTopic('/cmd_vel', twist, { publishers: [] });
  await world.clock.advance(800);
  expect(world.speeds[0]).toBe(0);
});

test('a stop of a topic that ROS does not know says so', async () => {
  const world = new GateWorld({ motion: { outputs: [{ topic: '/wheels' }] } });
  await world.gate.start();
  expect((await world.gate.stop('ann', '/wheels')).outputs).toMatchObject([
    { delivered: false, code: 'TOPIC_UNKNOWN' },
  ]);
});

test('what was made before a stop was released is not executed after it', async () => {
  const world = await new GateWorld().leased();
  const bornMs = world.clock.monotonicMs();
  await world.clock.advance(50);
  await world.gate.stop('ann');
  await world.gate.releaseStop(1);
  expect(await world.send({ bornMs })).toBe('COMMAND_OUT_OF_ORDER');
  expect(await world.send()).toBe('done');
});

test('a stop of a part leaves the rest alone, and is not released with another', async () => {
  const world = await new GateWorld().leased();
  await world.gate.stop('ann', '/arm/**');
  expect(await world.send()).toBe('done');
  await expect(world.gate.releaseStop(1, '/cmd_vel')).rejects.toMatchObject({ code: 'STOP_LATCHED' });
  await world.gate.releaseStop(1);
  expect(world.gate.status.latches).toEqual([]);
});

test('others that publish on the same topic are told of, as a stop does not stop them', async () => {
  const world = new GateWorld();
  world.graph.setTopic('/cmd_vel', await world.graph.messageSchema('geometry_msgs/Twist'), { publishers: ['/nav'] });
  await world.gate.start();
  expect((await world.gate.stop('ann')).outputs).toMatchObject([
    { delivered: true, others: ['/nav'], code: 'NOT_EXCLUSIVE' },
  ]);
  expect(world.gate.status.outputs).toMatchObject([{ name: '/cmd_vel', others: ['/nav'] }]);
});

test('after a crash what was armed is stopped, a latch stands, and no older token is taken', async () => {
  const before = await new GateWorld().leased(7);
  await before.send({ token: 7 });
  await before.gate.stop('ann', '/arm');
  before.gate.dispose();
  const world = new GateWorld({ memory: before.memory });
  await world.gate.start();
  await world.clock.advance(1);
  expect(world.speeds).toEqual([0]);
  expect(world.gate.status).toMatchObject({ token: 7, leased: false, latches: [{ outputs: '/arm', by: 'ann' }] });
  await expect(world.lease(7)).rejects.toMatchObject({ code: 'LEASE_STALE' });
});

test('a state that cannot be read means: everything stopped, and no token given before counts', async () => {
  const memory = { load: () => Promise.resolve('unreadable' as const), save: () => Promise.resolve() };
  const world = new GateWorld({ memory });
  await world.gate.start();
  await world.clock.advance(100);
  expect(world.speeds[0]).toBe(0);
  await expect(world.lease(1_000_000)).rejects.toMatchObject({ code: 'LEASE_STALE' });
  await world.lease(world.gate.status.token + 1);
  expect(await world.send({ token: world.gate.status.token })).toBe('STOP_LATCHED');
});

test('what cannot be written to disk moves nothing, and a stop is made all the same', async () => {
  let isFull = true;
  const saved: DeadmanRecord[] = [];
  const memory = {
    load: () => Promise.resolve(undefined),
    save: (record: DeadmanRecord) =>
      isFull ? Promise.reject(new Error('ENOSPC')) : Promise.resolve(void saved.push(record)),
  };
  const world = new GateWorld({ memory });
  await world.gate.start();
  await expect(world.lease(1)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  expect(await world.send()).toBe('LEASE_LOST');
  isFull = false;
  await world.lease(2);
  isFull = true;
  expect(await world.send({ token: 2 })).toBe('STATE_UNWRITABLE');
  expect(world.speeds).toEqual([]);
  await expect(world.gate.stop('ann')).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  expect(world.speeds[0]).toBe(0);
  expect(world.gate.status.latches).toHaveLength(1);
});

test('a stop that ROS does not take is an alarm and is tried until it does; nothing moves before', async () => {
  const world = await new GateWorld().leased();
  await world.send();
  world.graph.publishError = new RosError('ROS_UNREACHABLE', 'away');
  world.forget();
  await world.clock.advance(5_000);
  expect(world.state).toBe('undelivered');
  expect(await world.send()).toBe('STOP_UNDELIVERED');
  expect(await world.memory.load()).toMatchObject({ outputs: [{ armed: true }] });
  world.graph.publishError = undefined;
  await world.clock.advance(100);
  expect(world.speeds[0]).toBe(0);
  await world.clock.advance(1_100);
  expect(world.state).toBe('still');
  expect(await world.memory.load()).toMatchObject({ outputs: [] });
});

test('nothing moves while ROS has not answered for two seconds', async () => {
  const world = await new GateWorld().leased();
  world.graph.setStatus({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason: 'away' });
  await world.clock.advance(2_000);
  expect(await world.send()).toBe('done');
  await world.clock.advance(100);
  expect(await world.send()).toBe('ROS_SILENT');
  world.graph.setStatus({ state: 'connected' });
  expect(await world.send()).toBe('done');
});

test('an order that waits for ROS does not come after a stop', async () => {
  const world = new GateWorld();
  const advertise = world.graph.advertise.bind(world.graph);
  const wait = Promise.withResolvers<undefined>();
  world.graph.advertise = async (advertisement) => {
    await wait.promise;
    return advertise(advertisement);
  };
  await world.leased();
  const sent = world.send();
  const stopped = world.gate.stop('ann', '/cmd_vel');
  await world.gate.releaseStop(1);
  wait.resolve(undefined);
  expect(await sent).toBe('COMMAND_OUT_OF_ORDER');
  await stopped;
  expect(world.speeds.every((speed) => speed === 0)).toBe(true);
});

const strict = {
  outputs: [
    {
      topic: '/cmd_vel',
      maxRateHz: 10,
      limits: [
        { field: 'linear.x', min: -0.5, max: 0.5, beyond: 'clamp' as const },
        { field: 'linear.y', min: 0, max: 0 },
      ],
      stop: ['zeros' as const, { lock: '/pause' }, { call: '/halt' }],
    },
    { service: '/go', timeoutMs: 1_000, stop: [{ call: '/halt' }] },
    { parameter: '/speed', limits: [{ field: 'value', max: 2 }] },
  ],
};

test('limits clamp or refuse, and what is no number is refused', async () => {
  const world = await new GateWorld({ motion: { outputs: [{ ...strict.outputs[0], maxRateHz: undefined }] } }).leased();
  const encode = (linear: object): Uint8Array => codecFor(twist, 'ros1').encode({ linear });
  expect(await world.send({ data: encode({ x: 3 }) })).toBe('done');
  expect(await world.send({ data: encode({ x: 0.1, y: 0.1 }) })).toBe('LIMIT_BEYOND');
  expect(await world.send({ data: encode({ z: Number.NaN }) })).toBe('LIMIT_BEYOND');
  expect(await world.send({ data: encode({ x: Number.POSITIVE_INFINITY }) })).toBe('LIMIT_BEYOND');
  expect(world.speeds).toEqual([0.5]);
});

test('orders beyond the rate are left out, zeros never', async () => {
  const world = await new GateWorld({ motion: strict }).leased();
  const results: string[] = [];
  for (let count = 0; count < 20; count++) {
    results.push(await world.send());
    await world.clock.advance(25);
  }
  expect(results.filter((result) => result === 'done').length).toBeLessThanOrEqual(6);
  expect(results).toContain('RATE_BEYOND');
  expect(await world.send()).toBe('done');
  expect(await world.send({ data: forward(0) })).toBe('done');
});

test('a stop does all its steps: locks once more and again, calls once; the lock is released before the next order', async () => {
  const world = await new GateWorld({ motion: strict }).leased();
  await world.send();
  await world.clock.advance(600);
  expect(world.on('/pause').length).toBeGreaterThan(1);
  expect(world.on('/pause')[0]).toMatchObject(lock);
  expect(world.halts).toBe(1);
  expect(await world.memory.load()).toMatchObject({ outputs: [{ armed: false, locked: true }] });
  world.forget();
  expect(await world.send()).toBe('done');
  expect(world.graph.published).toMatchObject([{ topic: '/pause', ...unlock }, { topic: '/cmd_vel' }]);
});

test('a lock that a latch left is released with it', async () => {
  const world = await new GateWorld({ motion: strict }).leased();
  await world.gate.stop('ann');
  await world.gate.releaseStop(1);
  expect(world.on('/pause').at(-1)).toMatchObject(unlock);
});

test('services and parameters are outputs too', async () => {
  const world = new GateWorld({ motion: strict });
  let calls = 0;
  world.graph.services.set('/go', {
    schema: world.graph.services.get('/halt')!.schema,
    handle: () => Promise.resolve(new Uint8Array([++calls])),
  });
  await world.leased();
  const call = { kind: 'service' as const, name: '/go', type: undefined, data: new Uint8Array() };
  expect((await world.gate.execute(world.order(call))).payload).toEqual(new Uint8Array([1]));
  await world.clock.advance(1_000);
  expect(world.halts).toBe(1);
  const set = { kind: 'parameter' as const, name: '/speed', type: undefined };
  expect(await world.send({ ...set, data: new TextEncoder().encode('1.5') })).toBe('done');
  expect(world.graph.parameters.get('/speed')).toBe(1.5);
  expect(await world.send({ ...set, data: new TextEncoder().encode('9') })).toBe('LIMIT_BEYOND');
  expect((await world.gate.stop('ann', '/speed')).outputs).toMatchObject([
    { delivered: false, code: 'STOP_UNDEFINED' },
  ]);
});

test('what moves stops when nobody knows whether orders would come; the lease goes on', async () => {
  const world = await new GateWorld().leased();
  await world.send();
  world.forget();
  world.gate.stopMoving('the agent is silent');
  expect(world.speeds).toEqual([0]);
  await world.clock.advance(50);
  expect(await world.send()).toBe('done');
});

test('standing still ends the lease and waits for ROS to take the stop; nothing comes after the end', async () => {
  const world = await new GateWorld().leased();
  await world.send();
  await world.gate.standStill('the agent stops');
  expect(world.speeds).toEqual([1, 0]);
  world.gate.dispose();
  await world.clock.advance(10_000);
  expect(world.speeds).toEqual([1, 0]);
  expect(world.clock.pendingTimers).toBe(0);
  expect(world.graph.publishers).toBe(0);
});

test('publishers stay open from the lease on, so that a stop needs no handshake', async () => {
  const world = new GateWorld();
  await world.gate.start();
  expect(world.graph.publishers).toBe(0);
  await world.lease(1);
  await world.clock.advance(1);
  expect(world.graph.publishers).toBe(1);
  await world.clock.advance(3_600_000);
  expect(world.graph.publishers).toBe(1);
});
