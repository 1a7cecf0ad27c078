import type { Clock, Disposer, GraphStatus, Log } from '@longline/ros';
import { stringifyExact } from '@longline/ros';
import type { DoorRobot } from '../door/DoorRobot.ts';
import type { DoorSession, DoorSocket } from '../door/DoorSocket.ts';
import { FrameAge } from '../door/FrameAge.ts';
import { ReaderQueue } from '../door/ReaderQueue.ts';
import { AdvertisedChannels } from './AdvertisedChannels.ts';
import { AdvertisedServices } from './AdvertisedServices.ts';
import { parseClientFrame } from './clientFrame.ts';
import { parseClientOp } from './clientOp.ts';
import type { ClientOp } from './clientOp.ts';
import { ClientPublications } from './ClientPublications.ts';
import { ConnectionGraph } from './ConnectionGraph.ts';
import { DropReport } from './DropReport.ts';
import { ParameterUpdates } from './ParameterUpdates.ts';
import type { ReaderContext } from './ReaderContext.ts';
import { ReaderParameters } from './ReaderParameters.ts';
import { ReaderSubscriptions } from './ReaderSubscriptions.ts';
import { RobotTime } from './RobotTime.ts';
import { assetErrorFrame } from './serverFrame.ts';
import { ServerGreeting } from './ServerGreeting.ts';
import type { Capability, ServerOp } from './ServerOp.ts';
import { ServiceCalls } from './ServiceCalls.ts';
import { StatusTeller } from './StatusTeller.ts';

/** What a {@link FoxgloveSession} is given. */
export interface FoxgloveSessionOptions {
  readonly robot: DoorRobot;
  readonly socket: DoorSocket;
  readonly clock: Clock;
  readonly log: Log;
  readonly name: string;
  readonly sessionId: string;
  readonly capabilities: readonly Capability[];
}

/** A reader that answers no ping for so long is gone. */
const SILENT_CLOSE_CODE = 4408;
/** The one status that is taken back. */
const ROBOT_STATUS_ID = 'robot';
/** Frames that wait for the first greeting. */
const MAX_UNGREETED = 1_000;

/** One reader of the Foxglove door: takes its frames to the parts that they are for. */
export class FoxgloveSession implements DoorSession {
  readonly #context: ReaderContext;
  readonly #greeting: ServerGreeting;
  readonly #channels: AdvertisedChannels;
  readonly #subscriptions: ReaderSubscriptions;
  readonly #publications: ClientPublications;
  readonly #services: AdvertisedServices;
  readonly #calls: ServiceCalls;
  readonly #updates: ParameterUpdates;
  readonly #parameters: ReaderParameters;
  readonly #graph: ConnectionGraph;
  readonly #time: RobotTime;
  readonly #drops: DropReport;
  readonly #unwatch: Disposer;
  /** What is to leave after the first greeting; `undefined` once that left. */
  #ungreeted: string[] | undefined = [];
  /** Why the robot is away, as the reader was told; `undefined` while it is there. */
  #away: string | undefined;

