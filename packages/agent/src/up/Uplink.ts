import type { AdvertisedChannel, DemandedChannel, Lane, Outbox } from '@longline/line';
import type { Clock, Disposer, GraphSnapshot, Log, RosGraph } from '@longline/ros';
import type { GraphView } from '../robot/GraphView.ts';
import type { RosTime } from '../robot/RosTime.ts';
import { budgetTable } from './budgetTable.ts';
import type { LaneAllowance } from './budgetTable.ts';
import { ChannelIds } from './ChannelIds.ts';
import { HeldDemand } from './HeldDemand.ts';
import { LatchedBytes } from './LatchedBytes.ts';
import type { Selection } from './Selection.ts';
import { UplinkChannel } from './UplinkChannel.ts';

/** Most topics sent at once; further ones are told in the log and left out (`CHANNEL_LIMIT`). */
export const MAX_CHANNELS = 5_000;
/** A topic without publishers is given up after this long, in milliseconds. */
export const TOPIC_GONE_MS = 10_000;

/** An open line, as far as the way up needs it. */
export interface UplinkLine {
  advertise(channels: readonly AdvertisedChannel[]): void;
  unadvertise(ids: readonly number[]): void;
  handleQueued(urgent?: boolean): void;
}

/** Receives the selected topics from ROS and puts their messages into the outbox, whether or not there is a line. */
export class Uplink {
  readonly #graph: RosGraph;
  readonly #view: GraphView;
  readonly #selection: Selection;
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #rosTime: RosTime;
  readonly #log: Log;
  readonly #allowance: (lane: Lane) => LaneAllowance;
  readonly #maxChannels: number;
  readonly #ids: ChannelIds;
  readonly #channels = new Map<string, UplinkChannel>();
  readonly #byId = new Map<number, UplinkChannel>();
  readonly #latchedBytes = new LatchedBytes();
  readonly #demand: HeldDemand;
  readonly #gone = new Map<string, Disposer>();
  #line: UplinkLine | undefined;
  #dispose: Disposer | undefined;
  #isFull = false;

  constructor(options: {
    readonly graph: RosGraph;
    readonly view: GraphView;
    readonly selection: Selection;
    readonly outbox: Outbox;
    readonly clock: Clock;
    readonly rosTime: RosTime;
    readonly log: Log;
    /** What the data budget leaves of a lane now; everything by default. */
    readonly allowance?: (lane: Lane) => LaneAllowance;
    readonly maxChannels?: number;
  }) {
    this.#graph = options.graph;
    this.#view = options.view;
    this.#selection = options.selection;
    this.#outbox = options.outbox;
    this.#clock = options.clock;
    this.#rosTime = options.rosTime;
    this.#log = options.log;
    this.#allowance = options.allowance ?? ((lane) => budgetTable.free[lane]);
    this.#maxChannels = options.maxChannels ?? MAX_CHANNELS;
    this.#ids = new ChannelIds(this.#maxChannels * 4);
    this.#demand = new HeldDemand({
      clock: options.clock,
      handleDemand: (id, rateHz) => this.#byId.get(id)?.handleDemand(rateHz),
    });
  }

  /** Topics being received. */
  get size(): number {
    return this.#channels.size;
  }

  start(): void {
    this.#dispose ??= this.#view.watch({
      handleGraph: (snapshot) => this.#handleGraph(snapshot),
      handleStatus: ({ state }) => {
        // Without ROS nobody can say that a publisher went.
        if (state === 'disconnected') for (const topic of [...this.#gone.keys()]) this.#keep(topic);
      },
    });
    if (this.#view.snapshot !== undefined) this.#handleGraph(this.#view.snapshot);
  }

  stop(): void {
    this.#dispose?.();
    this.#dispose = undefined;
    this.#demand.stop();
    for (const topic of [...this.#channels.keys()]) this.#close(topic);
  }

  /** A line opened: everything known is advertised on it, and what it may lack of latched topics goes first. */
  handleLineOpen(line: UplinkLine): void {
    this.#line = line;
    line.advertise(
      [...this.#channels.values()].flatMap(({ advertised }) => (advertised === undefined ? [] : [advertised])),
    );
    this.#demand.handleLineOpen();
    for (const channel of this.#channels.values()) channel.handleLineOpen();
  }

  handleLineClosed(): void {
    this.#line = undefined;
    this.#demand.handleLineClosed();
    for (const channel of this.#channels.values()) channel.handleLineClosed();
  }

  /** The server says which `watched` channels somebody looks at; others are ignored. */
  handleDemand(channels: readonly DemandedChannel[]): void {
    for (const demanded of channels) {
      if (this.#byId.get(demanded.id)?.advertised?.demand === 'watched') this.#demand.handleDemand(demanded);
    }
  }

  /**
   * This agent is about to publish on a topic: where it is sent, it is received from its first message on. The graph tells
   * whether it stays.
   */
  handlePublishing(topic: string, type: string): void {
    if (!this.#channels.has(topic)) this.#open(topic, type);
  }

  /** The data budget leaves more or less than before. */
  handleAllowance(): void {
    for (const channel of this.#channels.values()) channel.handleAllowance();
  }

  #handleGraph(snapshot: GraphSnapshot): void {
    const present = new Set<string>();
    for (const { name, type, publishers } of snapshot.topics) {
      if (publishers.length === 0) continue;
      present.add(name);
      const channel = this.#channels.get(name);
      if (channel === undefined) {
        this.#open(name, type || undefined);
        continue;
      }
      this.#keep(name);
      if (type !== '') channel.handleType(type);
    }
    for (const topic of this.#channels.keys()) {
      if (present.has(topic) || this.#gone.has(topic)) continue;
      this.#gone.set(
        topic,
        this.#clock.after(TOPIC_GONE_MS, () => this.#close(topic)),
      );
    }
  }

  /** While a type is unknown a topic is opened only where the rules without types say that it is sent. */
  #open(topic: string, type: string | undefined): void {
    if (this.#selection.plan(topic, type) === undefined) return;
    if (this.#channels.size >= this.#maxChannels) {
      if (!this.#isFull) {
        this.#isFull = true;
        this.#log.warn(
          { code: 'CHANNEL_LIMIT', topic },
          `${this.#maxChannels} topics are being sent, the most there may be; ${topic} and others are left out. ` +
            'Leave topics out with "send: false" under topics: in the config',
        );
      }
      return;
    }
    const identity = this.#ids.of(topic);
    const channel = new UplinkChannel({
      graph: this.#graph,
      identity,
      topic,
      planFor: (type) => this.#selection.plan(topic, type),
      outbox: this.#outbox,
      clock: this.#clock,
      rosTime: this.#rosTime,
      log: this.#log,
      latchedBytes: this.#latchedBytes,
      allowance: this.#allowance,
      handleAdvertise: (advertised) => this.#line?.advertise([advertised]),
      handleExcluded: () => this.#close(topic),
      handleQueued: (urgent) => this.#line?.handleQueued(urgent),
    });
    this.#channels.set(topic, channel);
    this.#byId.set(identity.id, channel);
    channel.start(type);
  }

  /** The topic has publishers again. */
  #keep(topic: string): void {
    this.#gone.get(topic)?.();
    this.#gone.delete(topic);
  }

  #close(topic: string): void {
    this.#keep(topic);
    const channel = this.#channels.get(topic);
    if (channel === undefined) return;
    this.#channels.delete(topic);
    this.#byId.delete(channel.id);
    this.#demand.forget(channel.id);
    this.#isFull = false;
    channel.close();
    if (channel.advertised !== undefined) this.#line?.unadvertise([channel.advertised.id]);
  }
}
