import { devicePattern } from '@longline/line';
import type { Action } from '@longline/line';
import { topicPattern } from '@longline/ros';
import { deviceUnknown, ServerError } from '../errors.ts';
import { roles } from './Principal.ts';
import type { Principal, Role } from './Principal.ts';

/** What one principal may do: the one place that decides. What one may not see does not exist for one. */
export class Rights {
  static readonly #known = new WeakMap<Principal, Rights>();
  readonly principal: Principal;
  readonly #devices: readonly ((id: string) => boolean)[];
  readonly #reads: readonly ((name: string) => boolean)[];
  readonly #writes: readonly ((name: string) => boolean)[];

  private constructor(principal: Principal) {
    const { devices, read, write } = principal.scope;
    this.principal = principal;
    this.#devices = devices.map((pattern) => {
      const selection = devicePattern(pattern);
      return (id) => selection.matchesDevice(id);
    });
    this.#reads = read.map(topicPattern);
    this.#writes = write.map(topicPattern);
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
    return this.#devices.some((matches) => matches(id));
  }

  /** A topic or parameter of a device that is seen. */
  reads(name: string): boolean {
    return this.#reads.some((matches) => matches(absolute(name)));
  }

  /** A topic, service or parameter of a device that is seen. */
  writes(name: string): boolean {
    return this.isAtLeast('operator') && this.#writes.some((matches) => matches(absolute(name)));
  }

  /** Whether a robot may be asked for this. Throws `DEVICE_UNKNOWN`, `FORBIDDEN`. */
  check(device: string, action: Action): void {
    if (!this.seesDevice(device)) throw deviceUnknown(device);
    const { name, needs } = wantedOf(action);
    const role = needs === 'read' ? 'viewer' : 'operator';
    if (!this.isAtLeast(role)) throw this.#forbidden(`${action.kind} needs the role ${role}`);
    if (name === undefined || (needs === 'write' ? this.writes(name) : this.reads(name) || this.writes(name))) return;
    throw this.#forbidden(`${name} is not among what it may ${needs}`);
  }

  #forbidden(why: string): ServerError {
    const { name, role } = this.principal;
    return new ServerError(
      'FORBIDDEN',
      `The token ${name} (${role}) does not allow this: ${why}. Ask an administrator for one that does.`,
    );
  }
}

/** Parameters of ROS 2 and names of some clients come without the slash. */
const absolute = (name: string): string => (name.startsWith('/') ? name : `/${name}`);

/** What an action needs, and on which name where it is about one. Stops and leases are about the whole device. */
function wantedOf(action: Action): { readonly needs: 'read' | 'write' | 'operate'; readonly name?: string } {
  switch (action.kind) {
    case 'publish':
    case 'motion':
    case 'standing.set':
      return { needs: 'write', name: action.topic };
    case 'call':
      return { needs: 'write', name: action.service };
    case 'parameter.set':
      return { needs: 'write', name: action.name };
    case 'lease.take':
    case 'lease.renew':
    case 'lease.release':
    case 'stop':
    case 'stop.release':
    case 'standing.end':
      return { needs: 'operate' };
    case 'parameter.get':
      return { needs: 'read', name: action.name };
    case 'snapshot':
      return { needs: 'read', name: action.topic };
    case 'schema.service':
      return { needs: 'read', name: action.service };
    case 'parameter.list':
    case 'graph':
    case 'schema.message':
      return { needs: 'read' };
  }
}
