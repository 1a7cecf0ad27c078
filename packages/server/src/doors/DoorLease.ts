/** The lease under which one reader of a door moves a robot. */
export interface DoorLease {
  /** Under which a message that stops may go; undefined while none is held. */
  readonly token: number | undefined;
  /**
   * The token under which an order of this age may go, at once where it is held, else once the robot has confirmed it. Throws and
   * rejects with `LEASE_NEEDED`, `LEASE_HELD`, `DEVICE_OFFLINE`, and the robot's reason.
   */
  hold(name: string, ageMs: number): number | Promise<number>;
  /** The reader is gone. Idempotent. */
  close(): void;
}

/** One that the reader named in the door's address. It is taken, renewed and given back elsewhere. */
export const namedLease = (token: number): DoorLease => ({ token, hold: () => token, close: () => undefined });
