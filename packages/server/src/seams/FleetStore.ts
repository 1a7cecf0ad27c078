/** Where a device's newest line is. */
export interface Presence {
  readonly epoch: number;
  readonly online: boolean;
  /** Name of the server that has, or last had, the line. */
  readonly server: string;
}

/** Which server has which device's line, shared by all servers of a fleet. */
export interface FleetStore {
  /**
   * A line of this device was accepted by `server`: the device is online there under a new epoch, which is returned.
   * Every call for one device returns a higher epoch than all before it, on whichever server.
   */
  openLine(device: string, server: string): Promise<number>;
  /** The line of that epoch ended. Says false, and changes nothing, when there is a newer one. */
  closeLine(device: string, epoch: number): Promise<boolean>;
  presence(device: string): Promise<Presence | undefined>;
  /** Idempotent. */
  close(): Promise<void>;
}
