import { replyError } from '@longline/line';
import type { Action, Reply } from '@longline/line';
import type { CommandAge, DoorCall, DoorMessage, DoorOutputs } from '@longline/bridges';
import { stringifyExact } from '@longline/ros';
import type { Advertisement, Clock, Disposer, ParameterValue, PublishReceipt } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import type { MotionRefusal } from '../motion/MotionStream.ts';
import { commandStale, motionExpired, orderExpired, readerGone } from './doorErrors.ts';
import { namedLease } from './DoorLease.ts';
import type { DoorLease } from './DoorLease.ts';
import { DoorMotion } from './DoorMotion.ts';
import { ImplicitLease } from './ImplicitLease.ts';
import { MovingNames } from './MovingNames.ts';
import type { MovingName, OutputKind } from './MovingNames.ts';
import { subscribersOf } from './subscribersOf.ts';
import { StillJudge } from './StillJudge.ts';
import type { SharedGraph } from './SharedGraph.ts';
import type { TypeSource } from './StillJudge.ts';

/** So long after it came what a reader publishes or sets is not executed any more, in milliseconds. */
export const DOOR_DEADLINE_MS = 5_000;
/** What may be older than this when it comes is refused, in milliseconds: an idle reader is asked for a sign of life every 5 s. */
export const MAX_ORDER_AGE_MS = 10_000;
/** Stands for the name under which the robot holds a topic, which the server chooses. */
const HOLDER = '-';
/** A service may be waited for at most so long, in milliseconds. */
export const MAX_CALL_DEADLINE_MS = 3_600_000;

/** What {@link DeviceOutputs} are given. */
export interface DeviceOutputsOptions {
  readonly device: string;
  readonly view: FleetView;
  readonly requests: RobotRequests;
  readonly clock: Clock;
  /** The robot, as the reader has it. */
  readonly graph: TypeSource & Pick<SharedGraph, 'handleChange'>;
  /** Fencing token of a lease that the reader named. Default: none, and the robot's configuration says whether it takes one by moving. */
  readonly leaseToken?: number | undefined;
}

interface Order {
  readonly kind: OutputKind;
  readonly name: string;
  readonly action: Action;
  /** May be the door's during the call only. */
  readonly payload: Uint8Array;
  readonly age: CommandAge;
  /** From when it came, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * One reader's way to a device: every message, call and parameter is a command like any other, with the reader's rights, its
 * age, and the lease where it moves the robot.
 */
export class DeviceOutputs implements DoorOutputs {
  handleRefusal: DoorOutputs['handleRefusal'];
  readonly #options: DeviceOutputsOptions;
  readonly #names: MovingNames;
  readonly #lease: DoorLease;
  readonly #motion: DoorMotion;
  #closed = false;

