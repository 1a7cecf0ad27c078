/** One way of getting messages from robots through a server to a reader, as the relay bench drives it. */
export interface RelaySystem {
  readonly name: string;
  /** Starts the server in this process or as a child; `pid` is the process whose CPU time counts. */
  serve(): Promise<RelayServer>;
  /** Connects `robots` robots. */
  connectLoad(port: number, robots: number): Promise<RelayLoad>;
  /** Connects the one reader of everything. The data is valid during the call. */
  connectReader(port: number, handleData: (data: Uint8Array) => void): Promise<void>;
}

export interface RelayServer {
  readonly port: number;
  readonly pid: number;
}

export interface RelayLoad {
  send(robot: number, data: Uint8Array): void;
  /** Resolves when the connections took what they hold. */
  drained(): Promise<void>;
}
