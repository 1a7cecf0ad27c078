import { RosError, codecFor, systemClock } from '@longline/ros';
import type {
  Advertisement,
  Clock,
  Disposer,
  GraphListener,
  GraphSnapshot,
  OperationOptions,
  ParameterValue,
  ProvidedService,
  Publisher,
  RosGraph,
  Schema,
  ServiceAdvertisement,
  ServiceCall,
  ServiceHandler,
  ServiceSchema,
  SubscribeRequest,
  Subscription,
  SubscriptionListener,
} from '@longline/ros';
import { messageDefinition, serviceDefinition } from './definitions.ts';
import { joinGraphName } from './graphName.ts';
import { Loggers } from './Loggers.ts';
import { Parameters } from './Parameters.ts';
import { numberField } from './requestField.ts';
import { Services } from './Services.ts';
import { Ticker } from './Ticker.ts';
import type { Topic } from './Topic.ts';
import { Topics } from './Topics.ts';
import { UPDATE_SECONDS } from './Turtle.ts';
import type { Turtle, TurtleUpdate } from './Turtle.ts';
import { LOG_LEVELS, NODE_NAME, TurtleFrame } from './TurtleFrame.ts';
import type { LogLevel, NamedTurtle } from './TurtleFrame.ts';
import { Watchers } from './Watchers.ts';

export interface TurtlesimOptions {
  /** Default: this machine's. */
  readonly clock?: Clock;
  /** The graph's name for people. Default `turtlesim:`. */
  readonly name?: string;
}

/** A robot to try things with: ROS 1's turtlesim, simulated in this process. It runs from the first use until `close`. */
export function openTurtlesim(options: TurtlesimOptions = {}): Turtlesim {
  return new Turtlesim(options);
}

const poseSchema = messageDefinition('turtlesim/Pose');
const colourSchema = messageDefinition('turtlesim/Color');
const twistSchema = messageDefinition('geometry_msgs/Twist');
const logSchema = messageDefinition('rosgraph_msgs/Log');

/** Where a turtle's updates go. */
interface TurtleTopics {
  readonly pose: Topic;
  readonly colour: Topic;
}

/**
 * The node `/turtlesim` of a ROS 1 graph with its turtles, topics, services, log and parameters: the arithmetic, names,
 * words and timing are those of turtlesim in ROS Noetic. Poses come at 62.5 Hz and a `cmd_vel` holds for one second.
 * Services answer at once; teleports and velocities take effect at the next update, as there.
 */
export class Turtlesim implements RosGraph {
  readonly name: string;
  readonly #topics: Topics;
  readonly #services: Services;
  readonly #parameters = new Parameters();
  readonly #loggers = new Loggers();
  readonly #frame: TurtleFrame;
  readonly #ticker: Ticker;
  readonly #watchers = new Watchers(() => this.#snapshot());
  readonly #turtleTopics = new Map<NamedTurtle, TurtleTopics>();
  #rosout: Topic | undefined;
  #closed = false;

