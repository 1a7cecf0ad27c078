import { codecFor, silentLog } from '@longline/ros';
import type { Schema } from '@longline/ros';
import type { Action, Reply } from '@longline/line';
import { FakeClock, FakeGraph, FakeLineServer } from '@longline/testing';
import type { RequestOverrides } from '@longline/testing';
import { Agent } from './Agent.ts';
import type { AgentConfigInput } from './config/AgentConfig.ts';
import type { JournalStore } from './commands/JournalStore.ts';
import { noJournal } from './commands/JournalStore.ts';
import { parseAgentConfig } from './config/parseAgentConfig.ts';
import { LocalDeadman } from './deadman/LocalDeadman.ts';
import { MotionOutputs } from './deadman/MotionOutputs.ts';
import { VolatileMemory } from './deadman/VolatileMemory.ts';

export const twist: Schema = {
  name: 'geometry_msgs/Twist',
  encoding: 'ros1msg',
  text: `Vector3 linear\nVector3 angular\n${'='.repeat(80)}\nMSG: geometry_msgs/Vector3\nfloat64 x\nfloat64 y\nfloat64 z\n`,
};
export const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
export const number: Schema = { name: 'std_msgs/Int32', encoding: 'ros1msg', text: 'int32 data\n' };
export const clockSchema: Schema = { name: 'rosgraph_msgs/Clock', encoding: 'ros1msg', text: 'time clock\n' };
export const stamped: Schema = {
  name: 'test/Stamped',
  encoding: 'ros1msg',
  text: `Header header\nint32 data\n${'='.repeat(80)}\nMSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id\n`,
};

export const forward = '{"linear":{"x":1},"angular":{"z":1}}';
/** A serialized message. */
export const bytesOf = (schema: Schema, value: unknown): Uint8Array => codecFor(schema, 'ros1').encode(value);
export const zeros = bytesOf(twist, {});
/** The text of a reply's payload. */
export const decode = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload);

/** A running agent between a fake robot and a fake server. */
export class AgentWorld {
  readonly clock = new FakeClock({ startMs: 1_000_000 });
  readonly graph = new FakeGraph(this.clock);
  readonly server: FakeLineServer;
  readonly agent: Agent;
  /** Of the lease taken last; 0 before. */
  token = 0;

  constructor(
    input: AgentConfigInput = {},
    { journal = noJournal, delayMs = 0 }: { readonly journal?: JournalStore; readonly delayMs?: number } = {},
  ) {
    const { clock, graph } = this;
    this.server = new FakeLineServer(clock, { delayMs });
    const config = parseAgentConfig({ device: 'r1', allow: { publish: ['/cmd_vel', '/note'] }, ...input });
    this.graph.setTopic('/chatter', text);
    this.graph.setTopic('/cmd_vel', twist, { publishers: [] });
    let ids = 0;
    this.agent = new Agent({
      config,
      graph,
      deadman: new LocalDeadman({
        graph,
        clock,
        log: silentLog,
        outputs: new MotionOutputs(config.motion, config.allow.publish),
        memory: new VolatileMemory(),
      }),
      journal,
      dials: [this.server.dial],
      clock,
      log: silentLog,
      random: () => 1,
      makeId: () => `id${++ids}`,
    });
  }

  async started(): Promise<this> {
    void this.agent.start();
    await this.clock.advance(200);
    return this;
  }

  /** What was published on a topic of the robot, as hexadecimal of the bytes. */
  published(topic: string): Uint8Array[] {
    return this.graph.published.filter((published) => published.topic === topic).map(({ data }) => data);
  }

  /** Takes the lease on the newest line; what follows is made under it. */
  async leased(token = this.token + 1, holdMs = 60_000): Promise<this> {
    const replies = this.server.line.request({ kind: 'lease.take', holdMs }, '', { token });
    await this.clock.advance(10);
    if (replies.at(-1)?.state !== 'done') throw new Error(`The lease was refused: ${JSON.stringify(replies)}`);
    this.token = token;
    return this;
  }

  /** A request under the lease. */
  move(action: Action, payload: string | Uint8Array = '', overrides: RequestOverrides = {}): Reply[] {
    return this.server.line.request(action, payload, { token: this.token, ...overrides });
  }

  /** One frame of a motion stream under the lease. */
  frame(
    sequence: number,
    payload = forward,
    overrides: RequestOverrides = {},
    action: Action = { kind: 'motion', topic: '/cmd_vel', encoding: 'json' },
  ): void {
    const header = { id: 'stream', issuer: 'test', ageMs: 0, deadlineMs: 5_000, token: this.token, ...overrides };
    this.server.line.robot.motion({ ...header, sequence, action }, new TextEncoder().encode(payload));
  }

  standing(holdMs = 1_000, rateHz = 10, overrides: RequestOverrides = {}): Reply[] {
    const action = { kind: 'standing.set', topic: '/cmd_vel', encoding: 'json', rateHz, holdMs } as const;
    return this.move(action, forward, overrides);
  }
}

export const publishTwist = { kind: 'publish', topic: '/cmd_vel', encoding: 'json' } as const;
