import { AgentEnd, defaultLimits, Outbox } from '@longline/line';
import type { LineLimits, RobotStatus, Transport, Welcome } from '@longline/line';
import { nodeZstd } from '@longline/line/node';
import { version } from '@longline/ros';
import type { Clock, Log, RosGraph } from '@longline/ros';
import type { AgentParts } from './AgentParts.ts';
import type { AgentStatus } from './AgentStatus.ts';
import { AdvertisedTopics } from './commands/AdvertisedTopics.ts';
import { AllowList } from './commands/AllowList.ts';
import { ExecutedCommands } from './commands/ExecutedCommands.ts';
import { MotionOrders } from './commands/MotionOrders.ts';
import { ProvidedServices } from './commands/ProvidedServices.ts';
import { PublisherPool } from './commands/PublisherPool.ts';
import { RequestDispatcher } from './commands/RequestDispatcher.ts';
import { RequestGuard } from './commands/RequestGuard.ts';
import { StandingCommands } from './commands/StandingCommands.ts';
import { TopicTurns } from './commands/TopicTurns.ts';
import type { AgentConfig } from './config/AgentConfig.ts';
import type { Deadman } from './deadman/Deadman.ts';
import { noProof } from './identity/RobotProof.ts';
import type { RobotProof } from './identity/RobotProof.ts';
import type { Dial } from './line/Dial.ts';
import type { LineEvents } from './line/DialAttempt.ts';
import { LineConnector } from './line/LineConnector.ts';
import { LineReporter } from './LineReporter.ts';
import { GraphView } from './robot/GraphView.ts';
import { RosTime } from './robot/RosTime.ts';
import { TopicTypes } from './robot/TopicTypes.ts';
import { StatusReporter } from './StatusReporter.ts';
import { DataBudget } from './up/DataBudget.ts';
import { Selection } from './up/Selection.ts';
import { SnapshotTaker } from './up/SnapshotTaker.ts';
import { Uplink } from './up/Uplink.ts';

const SOFTWARE = `longline-agent ${version}`;

