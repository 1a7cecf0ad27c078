import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVER_ADDRESS, ThinLink } from '../netem/ThinLink.ts';
import type { LinkShape } from '../netem/LinkShape.ts';
import { CommandChild } from './CommandChild.ts';
import type { Answered } from './orders.ts';
import { storedCommands } from './storedCommands.ts';

/** Port of the server in the namespace of a link; the namespace is its own. */
const LINK_PORT = 8080;

/** A server with its history on disk, a robot and an operator, each a process, on loopback or with a thin link to the robot. */
export class CommandStation {
  readonly #link: ThinLink | undefined;
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'longline-bench-'));
  readonly #server: CommandChild;
  readonly #robot: CommandChild;
  readonly #operator: CommandChild;

  /** Everything is connected; a `loaded` robot publishes more than a thin link carries. */
  static async open(shape?: LinkShape, loaded = false): Promise<CommandStation> {
    const link = shape === undefined ? undefined : await ThinLink.open(shape);
    const station = new CommandStation(link);
    try {
      await station.#connect(loaded);
      return station;
    } catch (error) {
      station.close();
      throw error;
    }
  }

  private constructor(link: ThinLink | undefined) {
    this.#link = link;
    this.#server = new CommandChild('server', link?.commandPrefix('server'));
    this.#robot = new CommandChild('robot', link?.commandPrefix('robot'));
    this.#operator = new CommandChild('operator', link?.commandPrefix('server'));
  }

  /** `leased`: Twists under a lease, through the deadman. */
  pace(perSecond: number, forMs: number, leased = false): Promise<Answered> {
    return this.#operator.ask({ do: 'pace', perSecond, forMs, leased });
  }

  flood(underWay: number, forMs: number): Promise<Answered> {
    return this.#operator.ask({ do: 'flood', underWay, forMs });
  }

  /** Stops the server, and says how many commands have their whole lives, from accepted to done, on its disk. */
  async stored(): Promise<number> {
    await this.#server.ask({ do: 'stop' });
    return storedCommands(this.#dataDir);
  }

  close(): void {
    for (const child of [this.#operator, this.#robot, this.#server]) child.kill();
    this.#link?.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #connect(loaded: boolean): Promise<void> {
    const [host, port] = this.#link === undefined ? ['127.0.0.1', 0] : [SERVER_ADDRESS, LINK_PORT];
    const { url } = await this.#server.ask({ do: 'serve', host, port, dataDir: this.#dataDir });
    await this.#robot.ask({ do: 'connect', url, loaded });
    await this.#operator.ask({ do: 'connect', url, loaded });
  }
}