  constructor({ robot, socket, clock, log, name, sessionId, capabilities }: FoxgloveSessionOptions) {
    const queue = new ReaderQueue({ socket });
    const age = new FrameAge({
      clock,
      ping: (payload) => socket.ping(payload),
      handleSilent: () => socket.close(SILENT_CLOSE_CODE, 'no ping was answered for 30 s'),
    });
    const send = (op: ServerOp): void => this.#send(stringifyExact(op));
    const status = new StatusTeller({ clock, log, send });
    const context = (this.#context = { robot, clock, log, queue, age, status, send });
    this.#drops = new DropReport({ clock, send });
    this.#channels = new AdvertisedChannels(context, (channelId) => this.#subscriptions.handleWithdrawn(channelId));
    this.#subscriptions = new ReaderSubscriptions(context, this.#channels, this.#drops);
    this.#publications = new ClientPublications(context);
    this.#services = new AdvertisedServices(context);
    this.#calls = new ServiceCalls(context, this.#services);
    this.#updates = new ParameterUpdates(context);
    this.#parameters = new ReaderParameters(context, this.#updates);
    this.#graph = new ConnectionGraph(context);
    this.#time = new RobotTime(context, () => this.#greeting.handleTime());
    this.#greeting = new ServerGreeting({
      clock,
      name,
      sessionId,
      capabilities,
      encodings: () => Iterator.from(robot.channels.list()).map(({ encoding }) => encoding),
      send: (op) => queue.send(stringifyExact(op)),
      handleGreeted: () => this.#handleGreeted(),
    });
    robot.outputs.handleRefusal = (topic, code, message) => status.tell(2, code, message, topic);
    this.#unwatch = robot.graph.watch({
      handleStatus: (graphStatus) => this.#handleRobotStatus(graphStatus),
      handleGraph: (snapshot) => {
        this.#time.handleGraph(snapshot);
        this.#greeting.handleGraph(snapshot);
        this.#services.handleGraph(snapshot);
        this.#graph.handleGraph(snapshot);
      },
    });
  }

  handleText(text: string): void {
    try {
      this.#handleOp(parseClientOp(text));
    } catch (error) {
      this.#context.status.tellError(error, 'text frame');
    }
  }

  handleBinary(data: Uint8Array): void {
    try {
      const frame = parseClientFrame(data);
      if (frame.kind === 'message') this.#publications.publish(frame.channelId, frame.data);
      else this.#calls.call(frame);
    } catch (error) {
      this.#context.status.tellError(error, 'binary frame');
    }
  }

  handlePong(payload: Uint8Array): void {
    this.#context.age.handlePong(payload);
  }

  handleWritable(): void {
    this.#context.queue.handleWritable();
    this.#channels.handleWritable();
    this.#services.handleWritable();
  }

  handleClosed(): void {
    this.#unwatch();
    const { robot, age, queue } = this.#context;
    for (const part of [this.#greeting, this.#calls, this.#parameters, this.#updates, this.#drops]) part.close();
    for (const part of [this.#subscriptions, this.#channels, this.#services, this.#publications]) part.close();
    for (const part of [this.#time, age, robot.outputs, queue]) part.close();
  }

  #handleOp(op: ClientOp): void {
    switch (op.op) {
      case 'subscribe':
        return this.#subscriptions.subscribe(op.subscriptions);
      case 'unsubscribe':
        return this.#subscriptions.unsubscribe(op.subscriptionIds);
      case 'advertise':
        return this.#publications.advertise(op.channels);
      case 'unadvertise':
        return this.#publications.unadvertise(op.channelIds);
      case 'getParameters':
        return this.#parameters.get(op.parameterNames, op.id);
      case 'setParameters':
        return this.#parameters.set(op.parameters, op.id);
      case 'subscribeParameterUpdates':
        return this.#updates.subscribe(op.parameterNames);
      case 'unsubscribeParameterUpdates':
        return this.#updates.unsubscribe(op.parameterNames);
      case 'subscribeConnectionGraph':
        return this.#graph.subscribe();
      case 'unsubscribeConnectionGraph':
        return this.#graph.unsubscribe();
      case 'fetchAsset': {
        const text = 'NOT_SUPPORTED: Files of the robot cannot be fetched through this door.';
        return this.#context.queue.send(assetErrorFrame(op.requestId, text));
      }
    }
  }

  #handleGreeted(): void {
    const waiting = this.#ungreeted ?? [];
    this.#ungreeted = undefined;
    for (const text of waiting) this.#context.queue.send(text);
    this.#channels.open();
    this.#services.open();
    this.#time.open();
  }

  #handleRobotStatus(status: GraphStatus): void {
    const away = status.state === 'disconnected' ? `${status.code}: ${status.reason}` : undefined;
    if (away === this.#away) return;
    this.#away = away;
    if (away !== undefined) {
      this.#greeting.handleAway();
      this.#context.send({ op: 'status', level: 1, message: away, id: ROBOT_STATUS_ID });
      return;
    }
    this.#context.send({ op: 'removeStatus', statusIds: [ROBOT_STATUS_ID] });
    this.#context.send({ op: 'status', level: 0, message: 'The robot is connected again.' });
    this.#services.handleReturn();
  }

  #send(text: string): void {
    if (this.#ungreeted === undefined) this.#context.queue.send(text);
    else if (this.#ungreeted.length < MAX_UNGREETED) this.#ungreeted.push(text);
  }
}
