import type {
  AgentHello,
  ClockEstimate,
  DemandedChannel,
  OutgoingRequest,
  PathEstimate,
  Reply,
  ReplyListener,
} from '@longline/line';
import type { Disposer } from '@longline/ros';
import type { RobotLine } from '../fleet/DeviceState.ts';

/** A robot's open line in memory: keeps what was asked, and answers when the test says. */
export class FakeRobotLine implements RobotLine {
  readonly asked: { readonly request: OutgoingRequest; readonly payload: Uint8Array }[] = [];
  readonly closedWith: string[] = [];
  /** Every demand told, oldest first. */
  readonly demanded: DemandedChannel[] = [];
  readonly sockets = 1;
  path: PathEstimate = {
    rttMs: undefined,
    lastRttMs: undefined,
    bytesPerSecond: undefined,
    windowBytes: 8_192,
    inFlightBytes: 0,
  };
  /** Every motion frame sent, oldest first. */
  readonly frames: { readonly request: OutgoingRequest; readonly payload: Uint8Array }[] = [];
  readonly #listeners = new Map<string, ReplyListener>();
  readonly #streams = new Map<string, ReplyListener>();

  request(request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    this.asked.push({ request, payload: payload.slice() });
    this.#listeners.set(request.id, listener);
  }

  /** Whether more is under way than the path carries. */
  set full(isFull: boolean) {
    this.path = { ...this.path, inFlightBytes: isFull ? 1e6 : 0 };
  }

  openStream(id: string, listener: ReplyListener): Disposer {
    this.#streams.set(id, listener);
    return () => void this.#streams.delete(id);
  }

  /** Motion streams that are open. */
  get streams(): number {
    return this.#streams.size;
  }

  motion(request: OutgoingRequest, payload: Uint8Array): void {
    this.frames.push({ request, payload: payload.slice() });
  }

  /** Refuses a frame of the stream of the newest frame, as a robot does. */
  refuse(code: string): void {
    const id = this.frames.at(-1)?.request.id ?? '';
    this.#streams.get(id)?.({ id, state: 'rejected', code, message: code, payload: new Uint8Array(0) });
  }

  isLineOf(): boolean {
    return false;
  }

  addSocket(): void {
    throw new Error('a fake line has one socket');
  }

  /** Set by the test. */
  clock: ClockEstimate | undefined;

  clockEstimate(): ClockEstimate | undefined {
    return this.clock;
  }

  demand(channels: readonly DemandedChannel[]): void {
    this.demanded.push(...channels);
  }

  close(code: string): void {
    this.closedWith.push(code);
  }

  /** Answers the newest request, or the one at `index`. */
  answer(reply: Partial<Omit<Reply, 'payload'>> & { readonly json?: string }, index = this.asked.length - 1): void {
    const id = this.asked[index]?.request.id ?? '';
    const { json = '', ...header } = reply;
    this.#listeners.get(id)?.({ id, state: 'done', ...header, payload: new TextEncoder().encode(json) });
  }
}

export const helloOf = (device: string, highestToken = 0): AgentHello => ({
  role: 'agent',
  device,
  boot: 'b',
  line: 'l',
  socket: 0,
  highestToken,
  software: 's',
  robot: 'test:',
  features: [],
});
