import { replyError } from '@longline/line';
import type { Action, Reply } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import type { Lease } from '../motion/Lease.ts';
import { leaseHeld } from '../motion/leaseErrors.ts';
import { doorLeaseNeeded, readerGone } from './doorErrors.ts';
import type { DoorLease } from './DoorLease.ts';

/** It lasts so long after an order that moves, in milliseconds. */
export const IMPLICIT_HOLD_MS = 1_000;
/** It is renewed at most so often, in milliseconds. */
const RENEW_EVERY_MS = 250;
/** What a take was refused with holds so long, in milliseconds: a robot that refuses is not asked with every frame. */
const REFUSED_MS = 250;
const nothing = new Uint8Array(0);

/** What an {@link ImplicitLease} is given. */
export interface ImplicitLeaseOptions {
  readonly device: string;
  readonly view: FleetView;
  readonly requests: RobotRequests;
  readonly clock: Clock;
}

/**
 * The lease that a reader takes by moving, where the robot's configuration lets it and nobody holds it: for clients that have
 * no word for leases. Orders that move renew it; without them it is over a second later.
 */
export class ImplicitLease implements DoorLease {
  readonly #options: ImplicitLeaseOptions;
  #lease: Lease | undefined;
  #taking: Promise<number> | undefined;
  #renewedMs = 0;
  #refused: { readonly error: unknown; readonly untilMs: number } | undefined;
  #closed = false;

  constructor(options: ImplicitLeaseOptions) {
    this.#options = options;
  }

  get token(): number | undefined {
    const { device, view, requests } = this.#options;
    // Asked where it is held: the timer of a busy process, which ends it, is late.
    if (this.#lease !== requests.leaseOf({ device, principal: view.principal })) this.#lease = undefined;
    return this.#lease?.identity.token;
  }

  hold(name: string, ageMs: number): number | Promise<number> {
    const { token } = this;
    if (token !== undefined) {
      this.#renew(token, ageMs);
      return token;
    }
    if (this.#taking !== undefined) return this.#taking;
    this.#checkMayTake(name);
    const taking = this.#take(ageMs);
    this.#taking = taking;
    const settle = (): void => {
      if (this.#taking === taking) this.#taking = undefined;
    };
    taking.then(settle, (error: unknown) => {
      this.#refused = { error, untilMs: this.#nowMs + REFUSED_MS };
      settle();
    });
    return taking;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#giveBack();
  }

  /** Throws `LEASE_NEEDED`, `LEASE_HELD`, and what the last attempt was refused with. */
  #checkMayTake(name: string): void {
    const { device, view, requests } = this.#options;
    const { principal } = view;
    if (this.#closed) throw readerGone();
    const holder = requests.leaseOf({ device, principal })?.identity.principal.name;
    if (holder !== undefined) throw leaseHeld(device, holder, principal.name);
    if (view.device(device)?.motion?.implicitLease !== true) throw doorLeaseNeeded(device, name);
    if (this.#refused !== undefined && this.#nowMs < this.#refused.untilMs) throw this.#refused.error;
    this.#refused = undefined;
  }

  async #take(ageMs: number): Promise<number> {
    const { device, view, requests } = this.#options;
    const heard = Promise.withResolvers<Reply>();
    let lease: Lease | undefined;
    this.#send({ kind: 'lease.take', holdMs: IMPLICIT_HOLD_MS }, 0, ageMs, (reply) => {
      // It is held now; who awaits the reply may find it over.
      if (reply.state === 'done') lease = requests.leaseOf({ device, principal: view.principal });
      heard.resolve(reply);
    });
    this.#renewedMs = this.#nowMs - ageMs;
    const reply = await heard.promise;
    if (reply.state !== 'done' || lease === undefined) throw replyError(reply);
    this.#lease = lease;
    if (this.#closed) {
      this.#giveBack();
      throw readerGone();
    }
    return lease.identity.token;
  }

  /** An order counts from when it was made: what is old holds nothing. */
  #renew(token: number, ageMs: number): void {
    const wordMs = this.#nowMs - ageMs;
    if (wordMs - this.#renewedMs < RENEW_EVERY_MS || ageMs >= IMPLICIT_HOLD_MS) return;
    this.#renewedMs = wordMs;
    this.#tell({ kind: 'lease.renew', holdMs: IMPLICIT_HOLD_MS }, token, ageMs);
  }

  #giveBack(): void {
    const { token } = this;
    this.#lease = undefined;
    if (token !== undefined) this.#tell({ kind: 'lease.release' }, token, 0);
  }

  /** What became of it is seen at the lease. */
  #tell(action: Action, token: number, ageMs: number): void {
    try {
      this.#send(action, token, ageMs, () => undefined);
    } catch (error) {
      if (!isLonglineError(error)) throw error;
    }
  }

  #send(action: Action, token: number, ageMs: number, listener: (final: Reply) => void): void {
    const { device, view, requests } = this.#options;
    const request = { device, principal: view.principal, action, payload: nothing, token, ageMs };
    requests.send(request, (reply) => {
      if (reply.state !== 'received') listener(reply);
    });
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}
