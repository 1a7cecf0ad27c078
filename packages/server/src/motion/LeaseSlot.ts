import type { Action, Reply, ReplyListener } from '@longline/line';
import type { Clock, Disposer, LonglineError } from '@longline/ros';
import type { RobotRequest } from '../commands/RobotRequest.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { Principal } from '../access/Principal.ts';
import type { AuditSink } from './AuditSink.ts';
import { FadingLease } from './FadingLease.ts';
import { Lease } from './Lease.ts';
import { checkHold, leaseHeld, leaseLost, leaseNeeded, leaseWordExpired } from './leaseErrors.ts';
import { confirmedLease, leaseReply, refusal } from './leaseReply.ts';
import type { LeaseRelease, LeaseRenewal, LeaseTake, LeaseWord } from './LeaseWord.ts';

/** What the slots of all devices share. */
export interface LeaseSlotHost {
  readonly clock: Clock;
  readonly audit: AuditSink;
  /** Asks the robot; the listener hears at most one `received`, then one final word, perhaps at once. */
  readonly ask: (request: RobotRequest, listener: ReplyListener) => void;
  /** Who may move the device is another. */
  handleChange(device: DeviceState): void;
  handleOver(lease: Lease): void;
}

/** A lease that the robot has not confirmed yet. */
interface Taking {
  readonly token: number;
  readonly take: LeaseTake;
  readonly wordMs: number;
  /** Who takes it may no longer. */
  isRevoked: boolean;
}

/** A robot that does not answer keeps a device from others no longer than this, in milliseconds. */
const MOST_DEADLINE_MS = 5_000;
const nothing = new Uint8Array(0);
const revoked = 'its holder may no longer move the device';

/** The lease of one device: held, being taken, or fading. For {@link Leases}. */
export class LeaseSlot {
  readonly #device: DeviceState;
  readonly #host: LeaseSlotHost;
  #held: Lease | undefined;
  #taking: Taking | undefined;
  #fading: FadingLease | undefined;
  #cancelExpiry: Disposer | undefined;
  /** Why the last lease ended: its holder may ask by any door. */
  #lastEnd: { readonly token: number; readonly reason: LonglineError } | undefined;

  constructor(device: DeviceState, host: LeaseSlotHost) {
    this.#device = device;
    this.#host = host;
  }

  /** The lease, while it is held. */
  get held(): Lease | undefined {
    // The timer of a busy process is late.
    this.#expire();
    return this.#held;
  }

