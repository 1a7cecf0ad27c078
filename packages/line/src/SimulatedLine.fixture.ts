import type { MessageParts } from '@longline/ros';
import { FakeClock, randomFrom, sampleChallenge, SimulatedPath } from '@longline/testing';
import type { PathOptions, SimulatedConnection } from '@longline/testing';
import { AgentEnd } from './AgentEnd.ts';
import type { LineEndpoint } from './bindWebSocket.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import type { Delivery, Lane } from './channelRecords.ts';
import type { LineClose } from './errors.ts';
import type { HelloProof, HelloSigner } from './challenge.ts';
import type { AgentHello } from './hello.ts';
import { nodeZstd } from './node/zstd.ts';
import type { Reply } from './OpenRequests.ts';
import { Outbox } from './Outbox.ts';
import type { RequestHeader } from './requestRecords.ts';
import { RobotEnd } from './RobotEnd.ts';
import type { Transport } from './Transport.ts';

const hello: AgentHello = {
  role: 'agent',
  device: 'r1',
  boot: 'b1',
  line: 'l1',
  socket: 0,
  highestToken: 0,
  software: 'test',
  robot: 'turtlesim:',
  features: [],
};
const welcome = { server: 's', software: 'x', epoch: 1 };

/** Bytes that no packing makes smaller; messages are pieces of it. */
const noise = ((): Uint8Array => {
  const random = randomFrom(1);
  return Uint8Array.from({ length: 512 * 1024 }, () => random(256));
})();

/** A channel of a {@link SimulatedLine}. */
export interface SimulatedChannel {
  readonly id: number;
  readonly lane: Lane;
  readonly delivery: Delivery;
  readonly bytes: number;
  readonly rateHz: number;
  /** The messages are alike, so that packing pays. */
  readonly alike?: boolean;
}

/** A message that arrived. */
export interface Arrival {
  readonly sequence: number;
  readonly ageMs: number;
  readonly atMs: number;
}

/** An agent and a server over a simulated path, with as many sockets as the agent asks for. */
export class SimulatedLine {
  readonly clock = new FakeClock();
  readonly path: SimulatedPath;
  readonly outbox = new Outbox(this.clock);
  readonly agent: AgentEnd;
  readonly robot: RobotEnd;
  /** How often a further socket was asked for, and when. */
  readonly wantedMs: number[] = [];
  /** While set, further sockets are refused. */
  refuses = false;
  readonly requests: { readonly header: RequestHeader; readonly bytes: number; readonly atMs: number }[] = [];
  readonly replies: Reply[] = [];
  /** Of the hello of each socket, the first included. */
  readonly proofs: HelloProof[] = [];
  agentClose: LineClose | undefined;
  readonly #arrivals = new Map<number, Arrival[]>();
  readonly #dropped = new Map<number, number>();
  readonly #sequences = new Map<number, number>();

  constructor({ signer, ...options }: PathOptions & { readonly signer?: HelloSigner }) {
    this.path = new SimulatedPath(this.clock, options);
    const connection = this.path.connect();
    this.agent = connection.left.attach(
      (transport) =>
        new AgentEnd({
          transport,
          clock: this.clock,
          hello,
          outbox: this.outbox,
          signer,
          zstd: nodeZstd,
          handlers: {
            handleWelcome: () => undefined,
            handleRequest: (header, payload) =>
              this.requests.push({ header, bytes: payload.length, atMs: this.clock.monotonicMs() }),
            handleSocketWanted: (attach) => this.#addSocket(attach),
            handleClosed: (close) => (this.agentClose = close),
          },
        }),
    );
    this.robot = this.#attachRobot(connection, () => this.robot.welcome(welcome));
    connection.open();
  }

  /** Connections of further sockets that are open, the oldest first. */
  get furtherConnections(): SimulatedConnection[] {
    return this.path.connections.slice(1).filter(({ closed }) => !closed);
  }

  /** Sockets that carry data, the first included. */
  get sockets(): number {
    return this.agent.lineState.sockets;
  }

  arrivals(id: number): readonly Arrival[] {
    return this.#arrivals.get(id) ?? [];
  }

  /** Messages of a channel that the other side was told were dropped. */
  dropped(id: number): number {
    return this.#dropped.get(id) ?? 0;
  }

  /** Messages of a channel given to the outbox. */
  published(id: number): number {
    return this.#sequences.get(id) ?? 0;
  }

