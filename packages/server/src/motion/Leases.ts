import type { ReplyListener } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import { deviceOffline, deviceUnknown } from '../errors.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { DeviceEvent, DeviceWatcher, FleetState } from '../fleet/FleetState.ts';
import type { MayStill } from '../access/mayStill.ts';
import type { Principal } from '../access/Principal.ts';
import type { AuditSink } from './AuditSink.ts';
import type { Lease } from './Lease.ts';
import { leaseLost, leaseNeeded } from './leaseErrors.ts';
import { LeaseSlot } from './LeaseSlot.ts';
import type { LeaseSlotHost } from './LeaseSlot.ts';
import type { LeaseRelease, LeaseRenewal, LeaseTake } from './LeaseWord.ts';

/** What {@link Leases} are given. */
export interface LeasesOptions {
  readonly fleet: FleetState;
  readonly clock: Clock;
  readonly audit: AuditSink;
  readonly ask: LeaseSlotHost['ask'];
}

/**
 * Who may move each device (clause 5.9). The server gives tokens that only grow; a lease is held once the robot has confirmed
 * its token, and ends with its hold, its release, a take-over, or the robot's line. A lease that was given back, or whose
 * outcome nobody knows, counts as held until the robot says that it is over or its time ran out.
 */
export class Leases implements DeviceWatcher {
  readonly #fleet: FleetState;
  readonly #host: LeaseSlotHost;
  /** Of the devices that somebody took a lease of: bounded by the devices there are. */
  readonly #slots = new Map<string, LeaseSlot>();
  readonly #watchers = new Set<(lease: Lease) => void>();

  constructor({ fleet, clock, audit, ask }: LeasesOptions) {
    this.#fleet = fleet;
    this.#host = {
      clock,
      audit,
      ask,
      handleChange: (device) => fleet.announce(device, 'motion'),
      handleOver: (lease) => this.#watchers.forEach((watcher) => watcher(lease)),
    };
  }

  /** Devices whose lease is held. */
  get size(): number {
    return this.#slots.values().reduce((count, { held }) => (held === undefined ? count : count + 1), 0);
  }

  /** The lease of a device, while it is held. */
  holding(device: string): Lease | undefined {
    return this.#slots.get(device)?.held;
  }

  /** The lease of that token. Throws `LEASE_NEEDED`, `LEASE_LOST`, and `LEASE_HELD` where it is somebody else's. */
  check(device: string, token: number, principal: Principal): Lease {
    const slot = this.#slots.get(device);
    if (slot !== undefined) return slot.check(token, principal);
    throw token === 0 ? leaseNeeded(device) : leaseLost(device, token, 'nobody holds it now');
  }

  /**
   * Takes the lease; the listener hears what the robot says, `done` with `{token, holdMs}`. Throws `DEVICE_UNKNOWN`,
   * `DEVICE_OFFLINE`, `COMMAND_EXPIRED`, and `LEASE_HELD` while somebody holds it and `takeOver` is not set, or takes it now.
   */
  take(take: LeaseTake, listener: ReplyListener): void {
    const device = this.#fleet.device(take.device);
    if (device === undefined) throw deviceUnknown(take.device);
    if (!device.online) throw deviceOffline(device.id);
    let slot = this.#slots.get(device.id);
    if (slot === undefined) this.#slots.set(device.id, (slot = new LeaseSlot(device, this.#host)));
    slot.take(take, listener);
  }

  /** Renews it; the listener hears what the robot says. Throws as {@link check}, and `COMMAND_EXPIRED`. */
  renew(renewal: LeaseRenewal, listener: ReplyListener): void {
    this.check(renewal.device, renewal.token, renewal.principal);
    this.#slots.get(renewal.device)?.renew(renewal, listener);
  }

  /** Gives it back; the listener hears when the robot has ended it. Throws as {@link check}. */
  release(release: LeaseRelease, listener: ReplyListener): void {
    this.check(release.device, release.token, release.principal);
    this.#slots.get(release.device)?.release(release, listener);
  }

  /** Gives back what the principal of this ID holds or takes now, where it may operate the device no longer. */
  revoke(id: string, mayStill: MayStill): void {
    for (const [device, slot] of this.#slots) if (!mayStill(device, { kind: 'lease.release' })) slot.revoke(id);
  }

  /** The robot refused something under that token: it may know that the lease is over. */
  handleRefusal(device: string, token: number, code: string | undefined): void {
    this.#slots.get(device)?.handleRefusal(token, code);
  }

  /** Calls the listener with every lease that is over, when it is. The listener must not throw. */
  watchEnds(listener: (lease: Lease) => void): Disposer {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  /** A lease ends with the line it was confirmed on; so does one that was being taken. */
  handleDevice(device: DeviceState, event: DeviceEvent): void {
    if (event === 'online' || event === 'offline') this.#slots.get(device.id)?.end('the line to the robot ended');
  }

  /** Ends all; the robots end theirs with their lines. */
  stop(): void {
    for (const slot of this.#slots.values()) slot.end('the server stops');
    this.#slots.clear();
  }
}
