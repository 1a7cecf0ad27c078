import type { ReplyHeader } from '@longline/line';
import { codecFor, silentLog } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { LocalDeadman } from '../deadman/LocalDeadman.ts';
import { MotionOutputs } from '../deadman/MotionOutputs.ts';
import { VolatileMemory } from '../deadman/VolatileMemory.ts';
import { parseAgentConfig } from '../config/parseAgentConfig.ts';
import { GraphView } from '../robot/GraphView.ts';
import { TopicTypes } from '../robot/TopicTypes.ts';
import { AdvertisedTopics } from './AdvertisedTopics.ts';
import { AllowList } from './AllowList.ts';
import { ExecutedCommands } from './ExecutedCommands.ts';
import { noJournal } from './JournalStore.ts';
import { MotionOrders } from './MotionOrders.ts';
import { ProvidedServices } from './ProvidedServices.ts';
import { PublisherPool } from './PublisherPool.ts';
import { MAX_RUNNING, RequestDispatcher } from './RequestDispatcher.ts';
import { RequestGuard } from './RequestGuard.ts';
import { Selection } from '../up/Selection.ts';
import { SnapshotTaker } from '../up/SnapshotTaker.ts';
import { StandingCommands } from './StandingCommands.ts';
import { TopicTurns } from './TopicTurns.ts';

const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
const encode = (data: string): Uint8Array => codecFor(text, 'ros1').encode({ data });

class World {
  readonly clock = new FakeClock();
  readonly graph = new FakeGraph(this.clock);
  readonly replies: ReplyHeader[] = [];
  readonly dispatcher: RequestDispatcher;
  calls = 0;
  respond: () => Promise<Uint8Array> = () => Promise.resolve(encode('ok'));
  #ids = 0;

  constructor() {
    const { graph, clock } = this;
    const view = new GraphView(graph);
    const types = new TopicTypes({ graph, view, clock });
    const { motion } = parseAgentConfig({});
    const publishers = new PublisherPool({ graph, types, clock, isOutput: () => false });
    const outputs = new MotionOutputs(motion, []);
    const deadman = new LocalDeadman({ graph, clock, log: silentLog, outputs, memory: new VolatileMemory() });
    this.dispatcher = new RequestDispatcher({
      clock,
      log: silentLog,
      context: {
        graph,
        allowList: new AllowList({ publish: [], call: ['/s'], setParameters: [], provide: [] }),
        guard: new RequestGuard({ highestToken: () => 0 }),
        publishers,
        turns: new TopicTurns(),
        advertised: new AdvertisedTopics(publishers),
        types,
        motion: new MotionOrders({ deadman, clockErrorMs: () => 0 }),
        deadman,
        executed: new ExecutedCommands({ store: noJournal, clock, log: silentLog }),
        standing: new StandingCommands({ clock, log: silentLog, handleChange: () => undefined }),
        snapshots: new SnapshotTaker({ graph, view, clock, selection: new Selection([]) }),
        provided: new ProvidedServices({ graph, clock, log: silentLog }),
      },
    });
    graph.services.set('/s', {
      schema: { name: 'test/S', request: text, response: text },
      handle: () => {
        this.calls += 1;
        return this.respond();
      },
    });
    this.dispatcher.handleLineOpen({ reply: (header) => void this.replies.push(header) }, 256 * 1024);
  }

  end(topic: string, ageMs = 0): void {
    const action = { kind: 'standing.end', topic } as const;
    const id = `q${++this.#ids}`;
    const header = { id, issuer: 'test', ageMs, deadlineMs: 5_000, sentMs: 0, token: 0, sequence: 0, action };
    this.dispatcher.handleRequest(header, new Uint8Array(0), ageMs);
  }

  call(payload = encode('x'), id = `q${++this.#ids}`): void {
    const action = { kind: 'call', service: '/s', encoding: 'ros1' } as const;
    const header = { id, issuer: 'test', ageMs: 0, deadlineMs: 60_000, sentMs: 0, token: 0, sequence: 0, action };
    this.dispatcher.handleRequest(header, payload, 0);
  }
}

test('beyond the bound of running requests one more is refused, and accepted when others ended', async () => {
  const world = new World();
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  world.respond = () => promise;
  for (let count = 0; count <= MAX_RUNNING; count++) world.call();
  await world.clock.advance(0);
  expect(world.replies).toMatchObject([{ id: `q${MAX_RUNNING + 1}`, state: 'rejected', code: 'AGENT_BUSY' }]);
  resolve(encode('late'));
  await world.clock.advance(0);
  world.call();
  await world.clock.advance(0);
  expect(world.replies.at(-1)).toMatchObject({ state: 'done' });
  expect(world.calls).toBe(MAX_RUNNING + 1);
  expect(world.clock.pendingTimers).toBe(0);
});

test('a stop is carried out however late it comes and however busy the agent is', async () => {
  const world = new World();
  world.respond = () => new Promise(() => undefined);
  for (let count = 0; count < MAX_RUNNING; count++) world.call();
  world.end('/cmd_vel', 60_000);
  await world.clock.advance(0);
  expect(world.replies).toMatchObject([{ state: 'done' }]);
});

test('a stop for a name that no topic can have is refused, not done', async () => {
  const world = new World();
  world.end('cmd_vel');
  await world.clock.advance(0);
  expect(world.replies).toMatchObject([{ state: 'rejected', code: 'NAME_INVALID' }]);
});

test('the payload is copied, for the frame it came in is reused', async () => {
  const world = new World();
  let received: Uint8Array | undefined;
  world.graph.services.set('/s', {
    schema: { name: 'test/S', request: text, response: text },
    handle: (request) => {
      received = request;
      return Promise.resolve(encode('ok'));
    },
  });
  const frame = encode('kept');
  world.call(frame);
  frame.fill(0);
  await world.clock.advance(0);
  expect(received).toEqual(encode('kept'));
});

test('a repeated ID while the first runs is told that it was received', async () => {
  const world = new World();
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  world.respond = () => promise;
  world.call(encode('x'), 'same');
  world.call(encode('x'), 'same');
  resolve(encode('ok'));
  await world.clock.advance(0);
  expect(world.replies.map(({ state }) => state)).toEqual(['received', 'done']);
  expect(world.calls).toBe(1);
});

test('an answer too large for the line fails with its size instead of ending the line', async () => {
  const world = new World();
  world.respond = () => Promise.resolve(encode('x'.repeat(200 * 1024)));
  world.call();
  await world.clock.advance(0);
  expect(world.replies).toMatchObject([{ state: 'failed', code: 'RESPONSE_INVALID' }]);
});

test('what a service says when it fails is cut to what a reply carries', async () => {
  const world = new World();
  world.respond = () => Promise.reject(new Error('x'.repeat(100_000)));
  world.call();
  await world.clock.advance(0);
  expect(world.replies[0]).toMatchObject({ state: 'failed', code: 'INTERNAL' });
  expect(world.replies[0]?.message?.length).toBe(2_000);
});

test('after stop nothing is carried out', async () => {
  const world = new World();
  await world.dispatcher.stop();
  world.call();
  await world.clock.advance(0);
  expect(world.replies).toMatchObject([{ state: 'rejected', code: 'AGENT_STOPPED' }]);
  expect(world.calls).toBe(0);
});
