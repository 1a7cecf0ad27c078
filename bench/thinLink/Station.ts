import { ThinLink } from '../netem/ThinLink.ts';
import type { LinkShape } from '../netem/LinkShape.ts';
import { LinkChild } from './LinkChild.ts';
import type { LinkRole } from './LinkChild.ts';
import { waitMs } from './waitMs.ts';
import type { ReaderReport, RobotReport } from './reports.ts';

/** How often the reader sends a Twist, as a person does with a pad. */
const COMMAND_HZ = 20;

/** A robot, a server and a reader of one system, with a thin link between robot and server. */
export class Station {
  readonly link: ThinLink;
  readonly #startChild: (role: LinkRole) => LinkChild;
  #server: LinkChild;
  readonly #robot: LinkChild;
  readonly #reader: LinkChild;

  /** Starts and connects everything; the robot publishes and the reader commands from then on. */
  static async open(system: string, shape: LinkShape, seed: number, commandHz = COMMAND_HZ): Promise<Station> {
    const link = await ThinLink.open(shape, seed);
    const station = new Station(link, system, commandHz);
    try {
      await station.#server.ask({ do: 'serve' });
      await station.#robot.ask({ do: 'connect' });
      await station.#reader.ask({ do: 'connect' });
      await Promise.all([station.#robot.ask({ do: 'begin' }), station.#reader.ask({ do: 'begin' })]);
      return station;
    } catch (error) {
      await station.close();
      throw error;
    }
  }

  private constructor(link: ThinLink, system: string, commandHz: number) {
    this.link = link;
    this.#startChild = (role) => new LinkChild(link, system, role, commandHz);
    this.#server = this.#startChild('server');
    this.#robot = this.#startChild('robot');
    this.#reader = this.#startChild('reader');
  }

  /** The server is killed, and after some time another one is started in its place. Resolves when that one listens. */
  async restartServer(awayMs: number): Promise<void> {
    await this.#server.kill();
    await waitMs(awayMs);
    this.#server = this.#startChild('server');
    await this.#server.ask({ do: 'serve' });
  }

  /** How often the robot was connected. */
  async connections(): Promise<number> {
    return (await this.#robot.ask({ do: 'count' })).connections;
  }

  /** All that was sent and received since the start. */
  async report(): Promise<{ readonly robot: RobotReport; readonly reader: ReaderReport }> {
    const { robot } = await this.#robot.ask({ do: 'report' });
    const { reader } = await this.#reader.ask({ do: 'report' });
    if (robot === undefined || reader === undefined) throw new Error('a part reported nothing');
    return { robot, reader };
  }

  async close(): Promise<void> {
    await Promise.all([this.#reader, this.#robot, this.#server].map((child) => child.kill()));
    this.link.close();
  }
}
