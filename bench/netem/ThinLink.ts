import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { compileNetem } from './compileNetem.ts';
import { parseLinkCounters } from './LinkCounters.ts';
import type { LinkCounters } from './LinkCounters.ts';
import { shapeCommands } from './LinkShape.ts';
import type { LinkShape } from './LinkShape.ts';
import { linkPrograms, missingForLink } from './missingForLink.ts';
import { ensureProgram, programEnv } from './ensureProgram.ts';

/** The two ends of a {@link ThinLink}. */
export type LinkSide = 'robot' | 'server';

/** Where the server's end is, for ever; the robot's may move. */
export const SERVER_ADDRESS = '10.78.0.2';
/** Where the robot's end is at first. */
export const ROBOT_ADDRESS = '10.78.0.1';

const DEVICE = 'thin0';
const PREFIX = 'longline-thin-';
/** Where `ip netns` keeps the names. */
const SPACES = '/var/run/netns';
/** Linux's own default; machines that run benches may have another. */
const CONGESTION_CONTROL = 'cubic';
/** Links of this process so far; several may be open at once. */
let opened = 0;

/**
 * A link between two network namespaces, `robot` (10.78.0.1) and `server` (10.78.0.2), whose shape can change while
 * programs use it. TCP runs with cubic on both ends. Needs what {@link missingForLink} names. Everything it made goes
 * with {@link close} or with this process, on SIGINT and SIGTERM as well.
 */
export class ThinLink {
  readonly #spaces: Readonly<Record<LinkSide, string>>;
  readonly #program: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #waiting: ((line: string) => void)[] = [];
  readonly #removeSpaces: () => void;
  #robotAddress = ROBOT_ADDRESS;
  #isClosed = false;

  /** Makes the namespaces and starts the emulator; the loss is the same in each link with the same `seed`. */
  static async open(shape: LinkShape, seed = 1): Promise<ThinLink> {
    const missing = missingForLink();
    if (missing !== undefined) throw new Error(missing);
    for (const { program, packages } of linkPrograms) ensureProgram(program, packages);
    removeLeftovers();
    const link = new ThinLink(compileNetem(), seed);
    try {
      await link.#start(shape);
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  private constructor(program: string, seed: number) {
    opened += 1;
    const space = (side: LinkSide): string => `${PREFIX}${process.pid}-${opened}-${side}`;
    this.#spaces = { robot: space('robot'), server: space('server') };
    this.#removeSpaces = removeAtExit(Object.values(this.#spaces));
    for (const each of Object.values(this.#spaces)) {
      ip('netns', 'add', each);
      ip('-n', each, 'link', 'set', 'lo', 'up');
    }
    this.#program = spawn(program, [this.#spaces.robot, this.#spaces.server, DEVICE, String(seed)]);
    this.#program.stderr.pipe(process.stderr);
    this.#program.stdin.on('error', () => undefined);
    this.#program.on('exit', () => {
      if (!this.#isClosed) throw new Error('the link emulator ended by itself');
    });
    this.#lines = createInterface(this.#program.stdout);
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line));
  }

  /** What to put before a command line so that it runs at one end: `['ip', 'netns', 'exec', ...]`. */
  commandPrefix(side: LinkSide): [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.#spaces[side]];
  }

  /** Gives the link another shape; packets in its queues are sent at the new rate. */
  async setShape(shape: LinkShape): Promise<void> {
    for (const command of shapeCommands(shape)) await this.#ask(command);
  }

  /** Drops every packet from now on, those on the way as well. */
  async down(): Promise<void> {
    await this.#ask('down');
  }

  async up(): Promise<void> {
    await this.#ask('up');
  }

  /** What both directions carried and dropped since the start. */
  async counters(): Promise<LinkCounters> {
    return parseLinkCounters(await this.#ask('stat'));
  }

  /** Takes the robot's address away and gives it another, as a modem that was given a new one does. */
  changeRobotAddress(address: string): void {
    const space = this.#spaces.robot;
    ip('-n', space, 'address', 'del', `${this.#robotAddress}/24`, 'dev', DEVICE);
    this.#robotAddress = address;
    giveAddress(this.#spaces.robot, address);
  }

  /** Ends the emulator and removes the namespaces; the programs in them lose their network. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#lines.close();
    this.#program.kill('SIGKILL');
    this.#removeSpaces();
  }

  async #start(shape: LinkShape): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push(() => resolve());
      this.#program.once('error', reject);
    });
    await this.setShape(shape);
    for (const side of ['robot', 'server'] as const)
      ip('-n', this.#spaces[side], 'link', 'set', DEVICE, 'up', 'mtu', '1500');
    giveAddress(this.#spaces.robot, ROBOT_ADDRESS);
    giveAddress(this.#spaces.server, SERVER_ADDRESS);
  }

  #ask(command: string): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#program.stdin.write(`${command}\n`);
    });
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { env: programEnv, stdio: ['ignore', 'ignore', 'pipe'] });
}

/**
 * The congestion control is the route's: a namespace may choose it freely there, while its sysctl takes only what the
 * machine allows to everybody.
 */
function giveAddress(space: string, address: string): void {
  ip('-n', space, 'address', 'add', `${address}/24`, 'dev', DEVICE, 'noprefixroute');
  const network = address.replace(/\.\d+$/, '.0/24');
  const route = ['dev', DEVICE, 'src', address, 'congctl', CONGESTION_CONTROL];
  ip('-n', space, 'route', 'replace', network, ...route);
}

function removeSpace(space: string): void {
  spawnSync('ip', ['netns', 'del', space], { env: programEnv, stdio: 'ignore' });
}

/** Removes the namespaces at the end of this process, or when the function it returns is called. */
function removeAtExit(spaces: readonly string[]): () => void {
  const end = (signal: 'SIGINT' | 'SIGTERM'): void => process.exit(signal === 'SIGINT' ? 130 : 143);
  const remove = (): void => {
    for (const space of spaces) removeSpace(space);
    process.off('exit', remove).off('SIGINT', end).off('SIGTERM', end);
  };
  process.on('exit', remove).on('SIGINT', end).on('SIGTERM', end);
  return remove;
}

/** Namespaces of a bench that was killed before it could clean up. */
function removeLeftovers(): void {
  if (!existsSync(SPACES)) return;
  for (const name of readdirSync(SPACES).filter((each) => each.startsWith(PREFIX))) {
    const pid = name.slice(PREFIX.length).split('-')[0] ?? '';
    if (!existsSync(`/proc/${pid}`)) removeSpace(name);
  }
}