  check(token: number, principal: Principal): Lease {
    const { id } = this.#device;
    if (token === 0) throw leaseNeeded(id);
    const holder = this.held?.identity.principal;
    if (this.#lastEnd?.token === token) throw this.#lastEnd.reason;
    if (this.#held?.identity.token !== token)
      throw leaseLost(
        id,
        token,
        holder === undefined ? 'nobody holds it now' : `${holder.name} holds it now`,
        holder?.name,
      );
    if (holder !== undefined && holder.id !== principal.id) throw leaseHeld(id, holder.name, principal.name);
    return this.#held;
  }

  take(take: LeaseTake, listener: ReplyListener): void {
    const { holdMs, takeOver = false, ageMs = 0 } = take;
    const device = this.#device;
    checkHold(holdMs);
    if (ageMs >= holdMs) throw leaseWordExpired(device.id, ageMs, holdMs);
    const presentHolder = this.held?.identity.principal ?? this.#fading?.principal;
    const holder = this.#taking?.take.principal ?? (takeOver ? undefined : presentHolder);
    if (holder !== undefined) throw leaseHeld(device.id, holder.name, take.principal.name);
    const token = Math.max(device.givenToken, device.highestToken, device.status.motion?.token ?? 0) + 1;
    device.givenToken = token;
    const taking = { token, take, wordMs: this.#nowMs() - ageMs, isRevoked: false };
    this.#taking = taking;
    this.#tell({ kind: 'lease.take', holdMs }, { ...take, token }, (reply) => {
      listener(reply.state === 'received' ? reply : this.#taken(taking, reply));
    });
  }

  renew(renewal: LeaseRenewal, listener: ReplyListener): void {
    const { token, principal, holdMs, ageMs = 0 } = renewal;
    const lease = this.check(token, principal);
    checkHold(holdMs);
    if (ageMs >= holdMs) throw leaseWordExpired(this.#device.id, ageMs, holdMs);
    const wordMs = this.#nowMs() - ageMs;
    // Words may overtake each other: the one that was said last counts.
    if (wordMs >= lease.wordMs) {
      lease.wordMs = wordMs;
      lease.untilMs = wordMs + holdMs;
      this.#awaitExpiry(lease);
    }
    this.#tell({ kind: 'lease.renew', holdMs }, renewal, (reply) => {
      this.handleRefusal(token, reply.code);
      listener(reply.state === 'done' ? leaseReply(reply, token, confirmedLease(reply, holdMs).holdMs) : reply);
    });
  }

  release(release: LeaseRelease, listener: ReplyListener): void {
    const { token, principal } = release;
    const lease = this.check(token, principal);
    this.#end(leaseLost(this.#device.id, token, 'its holder released it'), 'lease.released');
    this.#fade(token, lease.untilMs, release, listener);
  }

  /** The principal of this ID may move the device no longer: what it holds is given back, and what it takes now too, once it has it. */
  revoke(id: string): void {
    if (this.#taking?.take.principal.id === id) this.#taking.isRevoked = true;
    const lease = this.held;
    if (lease?.identity.principal.id === id) this.#giveBack(lease);
  }

  /** The robot refused something under that token: it may know that the lease is over. */
  handleRefusal(token: number, code: string | undefined): void {
    if (code !== 'LEASE_LOST' && code !== 'LEASE_STALE') return;
    if (this.#held?.identity.token !== token) return;
    // It may have confirmed a newer token, and the holder's last frames be refused before that word is here.
    const taker = this.#taking?.take.principal.name;
    const why = taker === undefined ? 'the robot has ended it' : `${taker} takes it over`;
    this.#end(leaseLost(this.#device.id, token, why, taker));
  }

  /** Nothing of it is left: not what is held, nor what is being taken. `why` is a clause. */
  end(why: string): void {
    this.#taking = undefined;
    this.#setFading(undefined);
    const token = this.#held?.identity.token;
    if (token !== undefined) this.#end(leaseLost(this.#device.id, token, why));
  }

  /** The robot's last word about a take, or that there is none. Returns what its maker is told. */
  #taken(taking: Taking, reply: Reply): Reply {
    const { token, take, wordMs } = taking;
    const { id } = this.#device;
    if (this.#taking !== taking) {
      // What was said on a line ended with it.
      return reply.state === 'done' ? refusal(reply.id, leaseLost(id, token, 'the line to the robot ended')) : reply;
    }
    this.#taking = undefined;
    if (reply.state === 'done') {
      const holdMs = confirmedLease(reply, take.holdMs).holdMs;
      const lease = this.#hold(taking, wordMs + holdMs);
      if (taking.isRevoked) this.#giveBack(lease);
      if (this.held === lease) return leaseReply(reply, token, holdMs);
      const why = taking.isRevoked ? revoked : 'it had run out when the robot confirmed it';
      return refusal(reply.id, leaseLost(id, token, why));
    }
    const loser = this.#held?.identity.token;
    if (reply.state === 'unknown') {
      // The robot may have it, and then it takes nothing under the one before.
      const { name } = take.principal;
      if (loser !== undefined)
        this.#end(leaseLost(id, loser, `${name} took it over, and the robot has not answered`, name));
      this.#fade(token, wordMs + take.holdMs, take, () => undefined);
    } else if (loser !== undefined) {
      this.handleRefusal(loser, reply.code);
    }
    return reply;
  }

  #hold({ token, take: { principal }, wordMs }: Taking, untilMs: number): Lease {
    const device = this.#device;
    const sinceMs = Number(this.#host.clock.wallNs() / 1_000_000n);
    const lease = new Lease({ device: device.id, token, principal, sinceMs }, wordMs, untilMs);
    const loser = this.#held;
    this.#setFading(undefined);
    // Readers are told of one change, not of an end and a beginning.
    this.#held = lease;
    device.lease = { token, holder: principal.name, sinceMs };
    if (loser !== undefined) {
      const why = `${principal.name} took it over`;
      this.#over(loser, leaseLost(device.id, loser.identity.token, why, principal.name), 'lease.lost');
    }
    this.#awaitExpiry(lease);
    const from = loser?.identity.principal.name;
    this.#host.audit.record({
      what: from === undefined ? 'lease.taken' : 'lease.takenOver',
      device: device.id,
      principal: principal.name,
      token,
      ...(from === undefined ? {} : { details: { from } }),
    });
    this.#host.handleChange(device);
    return lease;
  }

