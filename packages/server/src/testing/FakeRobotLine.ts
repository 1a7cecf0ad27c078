import type {
  AgentHello,
  ClockEstimate,
  DemandedChannel,
  OutgoingRequest,
  PathEstimate,
  Reply,
  ReplyListener,
} from '@longline/line';
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
  readonly #listeners = new Map<string, ReplyListener>();

  request(request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    this.asked.push({ request, payload: payload.slice() });
    this.#listeners.set(request.id, listener);
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

export const helloOf = (device: string): AgentHello => ({
  role: 'agent',
  device,
  boot: 'b',
  line: 'l',
  socket: 0,
  highestToken: 0,
  software: 's',
  robot: 'test:',
  features: [],
});
