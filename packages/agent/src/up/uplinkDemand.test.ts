import { Outbox } from '@longline/line';
import type { AdvertisedChannel, Lane } from '@longline/line';
import { codecFor, silentLog } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { parseAgentConfig } from '../config/parseAgentConfig.ts';
import { GraphView } from '../robot/GraphView.ts';
import { RosTime } from '../robot/RosTime.ts';
import { budgetTable } from './budgetTable.ts';
import type { BudgetLevel, LaneAllowance } from './budgetTable.ts';
import { DEMAND_CONFIRM_MS } from './HeldDemand.ts';
import { Selection } from './Selection.ts';
import { Uplink } from './Uplink.ts';

const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
const number: Schema = { name: 'std_msgs/Int32', encoding: 'ros1msg', text: 'int32 data\n' };
const transforms: Schema = {
  name: 'tf2_msgs/TFMessage',
  encoding: 'ros1msg',
  text: `Frame[] transforms\n${'='.repeat(80)}\nMSG: tf2_msgs/Frame\nstring child_frame_id\n`,
};
const say = (data: string): Uint8Array => codecFor(text, 'ros1').encode({ data });
const frame = (child_frame_id: string): Uint8Array =>
  codecFor(transforms, 'ros1').encode({ transforms: [{ child_frame_id }] });

/** An uplink whose outbox tells what is pushed, over a line that tells what is advertised. */
class World {
  readonly clock = new FakeClock();
  readonly graph = new FakeGraph(this.clock);
  readonly uplink: Uplink;
  level: BudgetLevel = 'free';
  readonly advertised: AdvertisedChannel[] = [];
  readonly pushed: { readonly id: number; readonly sequence: number; readonly text: string }[] = [];

  constructor(topics = [{ match: '/watched/**', demand: 'watched' as const, rateHz: 20 }, { match: '/**' }]) {
    const { clock, graph } = this;
    const view = new GraphView(graph);
    const outbox = new Outbox(clock);
    const push = outbox.push.bind(outbox);
    outbox.push = (...args) => {
      const [id, { sequence, data }] = args;
      this.pushed.push({ id, sequence, text: new TextDecoder().decode(data.subarray(4)) });
      push(...args);
    };
    const rosTime = new RosTime({ graph, view, clock, log: silentLog, handleChange: () => undefined });
    const selection = new Selection(parseAgentConfig({ topics }).topics);
    const allowance = (lane: Lane): LaneAllowance => budgetTable[this.level][lane];
    this.uplink = new Uplink({ graph, view, selection, outbox, clock, rosTime, log: silentLog, allowance });
    this.uplink.start();
    view.start();
  }

  openLine(): void {
    this.advertised.length = 0;
    this.uplink.handleLineOpen({
      advertise: (channels) => void this.advertised.push(...channels),
      unadvertise: () => undefined,
      handleQueued: () => undefined,
    });
  }

  async setLevel(level: BudgetLevel): Promise<void> {
    this.level = level;
    this.uplink.handleAllowance();
    await this.clock.advance(1);
  }

  idOf(topic: string): number {
    return this.advertised.findLast((channel) => channel.topic === topic)!.id;
  }

  async demand(topic: string, rateHz: number | null): Promise<void> {
    this.uplink.handleDemand([{ id: this.idOf(topic), rateHz }]);
    await this.clock.advance(1);
  }

  /** Publishes for a second, and says how many messages went up. */
  async upOfAHundred(topic: string): Promise<number> {
    const before = this.pushed.length;
    for (let count = 0; count < 100; count++) {
      this.graph.emit(topic, say('x'));
      await this.clock.advance(10);
    }
    return this.pushed.length - before;
  }
}

describe('a watched channel', () => {
  test('is advertised as such, and neither received nor sent while nobody looks', async () => {
    const world = new World();
    world.openLine();
    world.graph.setTopic('/watched/a', text);
    world.graph.setTopic('/b', text);
    await world.clock.advance(10);
    expect(world.advertised.map(({ topic, demand }) => `${topic} ${demand}`)).toEqual([
      '/watched/a watched',
      '/b undefined',
    ]);
    expect(world.graph.subscribed).toEqual(['/b']);
    expect(await world.upOfAHundred('/watched/a')).toBe(0);
  });

  test('flows at the rate that is asked for, within its own limit, until nobody looks', async () => {
    const world = new World();
    world.openLine();
    world.graph.setTopic('/watched/a', text);
    await world.clock.advance(10);
    await world.demand('/watched/a', 5);
    expect(Math.abs((await world.upOfAHundred('/watched/a')) - 5)).toBeLessThanOrEqual(1);
    await world.demand('/watched/a', null);
    expect(Math.abs((await world.upOfAHundred('/watched/a')) - 20)).toBeLessThanOrEqual(1);
    await world.demand('/watched/a', 0);
    expect(world.graph.subscribed).toEqual([]);
    expect(await world.upOfAHundred('/watched/a')).toBe(0);
    await world.demand('/watched/a', 10);
    expect(Math.abs((await world.upOfAHundred('/watched/a')) - 10)).toBeLessThanOrEqual(1);
    expect(world.pushed.map(({ sequence }) => sequence)).toEqual(world.pushed.map((_, index) => index));
  });

  test('keeps flowing over a short loss of the line, and stops where the new server asks for nothing', async () => {
    const world = new World();
    world.openLine();
    world.graph.setTopic('/watched/a', text);
    await world.clock.advance(10);
    await world.demand('/watched/a', null);
    world.uplink.handleLineClosed();
    await world.clock.advance(3_000);
    world.openLine();
    expect(await world.upOfAHundred('/watched/a')).toBeGreaterThan(10);
    await world.clock.advance(DEMAND_CONFIRM_MS);
    expect(world.graph.subscribed).toEqual([]);
  });

  test('is looked at again where its type changed while nobody looked', async () => {
    const world = new World();
    world.openLine();
    world.graph.setTopic('/watched/a', text);
    await world.clock.advance(10);
    world.graph.setTopic('/watched/a', number);
    await world.clock.advance(10);
    expect(world.advertised.map(({ schema }) => schema.name)).toEqual(['std_msgs/String', 'std_msgs/Int32']);
    expect(world.graph.subscribed).toEqual([]);
  });

  test('is forgotten with its topic: when it comes back nobody looks yet', async () => {
    const world = new World();
    world.openLine();
    world.graph.setTopic('/watched/a', text);
    await world.clock.advance(10);
    await world.demand('/watched/a', null);
    world.graph.removeTopic('/watched/a');
    await world.clock.advance(20_000);
    world.graph.setTopic('/watched/a', text);
    await world.clock.advance(10);
    expect(world.graph.subscribed).toEqual([]);
  });
});