  #giveBack({ identity: { device, principal, token }, untilMs }: Lease): void {
    this.#end(leaseLost(device, token, revoked), 'lease.released');
    this.#fade(token, untilMs, { device, principal }, () => undefined);
  }

  #end(reason: LonglineError, what: 'lease.lost' | 'lease.released' = 'lease.lost'): void {
    const lease = this.#held;
    if (lease === undefined) return;
    this.#held = undefined;
    this.#cancelExpiry?.();
    this.#device.lease = undefined;
    this.#over(lease, reason, what);
    this.#host.handleChange(this.#device);
  }

  #over(lease: Lease, reason: LonglineError, what: 'lease.lost' | 'lease.released'): void {
    const { device, token, principal } = lease.identity;
    this.#lastEnd = { token, reason };
    lease.end(reason);
    this.#host.handleOver(lease);
    const why = what === 'lease.lost' ? { code: 'LEASE_LOST', details: { why: reason.message } } : {};
    this.#host.audit.record({ what, device, principal: principal.name, token, ...why });
  }

  /** The robot is to end it; until it says so, or its time ran out, only a take-over gets it. */
  #fade(token: number, untilMs: number, word: LeaseWord, listener: ReplyListener): void {
    const cancel = this.#host.clock.after(untilMs - this.#nowMs(), () => over());
    const fading = new FadingLease(word.principal, cancel);
    const over = (): void => {
      if (this.#fading === fading) this.#setFading(undefined);
    };
    this.#setFading(fading);
    this.#tell({ kind: 'lease.release' }, { ...word, token, ageMs: 0 }, (reply) => {
      if (reply.state === 'done' || reply.code === 'LEASE_LOST' || reply.code === 'LEASE_STALE') over();
      listener(reply);
    });
  }

  #setFading(fading: FadingLease | undefined): void {
    this.#fading?.close();
    this.#fading = fading;
  }

  #tell(action: Action, word: LeaseRelease, listener: ReplyListener): void {
    const { device, principal, token, ageMs, deadlineMs = MOST_DEADLINE_MS } = word;
    const request = { device, principal, token, sequence: 0, ageMs, action, payload: nothing };
    this.#host.ask({ ...request, deadlineMs: Math.min(deadlineMs, MOST_DEADLINE_MS) }, listener);
  }

  #awaitExpiry(lease: Lease): void {
    this.#cancelExpiry?.();
    this.#cancelExpiry = this.#host.clock.after(Math.max(1, lease.untilMs - this.#nowMs()), () => {
      this.#expire();
      // Timers count whole milliseconds, and may be early by a part of one.
      if (this.#held === lease) this.#awaitExpiry(lease);
    });
  }

  #expire(): void {
    const lease = this.#held;
    if (lease === undefined || this.#nowMs() < lease.untilMs) return;
    this.#end(leaseLost(lease.identity.device, lease.identity.token, 'its holder did not renew it in time'));
  }

  #nowMs(): number {
    return this.#host.clock.monotonicMs();
  }
}
