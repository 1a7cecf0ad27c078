import { isLonglineError } from '@longline/ros';
import type { Clock, Log } from '@longline/ros';
import type { DoorRobot } from '../door/DoorRobot.ts';
import type { DoorSession, DoorSocket } from '../door/DoorSocket.ts';
import { FrameAge } from '../door/FrameAge.ts';
import { ReaderQueue } from '../door/ReaderQueue.ts';
import { ProvidedActions } from './actions/ProvidedActions.ts';
import { ReaderGoals } from './actions/ReaderGoals.ts';
import { ClientFrames } from './ClientFrames.ts';
import type { ClientOp } from './ClientOp.ts';
import type { DoorReader } from './DoorReader.ts';
import type { FrameArrival } from './FrameArrival.ts';
import { GraphView } from './GraphView.ts';
import { handleOp } from './handlers/handleOp.ts';
import { ProvidedServices } from './ProvidedServices.ts';
import { ReaderCalls } from './ReaderCalls.ts';
import { ReaderPublications } from './ReaderPublications.ts';
import { ReaderSubscriptions } from './ReaderSubscriptions.ts';
import { StatusTeller } from './StatusTeller.ts';

/** What a {@link RosbridgeSession} is given. */
export interface RosbridgeSessionOptions {
  readonly robot: DoorRobot;
  readonly socket: DoorSocket;
  readonly clock: Clock;
  readonly log: Log;
}

const decoder = new TextDecoder();

/** One rosbridge client at the door. */
export class RosbridgeSession implements DoorSession, DoorReader {
  readonly robot: DoorRobot;
  readonly clock: Clock;
  readonly log: Log;
  readonly statuses: StatusTeller;
  readonly graphView: GraphView;
  readonly subscriptions: ReaderSubscriptions;
  readonly publications: ReaderPublications;
  readonly calls: ReaderCalls;
  readonly services: ProvidedServices;
  readonly goals: ReaderGoals;
  readonly actions: ProvidedActions;
  readonly #queue: ReaderQueue;
  readonly #frameAge: FrameAge;
  readonly #frames: ClientFrames;
  #isClosed = false;

  constructor({ robot, socket, clock, log }: RosbridgeSessionOptions) {
    this.robot = robot;
    this.clock = clock;
    this.log = log;
    this.#queue = new ReaderQueue({ socket });
    this.statuses = new StatusTeller({ clock, send: (text) => this.send(text) });
    this.graphView = new GraphView(robot, clock);
    this.subscriptions = new ReaderSubscriptions(this, this.#queue);
    this.publications = new ReaderPublications(this);
    this.calls = new ReaderCalls(this);
    this.services = new ProvidedServices(this);
    this.goals = new ReaderGoals(this, this.#queue);
    this.actions = new ProvidedActions(this);
    this.#frameAge = new FrameAge({
      clock,
      ping: (payload) => socket.ping(payload),
      handleSilent: () => socket.close(1008, 'no pong came for 30 s'),
    });
    this.#frames = new ClientFrames({
      clock,
      age: () => this.#frameAge.get(),
      handleOp: (op, arrival) => this.#handleOp(op, arrival),
      handleProblem: (error, about, id) => this.statuses.refuse(error, { about, id }),
    });
    robot.outputs.handleRefusal = (topic, code, message) => this.statuses.refuseWith(code, message, { about: topic });
  }

  readonly send = (frame: string | Uint8Array): void => {
    if (!this.#isClosed) this.#queue.send(frame);
  };

  handleText(text: string): void {
    if (!this.#isClosed) this.#frames.handleText(text);
  }

  /** Text in a binary frame, as rosbridge reads it. */
  handleBinary(data: Uint8Array): void {
    this.handleText(decoder.decode(data));
  }

  handlePong(payload: Uint8Array): void {
    this.#frameAge.handlePong(payload);
  }

  handleWritable(): void {
    this.#queue.handleWritable();
  }

  handleClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.robot.outputs.handleRefusal = undefined;
    this.#frames.close();
    this.#frameAge.close();
    this.subscriptions.close();
    this.services.close();
    this.goals.close();
    this.actions.close();
    this.statuses.close();
    this.#queue.close();
    this.robot.outputs.close();
  }

  #handleOp(op: Exclude<ClientOp, { op: 'fragment' }>, arrival: FrameArrival): void {
    try {
      handleOp(this, op, arrival);
    } catch (error) {
      if (!isLonglineError(error)) this.log.error({ op: op.op, error }, 'an op of a rosbridge client failed');
      this.statuses.refuse(error, { about: aboutOf(op), id: op.id });
    }
  }
}

function aboutOf(op: Exclude<ClientOp, { op: 'fragment' }>): string {
  if ('topic' in op) return op.topic;
  if ('service' in op) return op.service ?? op.op;
  return 'action' in op ? op.action : op.op;
}
