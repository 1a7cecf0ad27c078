import { isCommand, isFinalState, isStop } from '@longline/line';
import type { Reply, ReplyListener } from '@longline/line';
import { actionNeeds } from '../access/actionNeeds.ts';
import { mayStill } from '../access/mayStill.ts';
import { Rights } from '../access/Rights.ts';
import { visibleReply } from '../access/visibleReply.ts';
import type { Lease } from '../motion/Lease.ts';
import type { Leases } from '../motion/Leases.ts';
import type { Motion, MotionRequest } from '../motion/Motion.ts';
import type { MotionStream } from '../motion/MotionStream.ts';
import type { RefusalAudit } from '../motion/RefusalAudit.ts';
import type { Stops } from '../motion/Stops.ts';
import type { AdvertisedTopics } from '../provided/AdvertisedTopics.ts';
import type { ProvidedServices } from '../provided/ProvidedServices.ts';
import type { StandingCommands } from '../standing/StandingCommands.ts';
import type { Command } from './Command.ts';
import { describe } from './CommandInfo.ts';
import type { Commands } from './Commands.ts';
import { rejected } from './rejected.ts';
import type { RobotRequest } from './RobotRequest.ts';

/** Where each kind of request is kept account of. */
export interface RequestRooms {
  readonly commands: Commands;
  readonly standing: StandingCommands;
  readonly leases: Leases;
  readonly motion: Motion;
  readonly stops: Stops;
  readonly refusals: RefusalAudit;
  readonly provided: ProvidedServices;
  readonly advertised: AdvertisedTopics;
}

/**
 * The one way by which every door asks something of a robot: nothing that its maker has no right to; what is made under a lease only under the one that holds, and
 * each kind of request where it is kept account of.
 */
export class RobotRequests {
  readonly #rooms: RequestRooms;

  constructor(rooms: RequestRooms) {
    this.#rooms = rooms;
  }

  /**
   * Sends a command, but no `stop`: that is no matter of one answer. Throws as {@link Commands.submit}, {@link StandingCommands.set}
   * and {@link Leases.check} do.
   */
  submit(request: RobotRequest): Command {
    this.#allowed(request);
    return this.#submit(request);
  }