  constructor(options: DeviceOutputsOptions) {
    const { device, view, requests, clock, leaseToken, graph } = options;
    this.#options = options;
    this.#names = new MovingNames(view, device);
    this.#lease =
      leaseToken === undefined ? new ImplicitLease({ device, view, requests, clock }) : namedLease(leaseToken);
    this.#motion = new DoorMotion({
      device,
      view,
      requests,
      clock,
      lease: this.#lease,
      judge: new StillJudge({ device, view, clock, graph }),
      handleRefusal: (topic, refusal) => this.#handleRefusal(topic, refusal),
    });
  }

  async advertise({ topic, type, latched }: Advertisement): Promise<Disposer> {
    const optional = { ...(type === '' ? {} : { type }), ...(latched === undefined ? {} : { latched }) };
    done(await this.#changeGraph({ kind: 'topic.advertise', topic, holder: HOLDER, ...optional }));
    let isHeld = true;
    return () => {
      if (!isHeld || this.#closed) return;
      isHeld = false;
      void this.#changeGraph({ kind: 'topic.unadvertise', topic, holder: HOLDER });
    };
  }

  async publish(message: DoorMessage): Promise<PublishReceipt> {
    const { topic, type, encoding, latched, data, ageMs: cameMs } = message;
    const moving = this.#names.find('topic', topic, type);
    if (moving !== undefined) return this.#move(message, moving);
    const optional = { ...(type === undefined ? {} : { type }), ...(latched === undefined ? {} : { latched }) };
    const action: Action = { kind: 'publish', topic, encoding, ...optional };
    const again = this.#mayMove ? { ...message, data: data.slice() } : undefined;
    const { clock } = this.#options;
    const bornMs = clock.monotonicMs() - cameMs;
    checkAge(topic, cameMs);
    const reply = await this.#request({ action, payload: data, deadlineMs: cameMs + DOOR_DEADLINE_MS }, cameMs, 0);
    if (reply.code !== 'LEASE_NEEDED') return { subscribers: subscribersOf(done(reply)) };
    this.#names.handleLeaseNeeded('topic', topic);
    if (again === undefined) throw replyError(reply);
    // The robot did nothing.
    const ageMs = clock.monotonicMs() - bornMs;
    return this.#move({ ...again, ageMs }, this.#names.find('topic', topic, type) ?? { timeoutMs: undefined });
  }

  async callService({ service, encoding, data, deadlineMs, ...age }: DoorCall): Promise<Uint8Array> {
    const reply = await this.#order({
      kind: 'service',
      name: service,
      action: { kind: 'call', service, encoding },
      payload: data,
      age,
      deadlineMs: Math.min(Math.max(deadlineMs, 1), MAX_CALL_DEADLINE_MS),
    });
    return reply.payload.slice();
  }

  async setParameter(name: string, value: ParameterValue, age: CommandAge): Promise<void> {
    const payload = new TextEncoder().encode(stringifyExact(value));
    await this.#parameter({ kind: 'parameter.set', name }, name, payload, age);
  }

  async deleteParameter(name: string, age: CommandAge): Promise<void> {
    await this.#parameter({ kind: 'parameter.delete', name }, name, new Uint8Array(0), age);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.requests.endOwner(this);
    this.#motion.close();
    this.#lease.close();
  }

  /** Whether a lease may be had at all. */
  get #mayMove(): boolean {
    const { leaseToken, view, device } = this.#options;
    return leaseToken !== undefined || view.device(device)?.motion?.implicitLease === true;
  }

  async #move(message: DoorMessage, { timeoutMs }: MovingName): Promise<PublishReceipt> {
    const { topic, type, encoding, data, ageMs, mayBeFlushed, latched } = message;
    await this.#motion.publish({ topic, type, encoding, data, ageMs, mayBeFlushed, latched, timeoutMs });
    return { subscribers: undefined };
  }

  async #parameter(action: Action, name: string, payload: Uint8Array, age: CommandAge): Promise<void> {
    await this.#order({ kind: 'parameter', name, action, payload, age, deadlineMs: DOOR_DEADLINE_MS });
  }

  /** Something done once, under the lease where it moves the robot. */
  async #order(order: Order): Promise<Reply> {
    const { kind, name, age, action } = order;
    checkAge(name, age.ageMs);
    const deadlineMs = age.ageMs + order.deadlineMs;
    const bornMs = this.#options.clock.monotonicMs() - age.ageMs;
    const payload = order.payload.slice();
    const moving = this.#names.find(kind, name);
    if (moving === undefined) {
      const reply = await this.#request({ action, payload, deadlineMs }, age.ageMs, 0);
      if (reply.code !== 'LEASE_NEEDED') return done(reply);
      this.#names.handleLeaseNeeded(kind, name);
      if (!this.#mayMove) throw replyError(reply);
    }
    const { requests, device, view } = this.#options;
    const { timeoutMs = Number.POSITIVE_INFINITY } = this.#names.find(kind, name) ?? {};
    // Nobody takes a lease for what he may not do.
    requests.check({ device, principal: view.principal, action, payload });
    if (age.mayBeFlushed) throw commandStale(name);
    const ageMs = (): number => this.#options.clock.monotonicMs() - bornMs;
    if (ageMs() > timeoutMs) throw motionExpired(name, ageMs(), timeoutMs);
    const token = await this.#lease.hold(name, ageMs());
    return done(await this.#request({ action, payload, deadlineMs }, ageMs(), token));
  }

  /** This reader changes what ROS knows: it is asked anew by who asks after that. */
  async #changeGraph(action: Action): Promise<Reply> {
    if (this.#closed) throw readerGone();
    const { requests, device, view, graph } = this.#options;
    const payload = new Uint8Array(0);
    const reply = await requests.request({ device, principal: view.principal, action, payload, owner: this });
    graph.handleChange();
    return reply;
  }

  #request(
    what: { readonly action: Action; readonly payload: Uint8Array; readonly deadlineMs: number },
    ageMs: number,
    token: number,
  ): Promise<Reply> {
    if (this.#closed) return Promise.reject(readerGone());
    const { requests, device, view } = this.#options;
    return requests.request({ ...what, device, principal: view.principal, ageMs, token });
  }

  #handleRefusal(topic: string, { code, message = code }: MotionRefusal): void {
    if (code === 'NOT_SUPPORTED') this.#names.handleNotMoving(topic);
    // A lease that was taken by moving is over when nobody moves: that is no news.
    if (code === 'LEASE_LOST' && this.#options.leaseToken === undefined) return;
    if (!this.#closed) this.handleRefusal?.(topic, code, message);
  }
}

/** Throws `COMMAND_EXPIRED`. */
function checkAge(name: string, ageMs: number): void {
  if (ageMs > MAX_ORDER_AGE_MS) throw orderExpired(name, ageMs, MAX_ORDER_AGE_MS);
}

function done(reply: Reply): Reply {
  if (reply.state !== 'done') throw replyError(reply);
  return reply;
}
