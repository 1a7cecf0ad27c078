import { decode as decodeCbor } from 'cborg';
import { codecFor, parseJsonExact } from '@longline/ros';
import type { Schema, ServiceSchema } from '@longline/ros';
import { FakeClock, FakeGraph } from '@longline/testing';
import { expect } from 'vitest';
import type { DoorRobot, DoorSession, DoorSocket } from '../door/index.ts';
import { localDoorRobot } from '../door/localDoorRobot.ts';
import { openRosbridgeDoor } from './openRosbridgeDoor.ts';

/** For tests: a frame that the door sent, parsed; binary ones are CBOR. */
export type Sent = Readonly<Record<string, unknown>>;

/** For tests: a rosbridge client in memory, with a robot that does what the test tells it to. */
export class RosbridgeClient implements DoorSocket {
  readonly clock: FakeClock;
  readonly graph: FakeGraph;
  readonly robot: DoorRobot;
  readonly session: DoorSession;
  /** Frames as sent. */
  readonly frames: (string | Uint8Array)[] = [];
  /** Bytes that the client did not take; it takes all by default. */
  bufferedBytes = 0;
  closed: { code: number; reason: string } | undefined;
  answersPings = true;

  constructor(options: { readonly clock?: FakeClock; readonly graph?: FakeGraph; readonly robot?: DoorRobot } = {}) {
    this.clock = options.clock ?? new FakeClock();
    this.graph = options.graph ?? new FakeGraph(this.clock);
    this.graph.schemas.set(stringSchema.name, stringSchema);
    this.robot = options.robot ?? localDoorRobot(this.graph, { clock: this.clock });
    this.session = openRosbridgeDoor(this.robot, this, { clock: this.clock });
  }

  send(data: string | Uint8Array): void {
    this.frames.push(data);
  }

  ping(payload: Uint8Array): void {
    if (this.answersPings) queueMicrotask(() => this.session.handlePong(payload));
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
    this.session.handleClosed();
  }

  /** Sends ops, or text as it is, and lets promises settle. Resolves to what came since the last time. */
  async say(...ops: readonly (object | string)[]): Promise<Sent[]> {
    for (const op of ops) this.session.handleText(typeof op === 'string' ? op : JSON.stringify(op));
    await this.clock.advance(0);
    return this.take();
  }

  /** What came since the last time. */
  take(): Sent[] {
    return this.frames.splice(0).map((frame) => {
      const value: unknown = typeof frame === 'string' ? parseJsonExact(frame) : decodeCbor(frame, { tags: keepTags });
      return value as Sent;
    });
  }

  /** A node of the robot publishes a text. */
  emitText(topic: string, data: string): void {
    this.graph.emit(topic, codecFor(stringSchema, 'ros1').encode({ data }));
  }
}

/** Typed arrays as {tag, bytes}. */
const keepTags = Object.fromEntries(
  [69, 70, 71, 72, 77, 78, 79, 85, 86].map((tag) => [
    tag,
    (decode: () => unknown): unknown => ({ tag, bytes: decode() }),
  ]),
);

export const stringSchema: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
export const headerText = `${'='.repeat(80)}\nMSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id\n`;

export const addSchema: ServiceSchema = {
  name: 'demo/Add',
  request: { name: 'demo/Add_Request', encoding: 'ros1msg', text: 'int64 a\nint64 b\n' },
  response: { name: 'demo/Add_Response', encoding: 'ros1msg', text: 'int64 sum\nfloat64 ratio\n' },
};

export const textOf = (data: Uint8Array): unknown => codecFor(stringSchema, 'ros1').decode(data);
/** A text that matches. */
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
