/** Who asks. Every entrance to the fleet is given one; rights are decided by it. */
export interface Principal {
  /** Shown as the issuer of commands. */
  readonly name: string;
  readonly role: 'admin';
}

/** Everybody who reaches a server without credentials: it listens on loopback only. */
export const localAdministrator: Principal = { name: 'local', role: 'admin' };
