import { devicePattern } from '@longline/line';
import type { Action } from '@longline/line';
import { deviceUnknown, ServerError } from '../errors.ts';
import { actionNeeds } from './actionNeeds.ts';
import type { ActionNeeds } from './actionNeeds.ts';
import { isTree } from './isTree.ts';
import { NamePatterns } from './NamePatterns.ts';
import { roles } from './Principal.ts';
import type { Principal, Role } from './Principal.ts';
import { parameterUnknown, serviceUnknown, topicUnknown } from './unknownNames.ts';

/** What one principal may do: the one place that decides. What one may not see does not exist for one. */
export class Rights {
  static readonly #known = new WeakMap<Principal, Rights>();
  readonly principal: Principal;
  /** Sees every device there is and will be. */
  readonly seesAllDevices: boolean;
  /** Sees all of every device: nothing has to be left out for it. */
  readonly isUnrestricted: boolean;
  readonly #devices: readonly ((id: string) => boolean)[];
  readonly #reads: NamePatterns;
  readonly #writes: NamePatterns;

  private constructor(principal: Principal) {
    const { devices, read, write } = principal.scope;
    this.principal = principal;
    this.#devices = devices.map((pattern) => {
      const selection = devicePattern(pattern);
      return (id) => selection.matchesDevice(id);
    });
    this.#reads = new NamePatterns(read);
    this.#writes = new NamePatterns(write);
    this.seesAllDevices = devices.includes('*');
    this.isUnrestricted = this.seesAllDevices && this.#reads.areAll;
  }

  /** Compiled once per principal. Throws `PATTERN_INVALID`. */
  static of(principal: Principal): Rights {
    let rights = Rights.#known.get(principal);
    if (rights === undefined) Rights.#known.set(principal, (rights = new Rights(principal)));
    return rights;
  }

  /** Whether the role is this one or a greater one. */
  isAtLeast(role: Role): boolean {
    return roles.indexOf(this.principal.role) >= roles.indexOf(role);
  }

  seesDevice(id: string): boolean {
    return this.seesAllDevices || this.#devices.some((matches) => matches(id));
  }

  /** A topic or parameter of a device that is seen. */
  reads(name: string): boolean {
    return this.#reads.matches(name);
  }

  /** A topic, service or parameter of a device that is seen. */
  writes(name: string): boolean {
    return this.isAtLeast('operator') && this.#writes.matches(name);
  }

  /** Whether a topic, service or parameter of a device that is seen exists for it: it may be read, or written. */
  knows(name: string): boolean {
    return this.reads(name) || this.writes(name);
  }

  /** A parameter with all that stands below it. */
  readsTree(name: string): boolean {
    return this.#reads.matchesBelow(name);
  }

  /** A parameter with all that stands below it. */
  writesTree(name: string): boolean {
    return this.isAtLeast('operator') && this.#writes.matchesBelow(name);
  }

  /** Whether somebody's action on a device that is seen exists for it: its target does. */
  knowsAction(action: Action): boolean {
    const { name } = actionNeeds(action);
    return name === undefined || this.knows(name);
  }

  /** Throws `DEVICE_UNKNOWN` for a device that it does not see, as for one that never connected. */
  checkDevice(id: string): void {
    if (!this.seesDevice(id)) throw deviceUnknown(id);
  }

  /** Throws `FORBIDDEN`. */
  checkRole(role: Role, what: string): void {
    if (!this.isAtLeast(role)) throw this.#forbidden(`${what} needs the role ${role}`);
  }

  /** What is about the fleet as a whole. Throws `FORBIDDEN`. */
  checkAllDevices(what: string): void {
    if (!this.seesAllDevices) throw this.#forbidden(`${what} is about all devices, and it is limited to some`);
  }

  /**
   * Whether a robot may be asked for this. Throws `DEVICE_UNKNOWN`; `TOPIC_UNKNOWN`, `SERVICE_UNKNOWN`, `PARAMETER_UNKNOWN` for
   * what it may not see; `FORBIDDEN` for what it may not do.
   */
  check(device: string, action: Action, payload?: Uint8Array): void {
    this.checkDevice(device);
    const needed = actionNeeds(action);
    const { needs, name } = needed;
    if (needs !== 'read') this.checkRole('operator', action.kind);
    if (name === undefined || needs === 'operate') return;
    if (needs === 'read') this.#checkRead(device, needed, name);
    else if (!this.writes(name)) throw this.#forbidden(`${name} is not among what it may write`);
    // Whether a tree is deleted is seen only on the robot.
    const mayBeTree =
      action.kind === 'parameter.delete' ||
      (action.kind === 'parameter.set' && payload !== undefined && isTree(payload));
    if (mayBeTree && !this.writesTree(name)) throw this.treeForbidden(name);
  }

  /** For a parameter that turned out to be a tree, of which only the root is allowed. */
  treeForbidden(name: string): ServerError {
    return this.#forbidden(`${name} has parameters below it, of which not all are allowed (${name}/** would be)`);
  }

  #checkRead(device: string, { kind }: ActionNeeds, name: string): void {
    // Who may call a service needs its definition.
    if (this.reads(name) || (kind === 'service' && this.writes(name))) return;
    if (this.writes(name)) throw this.#forbidden(`${name} is not among what it may read`);
    if (kind === 'topic') throw topicUnknown(device, name);
    throw kind === 'service' ? serviceUnknown(device, name) : parameterUnknown(device, name);
  }

  #forbidden(why: string): ServerError {
    const { name, role } = this.principal;
    return new ServerError(
      'FORBIDDEN',
      `The token ${name} (${role}) does not allow this: ${why}. Ask an administrator for one that does.`,
    );
  }
}
