import { silentLog } from '@longline/ros';
import type { Advertisement, Disposer, GraphListener, RosError, Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { onTestFinished } from 'vitest';
import type { CommandAge, DoorCall, DoorMessage, DoorOutputs } from '../door/DoorRobot.ts';
import type { DoorSession, DoorSocket } from '../door/DoorSocket.ts';
import { GraphChannels } from '../door/GraphChannels.ts';
import { openFoxgloveDoor } from './openFoxgloveDoor.ts';
import type { FoxgloveDoorOptions } from './openFoxgloveDoor.ts';

/** A frame from the door as a test reads it. */
export interface HeardOp {
  readonly op: string;
  readonly [field: string]: unknown;
}

export const stringSchema: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };

/** Remembers what the reader commanded, and refuses where it is told to. */
export class RecordedOutputs implements DoorOutputs {
  handleRefusal: DoorOutputs['handleRefusal'];
  readonly done: string[] = [];
  readonly messages: DoorMessage[] = [];
  readonly ages: CommandAge[] = [];
  refusal: RosError | undefined;
  answer: (call: DoorCall) => Promise<Uint8Array> = ({ data }) => Promise.resolve(data);
  readonly #graph: FakeGraph;

  constructor(graph: FakeGraph) {
    this.#graph = graph;
  }

  async advertise({ topic, type }: Advertisement): Promise<Disposer> {
    await this.#take(`advertise ${topic} ${type}`);
    return () => this.done.push(`release ${topic}`);
  }

  async publish(message: DoorMessage): Promise<{ subscribers: number }> {
    this.messages.push(message);
    await this.#take(`publish ${message.topic} ${message.encoding}`, message);
    return { subscribers: 1 };
  }

  async callService(call: DoorCall): Promise<Uint8Array> {
    await this.#take(`call ${call.service} ${call.encoding}`, call);
    return this.answer(call);
  }

  async setParameter(name: string, value: never, age: CommandAge): Promise<void> {
    await this.#take(`set ${name}`, age);
    this.#graph.parameters.set(name, value);
  }

  async deleteParameter(name: string, age: CommandAge): Promise<void> {
    await this.#take(`delete ${name}`, age);
    this.#graph.parameters.delete(name);
  }

  close(): void {
    this.done.push('close');
  }

  #take(what: string, age?: CommandAge): Promise<void> {
    this.done.push(what);
    if (age !== undefined) this.ages.push({ ageMs: age.ageMs, mayBeFlushed: age.mayBeFlushed });
    return this.refusal === undefined ? Promise.resolve() : Promise.reject(this.refusal);
  }
}

/** A graph that says it is of ROS 2. */
export class Ros2Graph extends FakeGraph {
  override watch(listener: GraphListener): Disposer {
    return super.watch({
      handleStatus: (status) => listener.handleStatus?.(status),
      handleGraph: (snapshot) => listener.handleGraph?.({ ...snapshot, rosVersion: 2 }),
    });
  }
}

/** A reader of a fake robot, whose socket takes everything unless {@link takes} is false. */
export class FoxgloveReader implements DoorSocket {
  readonly clock: FakeClock;
  readonly graph: FakeGraph;
  readonly outputs: RecordedOutputs;
  readonly session: DoorSession;
  readonly frames: (string | Uint8Array)[] = [];
  bufferedBytes = 0;
  takes = true;
  /** Whether pings are answered at once. */
  answers = true;
  closed: string | undefined;

  constructor(options: FoxgloveDoorOptions & { readonly graph?: (clock: FakeClock) => FakeGraph } = {}) {
    this.clock = new FakeClock();
    this.graph = options.graph?.(this.clock) ?? new FakeGraph(this.clock);
    this.outputs = new RecordedOutputs(this.graph);
    const { clock, graph } = this;
    const channels = new GraphChannels({ graph, clock, log: silentLog });
    const robot = { graph, channels, outputs: this.outputs, nowNs: () => clock.wallNs() };
    this.session = openFoxgloveDoor(robot, this, { sessionId: 'session', ...options, clock });
    onTestFinished(() => this.session.handleClosed());
  }

  send(data: string | Uint8Array): void {
    this.frames.push(data);
    if (!this.takes) this.bufferedBytes += data.length;
  }

  ping(payload: Uint8Array): void {
    if (this.answers) this.session.handlePong(payload);
  }

  close(code: number, reason: string): void {
    this.closed = `${code} ${reason}`;
  }

  /** Everything that was held up has left. */
  drain(): void {
    this.bufferedBytes = 0;
    this.session.handleWritable();
  }

  say(op: object): void {
    this.session.handleText(JSON.stringify(op));
  }

  /** What came since the last call: ops in order. */
  ops(name?: string): HeardOp[] {
    const texts = this.frames.filter((frame) => typeof frame === 'string');
    return texts.map((text) => JSON.parse(text) as HeardOp).filter(({ op }) => name === undefined || op === name);
  }

  statuses(): string[] {
    return this.ops('status').map(({ level, message }) => `${String(level)} ${String(message)}`);
  }

  binaries(): Uint8Array[] {
    return this.frames.filter((frame) => typeof frame !== 'string');
  }

  clear(): void {
    this.frames.length = 0;
  }

  /** Lets a moment pass, in which everything that can happen has. */
  async settle(durationMs = 50): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await this.clock.advance(0);
    await this.clock.advance(durationMs);
    for (let turn = 0; turn < 5; turn++) await this.clock.advance(0);
  }

  /** The channel of a topic as it was advertised last. */
  channelId(topic: string): number {
    const channels = this.ops('advertise').flatMap((op) => op['channels'] as { id: number; topic: string }[]);
    const channel = channels.findLast((candidate) => candidate.topic === topic);
    if (channel === undefined) throw new Error(`${topic} was not advertised`);
    return channel.id;
  }
}

/** A reader of a robot that has the topic `/s`, greeted. */
export async function readerOfString(): Promise<FoxgloveReader> {
  const reader = new FoxgloveReader();
  reader.graph.setTopic('/s', stringSchema);
  await reader.settle();
  return reader;
}