  /** Ages in milliseconds, in rising order, of messages that arrived in that time. */
  ages(id: number, fromMs = 0, toMs = Number.POSITIVE_INFINITY): number[] {
    return this.arrivals(id)
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .map(({ ageMs }) => ageMs)
      .sort((a, b) => a - b);
  }

  /** Opens the line and advertises the channels. */
  async open(channels: readonly SimulatedChannel[] = []): Promise<this> {
    await this.clock.advance(4 * this.path.roundTripMs + 100);
    for (const channel of channels) {
      const { id, lane, delivery } = channel;
      this.outbox.openChannel(id, channel);
      const advertised: AdvertisedChannel = {
        id,
        topic: `/${lane}_${id}`,
        schema: { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data' },
        encoding: 'ros1',
        latched: false,
        lane,
        delivery,
      };
      this.agent.advertise([advertised]);
    }
    return this;
  }

  /** Publishes one message now. */
  publish({ id, bytes, lane, alike = false }: SimulatedChannel): void {
    const sequence = this.published(id);
    this.#sequences.set(id, sequence + 1);
    const at = alike ? 0 : Math.imul(sequence + 7 * id, 7_919) % (noise.length - bytes);
    const now = this.clock.wallNs();
    const message: MessageParts = {
      sequence,
      logTime: now,
      publishTime: now,
      data: noise.subarray(Math.abs(at), Math.abs(at) + bytes),
    };
    this.outbox.push(id, message);
    this.agent.handleQueued(lane === 'state' || lane === 'control');
  }

  /** Publishes each channel at its rate for so long. */
  async run(durationMs: number, channels: readonly SimulatedChannel[]): Promise<void> {
    const endMs = this.clock.monotonicMs() + durationMs;
    for (const [number, channel] of channels.entries()) {
      const periodMs = 1_000 / channel.rateHz;
      const next = (): void => {
        if (this.clock.monotonicMs() >= endMs) return;
        this.publish(channel);
        this.clock.after(periodMs, next);
      };
      // Not all at the same instant.
      this.clock.after(number * 1.3, next);
    }
    await this.clock.advance(durationMs);
  }

  /** Asks the robot something; what becomes of it comes into {@link replies}. */
  request(id: string, bytes: number): void {
    this.robot.request(
      {
        id,
        issuer: 'tester',
        ageMs: 0,
        deadlineMs: 20_000,
        token: 0,
        sequence: 1,
        action: { kind: 'call', service: '/s', encoding: 'ros1' },
      },
      noise.subarray(0, bytes),
      (reply) => this.replies.push(reply),
    );
  }

  #addSocket(attach: (transport: Transport) => LineEndpoint): void {
    this.wantedMs.push(this.clock.monotonicMs());
    const connection = this.path.connect();
    connection.left.attach(attach);
    if (this.refuses) {
      connection.refuse();
      return;
    }
    const further: RobotEnd = this.#attachRobot(connection, ({ socket }) =>
      this.robot.addSocket(further, socket, welcome),
    );
    connection.open();
  }

  #attachRobot(connection: SimulatedConnection, handleHello: (hello: AgentHello) => void): RobotEnd {
    return connection.right.attach(
      (transport) =>
        new RobotEnd({
          transport,
          clock: this.clock,
          zstd: nodeZstd,
          challenge: sampleChallenge,
          handlers: {
            handleHello: (said, { text, signature }) => {
              this.proofs.push({ text, signature: signature.slice() });
              handleHello(said);
            },
            handleAdvertise: () => undefined,
            handleUnadvertise: () => undefined,
            handleMessage: ({ id }, { sequence, logTime }) => {
              const atMs = this.clock.monotonicMs();
              const ageMs = Number(this.clock.wallNs() - logTime) / 1e6;
              const arrivals = this.#arrivals.get(id) ?? [];
              this.#arrivals.set(id, arrivals);
              arrivals.push({ sequence, ageMs, atMs });
            },
            handleDropped: ({ id }, count) => this.#dropped.set(id, this.dropped(id) + count),
            handleStatus: () => undefined,
            handleClosed: () => undefined,
          },
        }),
    );
  }
}

/** The value below which so large a share of rising values lies. */
export const quantile = (rising: readonly number[], share: number): number =>
  rising[Math.min(rising.length - 1, Math.floor(rising.length * share))] ?? Number.NaN;