  constructor(options: TurtlesimOptions = {}) {
    const clock = options.clock ?? systemClock;
    this.name = options.name ?? 'turtlesim:';
    this.#topics = new Topics({ clock, handleChange: () => this.#watchers.handleChange() });
    this.#frame = new TurtleFrame(
      {
        handleLog: (level, text, origin) => this.#handleLog(level, text, origin),
        handleSpawn: (turtle) => this.#handleSpawn(turtle),
        handleKill: (turtle) => this.#handleKill(turtle),
        handleUpdate: (turtle, update) => this.#handleUpdate(turtle, update),
      },
      () => this.#parameters.background,
    );
    this.#services = new Services(this.#frame, this.#loggers);
    this.#ticker = new Ticker({
      clock,
      intervalMs: UPDATE_SECONDS * 1000,
      handleTick: (dueMs) => this.#frame.update(dueMs),
    });
  }

  watch(listener: GraphListener): Disposer {
    if (!this.#closed) this.#start();
    return this.#watchers.add(listener);
  }

  snapshot(options?: OperationOptions): Promise<GraphSnapshot> {
    return this.#use(options, () => this.#snapshot());
  }

  messageSchema(type: string, options?: OperationOptions): Promise<Schema> {
    return this.#use(options, () => messageDefinition(type));
  }

  serviceSchema(service: string, options?: OperationOptions): Promise<ServiceSchema> {
    return this.#use(options, () => serviceDefinition(this.#services.typeOf(service)));
  }

  /** Rejects with `NAME_INVALID` or `PARAMETER_INVALID` (the rate) besides what every graph rejects with. */
  subscribe(
    request: SubscribeRequest,
    listener: SubscriptionListener,
    options?: OperationOptions,
  ): Promise<Subscription> {
    return this.#use(options, () => this.#topics.subscribe(request, listener));
  }

  advertise(advertisement: Advertisement, options?: OperationOptions): Promise<Publisher> {
    return this.#use(options, () => this.#topics.advertise(advertisement));
  }

  callService(call: ServiceCall, options?: OperationOptions): Promise<Uint8Array> {
    return this.#use(options, () => this.#services.call(call.service, call.data));
  }

  listParameters(options?: OperationOptions): Promise<readonly string[]> {
    return this.#use(options, () => this.#parameters.names);
  }

  getParameter(name: string, options?: OperationOptions): Promise<ParameterValue> {
    return this.#use(options, () => this.#parameters.get(name));
  }

  /** A background colour is seen when the window is cleared next, as with the real node. */
  setParameter(name: string, value: ParameterValue, options?: OperationOptions): Promise<void> {
    return this.#use(options, () => this.#parameters.set(name, value));
  }

  /** Another node than turtlesim provides it then; `callService` calls it. */
  advertiseService(
    advertisement: ServiceAdvertisement,
    handler: ServiceHandler,
    options?: OperationOptions,
  ): Promise<ProvidedService> {
    return this.#use(options, () => {
      const provided = this.#services.provide(advertisement, handler);
      this.#watchers.handleChange();
      const close = (): void => {
        provided.close();
        this.#watchers.handleChange();
      };
      return { schema: provided.schema, close };
    });
  }

  deleteParameter(name: string, options?: OperationOptions): Promise<void> {
    return this.#use(options, () => this.#parameters.delete(name));
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#ticker.stop();
    this.#topics.close();
    this.#watchers.close();
    return Promise.resolve();
  }

  /** Runs at once; what it throws rejects. */
  #use<T>(options: OperationOptions | undefined, operation: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      options?.signal?.throwIfAborted();
      if (this.#closed) throw new RosError('GRAPH_CLOSED', `${this.name} is closed: open a turtlesim again.`);
      this.#start();
      resolve(operation());
    });
  }

  #start(): void {
    if (this.#rosout) return;
    this.#rosout = this.#topics.addNodePublisher('/rosout', logSchema, true);
    this.#frame.start();
    this.#ticker.start();
  }

  #snapshot(): GraphSnapshot {
    return { rosVersion: 1, topics: this.#topics.infos, services: this.#services.infos };
  }

  #handleSpawn(named: NamedTurtle): void {
    const { namespace, turtle } = named;
    const hear = (data: Uint8Array): void => hearTwist(turtle, data);
    this.#topics.addNodeSubscriber(joinGraphName(namespace, 'cmd_vel'), twistSchema, hear);
    this.#turtleTopics.set(named, {
      pose: this.#topics.addNodePublisher(joinGraphName(namespace, 'pose'), poseSchema),
      colour: this.#topics.addNodePublisher(joinGraphName(namespace, 'color_sensor'), colourSchema),
    });
    this.#services.handleSpawn(named);
    this.#watchers.handleChange();
  }

  #handleKill(named: NamedTurtle): void {
    this.#turtleTopics.delete(named);
    for (const leaf of ['cmd_vel', 'pose', 'color_sensor']) {
      this.#topics.removeNode(joinGraphName(named.namespace, leaf));
    }
    this.#services.handleKill(named);
    this.#watchers.handleChange();
  }

  #handleUpdate(named: NamedTurtle, update: TurtleUpdate): void {
    const topics = this.#turtleTopics.get(named);
    topics?.pose.publish(() => codecFor(poseSchema, 'ros1').encode(update.pose));
    topics?.colour.publish(() => codecFor(colourSchema, 'ros1').encode(update.colour));
  }

  #handleLog(level: LogLevel, text: string, origin: string): void {
    if (!this.#loggers.lets(level)) return;
    this.#rosout?.publish((seq, stampNs) =>
      codecFor(logSchema, 'ros1').encode({
        header: { seq, stamp: { sec: Number(stampNs / 1_000_000_000n), nsec: Number(stampNs % 1_000_000_000n) } },
        level: LOG_LEVELS[level],
        name: NODE_NAME,
        msg: text,
        file: origin.startsWith('Turtle::') ? 'turtle.cpp' : 'turtle_frame.cpp',
        function: origin,
        topics: this.#topics.nodePublications,
      }),
    );
  }
}

function hearTwist(turtle: Turtle, data: Uint8Array): void {
  const twist = codecFor(twistSchema, 'ros1').decode(data);
  turtle.handleCommand({
    linearX: numberField(twist, 'linear.x'),
    linearY: numberField(twist, 'linear.y'),
    angularZ: numberField(twist, 'angular.z'),
  });
}