test('demand for channels that flow by themselves, or that there are none of, changes nothing', async () => {
  const world = new World();
  world.openLine();
  world.graph.setTopic('/b', text);
  await world.clock.advance(10);
  await world.demand('/b', 0);
  world.uplink.handleDemand([{ id: 4_000_000_000, rateHz: 5 }]);
  expect(await world.upOfAHundred('/b')).toBe(100);
});

describe('a latched topic', () => {
  test('goes first on every new line, with its own number and time', async () => {
    const world = new World();
    world.graph.setTopic('/note', text, { latched: true });
    world.graph.setTopic('/plain', text);
    await world.clock.advance(10);
    world.openLine();
    for (const data of ['old', 'new']) world.graph.emit('/note', say(data));
    world.graph.emit('/plain', say('x'));
    world.uplink.handleLineClosed();
    await world.clock.advance(60_000);
    world.pushed.length = 0;
    world.openLine();
    expect(world.pushed).toEqual([{ id: world.idOf('/note'), sequence: 1, text: 'new' }]);
    world.graph.emit('/note', say('newer'));
    world.uplink.handleLineClosed();
    world.openLine();
    expect(world.pushed.map(({ text: said }) => said)).toEqual(['new', 'newer', 'newer']);
  });

  test('is not doubled where its last message waits for the line anyway', async () => {
    const world = new World();
    world.graph.setTopic('/note', text, { latched: true });
    await world.clock.advance(10);
    world.graph.emit('/note', say('waits'));
    world.openLine();
    expect(world.pushed.length).toBe(1);
  });

  test('of static transforms sends those of all publishers', async () => {
    const world = new World();
    world.graph.setTopic('/tf_static', transforms, { latched: true });
    await world.clock.advance(10);
    for (const child of ['lidar', 'camera', 'lidar']) world.graph.emit('/tf_static', frame(child));
    world.pushed.length = 0;
    world.openLine();
    world.uplink.handleLineClosed();
    world.openLine();
    expect(world.pushed).toMatchObject([{ sequence: 2 }]);
    expect(world.pushed[0]?.text).toMatch(/camera.*lidar/s);
  });

  test('of another definition is not mixed with the one before', async () => {
    const world = new World();
    world.graph.setTopic('/note', text, { latched: true });
    await world.clock.advance(10);
    world.graph.emit('/note', say('text'));
    world.graph.setTopic('/note', number, { latched: true });
    world.pushed.length = 0;
    world.openLine();
    expect(world.pushed).toEqual([]);
  });
});

describe('a data budget', () => {
  const budgeted = [
    { match: '/bulk', lane: 'bulk' as const },
    { match: '/state', lane: 'state' as const },
    { match: '/**' },
  ];

  test('thins out bulk first, then leaves it to whoever looks, then cuts it', async () => {
    const world = new World(budgeted);
    world.openLine();
    for (const topic of ['/bulk', '/state', '/rest']) world.graph.setTopic(topic, text);
    await world.clock.advance(10);
    expect(await world.upOfAHundred('/bulk')).toBe(100);
    await world.setLevel('thinned');
    expect(await world.upOfAHundred('/bulk')).toBe(50);
    expect(await world.upOfAHundred('/rest')).toBe(100);
    await world.setLevel('sparse');
    expect(world.advertised.at(-1)).toMatchObject({ topic: '/bulk', demand: 'watched' });
    expect(await world.upOfAHundred('/bulk')).toBe(0);
    expect(await world.upOfAHundred('/rest')).toBe(50);
    await world.demand('/bulk', null);
    expect(await world.upOfAHundred('/bulk')).toBe(50);
    await world.setLevel('spent');
    expect(await world.upOfAHundred('/bulk')).toBe(0);
    expect(await world.upOfAHundred('/rest')).toBe(0);
    expect(Math.abs((await world.upOfAHundred('/state')) - 1)).toBeLessThanOrEqual(1);
    await world.setLevel('free');
    expect(world.advertised.filter(({ topic }) => topic === '/bulk').at(-1)?.demand).toBeUndefined();
    expect(await world.upOfAHundred('/bulk')).toBe(100);
    expect(await world.upOfAHundred('/state')).toBe(100);
  });

  test('costs no sequence numbers: what is not sent by intent is no loss', async () => {
    const world = new World(budgeted);
    world.openLine();
    world.graph.setTopic('/bulk', text);
    await world.clock.advance(10);
    await world.setLevel('thinned');
    await world.upOfAHundred('/bulk');
    expect(world.pushed.map(({ sequence }) => sequence)).toEqual(world.pushed.map((_, index) => index));
  });
});