/** One robot's agent: its topics up, requests down, over one line that it keeps. */
export class Agent {
  readonly #config: AgentConfig;
  readonly #graph: RosGraph;
  readonly #clock: Clock;
  readonly #makeId: () => string;
  readonly #identity: RobotProof;
  readonly #boot: string;
  readonly #outbox: Outbox;
  readonly #view: GraphView;
  readonly #rosTime: RosTime;
  readonly #uplink: Uplink;
  readonly #budget: DataBudget | undefined;
  readonly #deadman: Deadman;
  readonly #implicitLease: boolean;
  readonly #executed: ExecutedCommands;
  readonly #publishers: PublisherPool;
  readonly #advertised: AdvertisedTopics;
  readonly #standing: StandingCommands;
  readonly #dispatcher: RequestDispatcher;
  readonly #reporter: StatusReporter;
  readonly #lineReporter: LineReporter;
  readonly #connector: LineConnector;
  readonly #log: Log;
  /** The open line. */
  #end: AgentEnd | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(parts: AgentParts) {
    const { config, graph, deadman, clock, log } = parts;
    this.#config = config;
    this.#graph = graph;
    this.#deadman = deadman;
    this.#implicitLease = config.motion.implicitLease;
    this.#clock = clock;
    this.#log = log;
    this.#makeId = parts.makeId;
    const identity = (this.#identity = parts.identity ?? noProof);
    this.#boot = parts.makeId();
    this.#outbox = new Outbox(clock, config.outbox);
    this.#view = new GraphView(graph);
    const handleChange = (): void => this.#reporter.handleChange();
    this.#rosTime = new RosTime({ graph, view: this.#view, clock, log, handleChange });
    const selection = new Selection(config.topics);
    const budget =
      config.budget && new DataBudget({ clock, log, config: config.budget, handleChange: () => this.#handleBudget() });
    this.#budget = budget;
    this.#uplink = new Uplink({
      graph,
      view: this.#view,
      selection,
      outbox: this.#outbox,
      clock,
      rosTime: this.#rosTime,
      log,
      ...(budget === undefined ? {} : { allowance: (lane) => budget.allowance(lane) }),
    });
    const types = new TopicTypes({ graph, view: this.#view, clock });
    const isOutput = (topic: string, type: string): boolean => deadman.outputOf('topic', topic, type) !== undefined;
    this.#publishers = new PublisherPool({
      graph,
      types,
      clock,
      isOutput,
      handleOpening: (topic, type) => this.#uplink.handlePublishing(topic, type),
    });
    this.#advertised = new AdvertisedTopics(this.#publishers);
    this.#standing = new StandingCommands({ clock, log, handleChange });
    this.#executed = new ExecutedCommands({ store: parts.journal, clock, log });
    this.#dispatcher = new RequestDispatcher({
      clock,
      log,
      context: {
        graph,
        allowList: new AllowList(config.allow),
        guard: new RequestGuard({ highestToken: () => deadman.status.token }),
        publishers: this.#publishers,
        turns: new TopicTurns(),
        advertised: this.#advertised,
        types,
        motion: new MotionOrders({
          deadman,
          clockErrorMs: () => this.#end?.clockEstimate()?.errorMs ?? Number.POSITIVE_INFINITY,
        }),
        deadman,
        executed: this.#executed,
        standing: this.#standing,
        snapshots: new SnapshotTaker({ graph, view: this.#view, selection, clock }),
        provided: new ProvidedServices({ graph, clock, log }),
      },
    });
    this.#reporter = new StatusReporter({ clock, read: () => this.#robotStatus() });
    const lineReporter = (this.#lineReporter = new LineReporter({ clock, outbox: this.#outbox }));
    this.#connector = new LineConnector({
      dials: parts.dials.map((dial): Dial => (...to) => {
        lineReporter.handleDial();
        return dial(...to);
      }),
      ...(parts.localAddresses === undefined ? {} : { localAddresses: parts.localAddresses }),
      credentialStamp: () => identity.stamp,
      clock,
      log,
      random: parts.random,
      makeEnd: (transport, events) => this.#makeEnd(transport, events),
      handleOpen: (end, welcome) => this.#handleLineOpen(end, welcome),
      handleClosed: () => this.#handleLineClosed(),
    });
  }

  get status(): AgentStatus {
    return {
      device: this.#config.device,
      boot: this.#boot,
      line: this.#connector.state,
      report: this.#lineReporter.report,
      robot: this.#robotStatus(),
      channels: this.#uplink.size,
      budget: this.#budget?.use,
      outbox: { bytes: this.#outbox.bytes, dropped: this.#outbox.droppedTotal },
      journal: this.#executed.state,
    };
  }

  /**
   * Begins to watch the robot and to connect. It needs neither ROS nor the server to be there, but what stops the robot: it
   * resolves when the deadman is ready, or has said why not. Idempotent.
   */
  start(): Promise<void> {
    if (this.#stopping === undefined) this.#starting ??= this.#start();
    return this.#starting ?? Promise.resolve();
  }

  async #start(): Promise<void> {
    let isFirst = true;
    this.#view.watch({
      handleStatus: (status) => {
        const details = { robot: this.#graph.name, ...status };
        if (status.state === 'connected') this.#log.info(details, 'ROS is connected');
        else if (isFirst) this.#log.info(details, 'the agent waits for ROS');
        else this.#log.warn(details, 'ROS is not connected');
        isFirst = false;
        this.#reporter.handleChange();
      },
    });
    this.#uplink.start();
    this.#rosTime.start();
    this.#view.start();
    const handleChange = (): void => this.#reporter.handleChange();
    await Promise.all([this.#deadman.start({ handleChange }), this.#dispatcher.load()]);
    if (this.#stopping === undefined) this.#connector.start();
  }

  /** Stops what moves and what stands, ends the line and closes the robot's graph. Idempotent; waits. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    // Motion first: nothing below may delay its stop, and no request may start it again.
    const requestsDone = this.#dispatcher.stop();
    await this.#deadman.close();
    await this.#standing.stop();
    this.#connector.stop();
    this.#rosTime.stop();
    this.#uplink.stop();
    this.#budget?.stop();
    this.#view.stop();
    this.#publishers.close();
    await this.#graph.close();
    await requestsDone;
    await this.#executed.close();
    this.#log.info({ device: this.#config.device }, 'the agent stopped');
  }

  #makeEnd(transport: Transport, events: LineEvents): AgentEnd {
    return new AgentEnd({
      transport,
      clock: this.#clock,
      limits: lineLimits(this.#config.line.silenceMs),
      zstd: nodeZstd,
      signer: this.#identity.signer,
      hello: {
        role: 'agent',
        device: this.#config.device,
        boot: this.#boot,
        line: this.#makeId(),
        socket: 0,
        highestToken: this.#deadman.status.token,
        software: SOFTWARE,
        robot: this.#graph.name.slice(0, 512),
        features: [],
      },
      outbox: this.#outbox,
      handlers: {
        handleWelcome: (welcome) => events.handleWelcome(welcome),
        handleRequest: (header, payload, ageMs) => this.#dispatcher.handleRequest(header, payload, ageMs),
        handleDemand: (channels) => this.#uplink.handleDemand(channels),
        handleSent: (lane, bytes) => this.#budget?.handleSent(lane, bytes),
        handleSocketWanted: (attach) => events.handleSocketWanted(attach),
        handleClosed: (close) => events.handleClosed(close),
      },
    });
  }

  #handleLineOpen(end: AgentEnd, welcome: Welcome): void {
    this.#end = end;
    this.#dispatcher.handleLineOpen(end, welcome.maxFrameBytes);
    this.#uplink.handleLineOpen(end);
    this.#reporter.handleLineOpen(end);
    this.#lineReporter.handleLineOpen(end);
  }

  #handleLineClosed(): void {
    // Motion first: no fault of what follows may keep it alive.
    this.#deadman.handleLineClosed();
    this.#end = undefined;
    this.#dispatcher.handleLineClosed();
    this.#standing.handleLineClosed();
    this.#advertised.handleLineClosed();
    this.#uplink.handleLineClosed();
    this.#reporter.handleLineClosed();
    this.#lineReporter.handleLineClosed();
  }

  #handleBudget(): void {
    this.#uplink.handleAllowance();
    this.#reporter.handleChange();
  }

  #robotStatus(): RobotStatus {
    const status = this.#view.status;
    const budget = this.#budget?.use;
    return {
      ros:
        status.state === 'connected'
          ? { state: 'connected' }
          : { state: 'disconnected', code: status.code, reason: status.reason.slice(0, 2_048) },
      simulatedTime: this.#rosTime.simulated,
      standing: this.#standing.list,
      motion: { ...this.#deadman.status, ...(this.#implicitLease ? { implicitLease: true } : {}) },
      ...(budget === undefined
        ? {}
        : { budget: { bytesPerDay: budget.bytesPerDay, usedBytes: budget.usedBytes, level: budget.level } }),
    };
  }
}

/** Whoever is to be heard within `silenceMs` is asked more than once in that time. */
const lineLimits = (silenceMs: number): Partial<LineLimits> => ({
  silenceMs,
  heartbeatMs: Math.min(defaultLimits.heartbeatMs, (silenceMs * 2) / 3),
});
