/** One way of getting a robot's data over the link and commands back, as the thin-link bench drives it. */
export interface LinkSystem {
  readonly name: string;
  /** Starts what runs beside the reader, in the server's namespace. */
  serve(): Promise<void>;
  /** Connects the robot, in its own namespace, and keeps it connected. */
  connectRobot(handleCommand: (data: Uint8Array) => void): Promise<LinkRobot>;
  /** Connects the reader, in the server's namespace, and keeps it connected. The data is valid during the call. */
  connectReader(handleMessage: (topic: number, data: Uint8Array) => void): Promise<LinkReader>;
}

/** The robot's side; the topic is a place in `loadTopics`. */
export interface LinkRobot {
  publish(topic: number, data: Uint8Array): void;
  /** How often it was connected so far. */
  connections(): number;
}

export interface LinkReader {
  /** Sends a command; the caller never waits for the one before. */
  command(data: Uint8Array): void;
}

/** The port of every system's server; the namespace is its own. */
export const SYSTEM_PORT = 8080;
