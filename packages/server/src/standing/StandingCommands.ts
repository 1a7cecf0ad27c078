import { standingPayloadSchema } from '@longline/line';
import type { Action, Reply } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import type { z } from 'zod';
import type { Command } from '../commands/Command.ts';
import { fingerprintOf } from '../commands/Commands.ts';
import type { Commands, RobotRequest } from '../commands/Commands.ts';
import { ServerError } from '../errors.ts';
import type { DeviceEvent, DeviceWatcher } from '../fleet/FleetState.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { Lease } from '../motion/Lease.ts';
import type { MayStill } from '../access/mayStill.ts';
import type { Principal } from '../access/Principal.ts';

type SetAction = Extract<Action, { kind: 'standing.set' }>;
type EndAction = Extract<Action, { kind: 'standing.end' }>;
type Request<A extends Action> = RobotRequest & { readonly action: A };

/** A standing command as its holder last set it. */
interface Standing {
  readonly action: SetAction;
  readonly payload: Uint8Array;
  readonly principal: Principal;
  readonly fingerprint: string;
  /** Whether the topic moves the robot, as the robot said. */
  readonly motion: boolean;
  /** Of the lease that it was set under; 0 without one. */
  readonly token: number;
  /** As the robot holds it, in milliseconds. */
  readonly holdMs: number;
  /** Monotonic time at which the hold runs out, in milliseconds. */
  readonly expiresMs: number;
  /** The holder ended it and the robot has not said yet that it did; it is told again when it returns. */
  readonly ending: boolean;
  readonly cancelExpiry: Disposer;
  /** Position among the sets and ends: an older word never replaces a newer one. */
  readonly order: number;
}

/** One standing command for people and programs. */
export interface StandingInfo {
  readonly device: string;
  readonly topic: string;
  readonly type?: string | undefined;
  readonly rateHz: number;
  readonly holdMs: number;
  /** Until the hold runs out, in milliseconds, unless it is set again. */
  readonly remainingMs: number;
  /** It moves the robot, and so ends with the robot's line. */
  readonly motion: boolean;
  readonly holder: string;
  readonly state: 'active' | 'ending';
}

/** Sets of one standing command that the robot has not answered. */
interface UnderWay {
  /** The newest of each principal, by its ID. */
  readonly setters: Map<string, Request<SetAction>>;
  sets: number;
  endedOrder: number;
}

const nothing = new Uint8Array(0);
const decoder = new TextDecoder();

/** Shorter holds than this cannot be set on a robot, in milliseconds. */
const SHORTEST_HOLD_MS = 100;

/**
 * What is to be repeated on each robot, as its holder last said.
 *
 * The robot repeats the message; this remembers the holder's word until the hold runs out. After a reconnect a robot is
 * told the rest of it, except on motion topics: there it ended with the line, and only its holder sets it again.
 */
export class StandingCommands implements DeviceWatcher {
  readonly #commands: Commands;
  readonly #clock: Clock;
  readonly #maxPerDevice: number;
  readonly #byDevice = new Map<string, Map<string, Standing>>();
  /** Ends that a set under way must not undo, and who sets, by device and topic; there only while sets are under way. */
  readonly #underWay = new Map<string, UnderWay>();
  #order = 0;

  constructor(commands: Commands, clock: Clock, maxPerDevice: number) {
    this.#commands = commands;
    this.#clock = clock;
    this.#maxPerDevice = maxPerDevice;
  }

  /** Standing commands that are held. */
  get size(): number {
    return this.#byDevice.values().reduce((sum, topics) => sum + topics.size, 0);
  }

