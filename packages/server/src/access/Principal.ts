/** What somebody may do at most: look; command robots too; change who may. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** On what somebody may do it. Nothing matches an empty list. */
export interface Scope {
  /** Device IDs and patterns: `*`, `truck-*`. */
  readonly devices: readonly string[];
  /** Patterns of the topics and parameters that may be read. */
  readonly read: readonly string[];
  /** Patterns of the topics, services and parameters that may be published on, called and set. */
  readonly write: readonly string[];
}

export const everything: Scope = { devices: ['*'], read: ['/**'], write: ['/**'] };

/** Who asks. Every entrance to the fleet is given one; rights are decided by it, in {@link Rights} alone. */
export interface Principal {
  /** Never given twice. Who was revoked and is made anew under the same name is somebody else. */
  readonly id: string;
  /** Shown as the issuer of commands, and to others as the holder of a lease. */
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
}

/** Everybody who reaches a server without credentials, which listens on loopback only, and programs in its process. */
export const localAdministrator: Principal = { id: 'local', name: 'local', role: 'admin', scope: everything };
