import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { motionSchema } from '../config/motionSchema.ts';
import { DeadmanHost } from './DeadmanHost.ts';
import type { DeadmanAsk, FromDeadman, ToDeadman } from './deadmanMessages.ts';
import { forward, GateWorld } from './GateWorld.fixture.ts';

/** A deadman's side of the pipe, and the agent's played by the test. */
class HostWorld {
  readonly clock = new FakeClock({ startMs: 1_000_000 });
  readonly world = new GateWorld({ clock: this.clock });
  readonly posted: FromDeadman[] = [];
  hasEnded = false;
  readonly host = new DeadmanHost({
    clock: this.clock,
    post: (message) => void this.posted.push(structuredClone(message)),
    openGraph: ({ robot }) =>
      robot === 'none:' ? Promise.reject(new Error('no such robot')) : Promise.resolve(this.world.graph),
    openMemory: () => this.world.memory,
    handleEnd: () => (this.hasEnded = true),
  });
  #id = 0;
  #sequence = 0;

  say(message: ToDeadman): void {
    this.host.handleMessage(structuredClone(message));
  }

  start(robot = 'fake:'): void {
    const motion = motionSchema.parse({ outputs: [{ topic: '/cmd_vel', timeoutMs: 5_000 }] });
    this.say({ kind: 'start', setup: { robot, motion, publishable: [], folder: '/' } });
  }

  /** Resolves to the answer. */
  async ask(ask: DeadmanAsk): Promise<FromDeadman | undefined> {
    const id = ++this.#id;
    this.say({ kind: 'ask', id, ask });
    await this.clock.advance(1);
    return this.posted.find((message) => 'id' in message && message.id === id);
  }

  async drive(): Promise<FromDeadman | undefined> {
    const bornMs = this.clock.monotonicMs();
    const order = { kind: 'topic', name: '/cmd_vel', type: 'geometry_msgs/Twist', data: forward(1), bornMs } as const;
    return this.ask({
      kind: 'execute',
      order: { ...order, token: 1, sequence: ++this.#sequence, repeat: false, deadlineMs: 5_000 },
    });
  }

  async driving(): Promise<this> {
    this.start();
    await this.clock.advance(1);
    await this.ask({ kind: 'takeLease', token: 1, heldUntilMs: this.clock.monotonicMs() + 60_000 });
    expect(await this.drive()).toMatchObject({ kind: 'answer', receipt: { subscribers: 1 } });
    return this;
  }
}

test('it says when it is ready, answers what it is asked, and refuses with code and reason', async () => {
  const world = await new HostWorld().driving();
  expect(world.posted.find(({ kind }) => kind === 'status')).toMatchObject({ status: { deadman: { state: 'ready' } } });
  expect(await world.ask({ kind: 'takeLease', token: 1, heldUntilMs: 0 })).toMatchObject({ kind: 'refusal' });
  expect(await world.ask({ kind: 'stop', by: 'ann', outputs: undefined })).toMatchObject({
    stopped: { outputs: [{ name: '/cmd_vel', delivered: true }] },
  });
  expect(await world.drive()).toMatchObject({ kind: 'refusal', code: 'STOP_LATCHED' });
});

test('silence of the agent for 300 ms stops what moves, though the order is good for longer; a beat is no silence', async () => {
  const world = await new HostWorld().driving();
  for (let count = 0; count < 10; count++) {
    await world.clock.advance(200);
    world.say({ kind: 'beat' });
  }
  expect(world.world.speeds).toEqual([1]);
  await world.clock.advance(299);
  expect(world.world.speeds).toEqual([1]);
  await world.clock.advance(26);
  expect(world.world.speeds.at(-1)).toBe(0);
  expect(await world.drive()).toMatchObject({ kind: 'answer' });
});

test('what is not understood ends nothing, is told once, and counts as silence: the robot stops', async () => {
  const world = await new HostWorld().driving();
  for (const content of [
    null,
    'beat',
    { kind: 'ask', id: 1, ask: { kind: 'execute', order: {} } },
    // Each of these would make a status that the agent cannot read.
    { kind: 'ask', id: 1, ask: { kind: 'takeLease', token: 1.5, heldUntilMs: 1e9 } },
    { kind: 'ask', id: 1, ask: { kind: 'stop', by: 'a'.repeat(257) } },
    { kind: 'beats' },
  ]) {
    world.host.handleMessage(content);
  }
  expect(world.posted.filter((told) => told.kind === 'log' && told.level === 'error')).toHaveLength(1);
  for (let count = 0; count < 4; count++) {
    world.host.handleMessage({ kind: 'nonsense' });
    await world.clock.advance(100);
  }
  expect(world.world.speeds.at(-1)).toBe(0);
  expect(await world.drive()).toMatchObject({ kind: 'answer' });
});

test('the end of the pipe stops what moves; it ends when the stop was repeated for a second, and writes nothing more', async () => {
  const world = await new HostWorld().driving();
  void world.host.handlePipeEnd();
  await world.clock.advance(1);
  expect(world.world.speeds).toEqual([1, 0]);
  await world.clock.advance(900);
  expect(world.hasEnded).toBe(false);
  await world.clock.advance(200);
  expect(world.hasEnded).toBe(true);
  expect(world.world.graph.isClosed).toBe(true);
  expect(await world.world.memory.load()).toMatchObject({ outputs: [{ armed: true }] });
  expect(world.clock.pendingTimers).toBe(0);
});

test('a stop that ROS does not take after the end of the pipe is tried for a minute', async () => {
  const world = await new HostWorld().driving();
  world.world.graph.publishError = new Error('away');
  void world.host.handlePipeEnd();
  await world.clock.advance(50_000);
  expect(world.hasEnded).toBe(false);
  await world.clock.advance(11_000);
  expect(world.hasEnded).toBe(true);
});

test('closing answers when the robot stands still', async () => {
  const world = await new HostWorld().driving();
  expect(await world.ask({ kind: 'close' })).toMatchObject({ kind: 'answer' });
  expect(world.world.speeds).toEqual([1, 0]);
  await world.clock.advance(1_200);
  expect(world.hasEnded).toBe(true);
  expect(await world.world.memory.load()).toMatchObject({ outputs: [] });
});

test('the end of the line ends the lease', async () => {
  const world = await new HostWorld().driving();
  world.say({ kind: 'lineClosed' });
  await world.clock.advance(1);
  expect(world.world.speeds).toEqual([1, 0]);
  expect(await world.drive()).toMatchObject({ code: 'LEASE_LOST' });
});

test('a robot that cannot be opened is told of, and it ends', async () => {
  const world = new HostWorld();
  world.start('none:');
  await world.clock.advance(1);
  expect(world.posted).toEqual([{ kind: 'failed', reason: 'no such robot' }]);
  expect(world.hasEnded).toBe(true);
});