  list(device: string): StandingInfo[] {
    const nowMs = this.#clock.monotonicMs();
    return [...(this.#byDevice.get(device)?.values() ?? [])].map((standing) => ({
      device,
      topic: standing.action.topic,
      ...(standing.action.type === undefined ? {} : { type: standing.action.type }),
      rateHz: standing.action.rateHz,
      holdMs: standing.holdMs,
      remainingMs: Math.max(0, standing.expiresMs - nowMs),
      motion: standing.motion,
      holder: standing.principal.name,
      state: standing.ending ? 'ending' : 'active',
    }));
  }

  /** Sets it, or sets it again, which renews the hold. Throws as {@link Commands.submit} does, and `STANDING_LIMIT`. */
  set(request: Request<SetAction>): Command {
    const { device, action, ageMs = 0, token = 0 } = request;
    const topics = this.#byDevice.get(device);
    const before = topics?.get(action.topic);
    if (before === undefined && (topics?.size ?? 0) >= this.#maxPerDevice) {
      throw new ServerError(
        'STANDING_LIMIT',
        `Device ${device} has ${this.#maxPerDevice} standing commands, which is as many as it may. End one first.`,
        { details: { device, max: this.#maxPerDevice } },
      );
    }
    const payload = request.payload.slice();
    const fingerprint = fingerprintOf(action, payload);
    const bornMs = this.#clock.monotonicMs() - ageMs;
    const renewal = before?.fingerprint === fingerprint && !before.ending;
    const command = this.#commands.submit({ ...request, payload }, { logged: !renewal });
    // A repeated ID gives a command that was counted when it was new.
    if (command.state !== 'sent') return command;
    this.#whenDone(command, request, (order, reply) => {
      const { motion, ...word } = robotsWord(reply);
      const holdMs = Math.min(word.holdMs ?? action.holdMs, action.holdMs);
      const said = { action, payload, principal: request.principal, fingerprint, motion, token, holdMs, order };
      this.#keep(device, { ...said, expiresMs: bornMs + holdMs });
    });
    return command;
  }

  /** Ends it on the robot. A robot that is away, or whose line ends before it answers, is told when it returns. */
  end(request: Request<EndAction>): Command {
    const { device, action } = request;
    const order = this.#order++;
    const underWay = this.#underWay.get(keyOf(device, action.topic));
    if (underWay !== undefined) underWay.endedOrder = order;
    const standing = this.#byDevice.get(device)?.get(action.topic);
    const command = this.#commands.submit(request);
    if (standing !== undefined) this.#forgetWhenEnded(device, { ...standing, ending: true, order }, command);
    return command;
  }

  /** Ends what the principal of this ID set, or is setting now, as if it had ended it, where it may not go on. */
  revoke(id: string, mayStill: MayStill): void {
    const words: Pick<Request<SetAction>, 'device' | 'action' | 'principal'>[] = [];
    for (const [device, topics] of this.#byDevice)
      for (const standing of topics.values()) if (!standing.ending) words.push({ device, ...standing });
    for (const { setters } of this.#underWay.values()) words.push(...setters.values());
    for (const { device, action, principal } of words)
      if (principal.id === id && !mayStill(device, action)) this.#endRevoked(device, action.topic, principal);
  }

  handleDevice(device: DeviceState, event: DeviceEvent): void {
    if (event !== 'online' && event !== 'offline') return;
    for (const standing of [...(this.#byDevice.get(device.id)?.values() ?? [])]) {
      if (standing.motion) this.#forget(device.id, standing);
      else if (event === 'online') this.#sendAgain(device.id, standing);
    }
  }

  /** What moves the robot ends with the lease that it was set under. */
  handleLeaseOver({ identity: { device, token } }: Lease): void {
    for (const standing of [...(this.#byDevice.get(device)?.values() ?? [])])
      if (standing.motion && standing.token === token) this.#forget(device, standing);
  }

  /** Forgets all, and tells nobody: the robots hold on by their own rules. */
  stop(): void {
    for (const topics of this.#byDevice.values()) for (const standing of topics.values()) standing.cancelExpiry();
    this.#byDevice.clear();
  }

  /** The robot was away: it is told what remains of the hold, which nobody but the holder makes longer. */
  #sendAgain(device: string, standing: Standing): void {
    const { payload, principal, expiresMs } = standing;
    const holdMs = expiresMs - this.#clock.monotonicMs();
    if (standing.ending) {
      const action: EndAction = { kind: 'standing.end', topic: standing.action.topic };
      const command = this.#commands.submit({ device, principal, payload: nothing, action }, { logged: false });
      this.#forgetWhenEnded(device, standing, command);
      return;
    }
    if (holdMs < SHORTEST_HOLD_MS) return;
    const action = { ...standing.action, holdMs, resumed: true };
    const command = this.#commands.submit({ device, principal, payload, action }, { logged: false });
    command.watch(({ state }) => {
      // Refused, for one when the robot's config made the topic motion while it was away.
      const present = this.#byDevice.get(device)?.get(standing.action.topic);
      if (state === 'rejected' && present?.order === standing.order) this.#forget(device, standing);
    });
  }

  #endRevoked(device: string, topic: string, principal: Principal): void {
    try {
      this.end({ device, principal, payload: nothing, action: { kind: 'standing.end', topic } });
    } catch (error) {
      if (!isLonglineError(error)) throw error;
      // The robot holds on by its own rules then, and no longer than it was told.
      const standing = this.#byDevice.get(device)?.get(topic);
      if (standing?.principal.id === principal.id) this.#forget(device, standing);
    }
  }

  #forgetWhenEnded(device: string, ending: Standing, command: Command): void {
    this.#replace(device, ending);
    command.watch(({ state, code }) => {
      if (state === 'received' || state === 'unknown' || code === 'DEVICE_OFFLINE') return;
      const present = this.#byDevice.get(device)?.get(ending.action.topic);
      if (present?.order === ending.order) this.#forget(device, present);
    });
  }

  #whenDone(command: Command, request: Request<SetAction>, then: (order: number, reply: Reply) => void): void {
    const key = keyOf(request.device, request.action.topic);
    const order = this.#order++;
    const underWay = this.#underWay.get(key) ?? { setters: new Map(), sets: 0, endedOrder: -1 };
    underWay.setters.set(request.principal.id, request);
    underWay.sets++;
    this.#underWay.set(key, underWay);
    command.watch((reply) => {
      if (reply.state === 'received') return;
      if (--underWay.sets === 0) this.#underWay.delete(key);
      if (reply.state === 'done' && order > underWay.endedOrder) then(order, reply);
    });
  }

  #keep(device: string, word: Omit<Standing, 'ending' | 'cancelExpiry'>): void {
    const before = this.#byDevice.get(device)?.get(word.action.topic);
    const remainingMs = word.expiresMs - this.#clock.monotonicMs();
    if (remainingMs <= 0 || (before !== undefined && before.order > word.order)) return;
    before?.cancelExpiry();
    const standing: Standing = {
      ...word,
      ending: false,
      cancelExpiry: this.#clock.after(remainingMs, () => {
        const present = this.#byDevice.get(device)?.get(word.action.topic);
        if (present !== undefined) this.#forget(device, present);
      }),
    };
    this.#replace(device, standing);
  }

  #replace(device: string, standing: Standing): void {
    const topics = this.#byDevice.get(device) ?? new Map<string, Standing>();
    this.#byDevice.set(device, topics.set(standing.action.topic, standing));
  }

  #forget(device: string, standing: Standing): void {
    standing.cancelExpiry();
    const topics = this.#byDevice.get(device);
    topics?.delete(standing.action.topic);
    if (topics?.size === 0) this.#byDevice.delete(device);
  }
}

/** What the robot said; a word that cannot be read counts as motion, the more careful of both. */
function robotsWord(reply: Reply): z.infer<typeof standingPayloadSchema> {
  try {
    return standingPayloadSchema.parse(JSON.parse(decoder.decode(reply.payload)));
  } catch {
    return { motion: true };
  }
}

/** Device IDs have no slash. */
const keyOf = (device: string, topic: string): string => `${device}/${topic}`;