  #submit(request: RobotRequest): Command {
    const leased = this.#underLease(request);
    const { action } = leased;
    switch (action.kind) {
      case 'standing.set':
        return this.#watched(leased, this.#rooms.standing.set({ ...leased, action }));
      case 'standing.end':
        return this.#rooms.standing.end({ ...leased, action });
      case 'stop':
        throw new Error('stops go through send()');
      default:
        return this.#watched(leased, this.#rooms.commands.submit(leased));
    }
  }

  /** Sends any request but `motion`; the listener hears at most one `received`, then one final word, perhaps at once. Throws as `submit` does. */
  send(request: RobotRequest, listener: ReplyListener): void {
    const { action, token = 0, device, principal, ageMs, deadlineMs } = request;
    const rights = this.#allowed(request);
    const { leases, stops, commands, refusals, provided, advertised } = this.#rooms;
    const word = { device, principal, ageMs, deadlineMs, token };
    const wanted = { device, principal, token, target: action.kind };
    switch (action.kind) {
      case 'lease.take':
        return refusals.watch(wanted, () => leases.take({ ...word, ...action }, listener));
      case 'lease.renew':
        return refusals.watch(wanted, () => leases.renew({ ...word, ...action }, listener));
      case 'lease.release':
        return refusals.watch(wanted, () => leases.release(word, listener));
      case 'stop':
        return stops.stop({ ...request, outputs: action.outputs }, listener);
      case 'motion':
        throw new Error('motion frames go through openMotion()');
      case 'topic.advertise':
        return advertised.advertise({ ...request, action }, listener);
      case 'topic.unadvertise':
        return advertised.unadvertise({ ...request, action }, listener);
      case 'service.advertise':
        return provided.advertise({ ...request, action }, listener);
      case 'service.unadvertise':
        return provided.unadvertise({ ...request, action }, listener);
      case 'service.respond':
        return provided.respond({ ...request, action }, listener);
      default:
        if (isCommand(action)) this.#submit(request).watch(listener);
        else commands.ask({ ...request, token: 0 }, (reply) => listener(visibleReply(rights, action, reply)));
    }
  }

  /** Whether the principal may ask for this at all, before anything else is done for it. Throws as {@link Rights.check} does. */
  check(request: RobotRequest): void {
    this.#allowed(request);
  }

  /** The lease of a device, while somebody holds it; none of a device that who asks does not see. */
  leaseOf({ device, principal }: Pick<RobotRequest, 'device' | 'principal'>): Lease | undefined {
    return Rights.of(principal).seesDevice(device) ? this.#rooms.leases.holding(device) : undefined;
  }

  /**
   * Ends what the principal of this ID has open: leases are given back, standing commands end, what waits for absent devices is taken
   * back. With rights, only what those do not allow.
   */
  revoke(id: string, rights: Rights | undefined): void {
    const { leases, standing, commands, provided, advertised } = this.#rooms;
    const may = mayStill(rights);
    leases.revoke(id, may);
    standing.revoke(id, may);
    commands.revoke(id, may);
    provided.revoke(id, may);
    advertised.revoke(id, may);
  }

  /** Who provided services and advertised topics under this owner is gone: they end. */
  endOwner(owner: object): void {
    this.#rooms.provided.endOwner(owner);
    this.#rooms.advertised.endOwner(owner);
  }

  /** Begins a stream of motion frames under a lease. Throws as {@link Motion.open} does. */
  openMotion(request: MotionRequest): MotionStream {
    const { motion, refusals } = this.#rooms;
    const { device, principal } = request;
    const rights = Rights.of(principal);
    return refusals.watch({ ...request, target: 'motion' }, () => {
      rights.checkDevice(device);
      rights.checkRole('operator', 'motion');
      return motion.open({ ...request, checkFrame: (action) => rights.check(device, action) });
    });
  }

  /** Sends any request and resolves to its final word. Rejects with the signal's reason; a command goes on nevertheless. */
  async request(request: RobotRequest, signal?: AbortSignal): Promise<Reply> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const handleAbort = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal?.addEventListener('abort', handleAbort, { once: true });
    try {
      this.send(request, (reply) => {
        if (isFinalState(reply.state)) resolve(reply);
      });
    } catch (error) {
      resolve(rejected(request.id ?? '', error));
    }
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', handleAbort);
    }
  }

  /** Before anything is looked up, so that a refusal tells nothing of what there is. */
  #allowed({ action, device, principal, token, payload }: RobotRequest): Rights {
    const rights = Rights.of(principal);
    const wanted = { device, principal, token, target: actionNeeds(action).name ?? action.kind };
    this.#rooms.refusals.watch(wanted, () => rights.check(device, action, payload));
    return rights;
  }

  /**
   * What names a lease is let through only while that holds, and gets its number under it. Whether something moves the robot,
   * and so needs a lease, only the robot knows.
   */
  #underLease(request: RobotRequest): RobotRequest {
    const { action, device, id, principal, token = 0 } = request;
    // A stop always gets through, also from somebody who has lost the lease.
    if (isStop(action)) return { ...request, token: 0, sequence: undefined };
    if (token === 0 && action.kind !== 'stop.release') return request;
    // What was taken under an ID is answered as it was then.
    if (id !== undefined && this.#rooms.commands.find(device, id) !== undefined) return request;
    const { leases, refusals } = this.#rooms;
    const wanted = { device, principal, token, target: describe(action).target };
    const lease = refusals.watch(wanted, () => leases.check(device, token, principal));
    return { ...request, sequence: lease.nextSequence() };
  }

  /** The robot knows best which lease is over. */
  #watched({ device, token = 0 }: RobotRequest, command: Command): Command {
    if (token > 0) command.watch(({ code }) => this.#rooms.leases.handleRefusal(device, token, code));
    return command;
  }
}
