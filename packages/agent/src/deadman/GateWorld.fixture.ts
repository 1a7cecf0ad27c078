import { codecFor, silentLog } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import type { z } from 'zod';
import { motionSchema } from '../config/motionSchema.ts';
import type { MotionOrder } from './Deadman.ts';
import type { DeadmanMemory } from './DeadmanMemory.ts';
import { MotionGate } from './MotionGate.ts';
import { MotionOutputs } from './MotionOutputs.ts';
import { VolatileMemory } from './VolatileMemory.ts';

export const twist: Schema = {
  name: 'geometry_msgs/Twist',
  encoding: 'ros1msg',
  text: `Vector3 linear\nVector3 angular\n${'='.repeat(80)}\nMSG: geometry_msgs/Vector3\nfloat64 x\nfloat64 y\nfloat64 z\n`,
};
export const bool: Schema = { name: 'std_msgs/Bool', encoding: 'ros1msg', text: 'bool data\n' };
const empty: Schema = { name: 'std_srvs/Empty', encoding: 'ros1msg', text: '' };

/** A Twist that drives so fast. */
export const forward = (x: number): Uint8Array => codecFor(twist, 'ros1').encode({ linear: { x } });
/** How fast a Twist drives. */
export const speedOf = (data: Uint8Array): number => new DataView(data.buffer, data.byteOffset).getFloat64(0, true);

/** A gate before a fake robot that listens to /cmd_vel. */
export class GateWorld {
  readonly clock: FakeClock;
  readonly graph: FakeGraph;
  readonly memory: DeadmanMemory;
  readonly gate: MotionGate;
  /** Calls of /halt. */
  halts = 0;
  #sequence = 0;

  constructor(
    options: {
      motion?: z.input<typeof motionSchema>;
      memory?: DeadmanMemory;
      clock?: FakeClock;
      graph?: FakeGraph;
    } = {},
  ) {
    this.clock = options.clock ?? new FakeClock({ startMs: 1_000_000 });
    this.graph = options.graph ?? new FakeGraph(this.clock);
    this.memory = options.memory ?? new VolatileMemory();
    this.graph.setTopic('/cmd_vel', twist, { publishers: [] });
    this.graph.setTopic('/pause', bool, { publishers: [] });
    this.graph.services.set('/halt', {
      schema: { name: 'std_srvs/Empty', request: empty, response: empty },
      handle: () => {
        this.halts += 1;
        return Promise.resolve(new Uint8Array());
      },
    });
    this.gate = new MotionGate({
      graph: this.graph,
      clock: this.clock,
      log: silentLog,
      memory: this.memory,
      outputs: new MotionOutputs(motionSchema.parse(options.motion ?? {}), ['/cmd_vel']),
      handleChange: () => undefined,
    });
  }

  /** The gate runs, and a lease of that token holds for a minute. */
  async leased(token = 1): Promise<this> {
    await this.gate.start();
    await this.lease(token);
    return this;
  }

  async lease(token: number, holdMs = 60_000): Promise<void> {
    await this.gate.takeLease(token, this.clock.monotonicMs() + holdMs);
  }

  order(fields: Partial<MotionOrder> = {}): MotionOrder {
    return {
      kind: 'topic',
      name: '/cmd_vel',
      type: 'geometry_msgs/Twist',
      data: forward(1),
      token: 1,
      sequence: this.#sequence++,
      repeat: false,
      bornMs: this.clock.monotonicMs(),
      deadlineMs: 5_000,
      ...fields,
    };
  }

  /** Resolves to `done`, or to the code of the refusal. */
  async send(fields: Partial<MotionOrder> = {}): Promise<string> {
    try {
      await this.gate.execute(this.order(fields));
      return 'done';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  }

  /** Speeds published on /cmd_vel, and those since the last call of {@link forget}. */
  get speeds(): number[] {
    return this.on('/cmd_vel').map(({ data }) => speedOf(data));
  }

  on(topic: string): FakeGraph['published'] {
    return this.graph.published.filter((published) => published.topic === topic);
  }

  forget(): void {
    this.graph.published.length = 0;
  }

  get state(): string | undefined {
    return this.gate.status.outputs.find(({ name }) => name === '/cmd_vel')?.state;
  }
}
