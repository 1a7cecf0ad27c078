import { codecFor, silentLog } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph, FakeLineServer } from '@longline/testing';
import { Agent } from './Agent.ts';
import type { AgentConfigInput } from './config/AgentConfig.ts';
import { parseAgentConfig } from './config/parseAgentConfig.ts';

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
  readonly server = new FakeLineServer(this.clock);
  readonly agent: Agent;

  constructor(config: AgentConfigInput = {}) {
    this.graph.setTopic('/chatter', text);
    this.graph.setTopic('/cmd_vel', twist, { publishers: [] });
    let ids = 0;
    this.agent = new Agent({
      config: parseAgentConfig({ device: 'r1', allow: { publish: ['/cmd_vel', '/note'] }, ...config }),
      graph: this.graph,
      dials: [this.server.dial],
      clock: this.clock,
      log: silentLog,
      random: () => 1,
      makeId: () => `id${++ids}`,
    });
  }

  async started(): Promise<this> {
    this.agent.start();
    await this.clock.advance(200);
    return this;
  }

  /** What was published on a topic of the robot, as hexadecimal of the bytes. */
  published(topic: string): Uint8Array[] {
    return this.graph.published.filter((published) => published.topic === topic).map(({ data }) => data);
  }

  standing(holdMs = 1_000, rateHz = 10): ReturnType<FakeLineServer['line']['request']> {
    return this.server.line.request(
      { kind: 'standing.set', topic: '/cmd_vel', encoding: 'json', rateHz, holdMs },
      forward,
    );
  }
}

export const publishTwist = { kind: 'publish', topic: '/cmd_vel', encoding: 'json' } as const;
