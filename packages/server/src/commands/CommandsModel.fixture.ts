import type { OutgoingRequest, Reply, ReplyListener } from '@longline/line';
import type { Disposer } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { FleetState } from '../fleet/FleetState.ts';
import { defaultServerLimits } from '../limits.ts';
import { localAdministrator } from '../access/Principal.ts';
import type { CommandRecord } from '../store/CommandRecord.ts';
import { MemoryCommandStore } from '../store/MemoryCommandStore.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import { Commands } from './Commands.ts';
import type { WhenOffline } from './RobotRequest.ts';

/** How the robot and the way to it treat one command. */
export interface Fate {
  /** Milliseconds on the way there, in ROS, and on the way back. */
  readonly thereMs: number;
  readonly runMs: number;
  readonly backMs: number;
  readonly outcome: 'done' | 'failed';
  /** The robot's answer gets lost although the line stands. */
  readonly answerLost: boolean;
}

const GRACE_MS = 2_000;
const nothing = new Uint8Array(0);

/** A robot that obeys the clauses 5.3 and 5.4: it executes an ID once, never late, and answers a repeated one as it did. */
export class ModelRobot {
  readonly executions: { readonly id: string; readonly atMs: number }[] = [];
  readonly #clock: FakeClock;
  /** Final replies by ID; undefined while it runs. Gone with the run of the agent: there is no journal. */
  #memory = new Map<string, Reply | undefined>();
  readonly #fates = new Map<string, Fate>();
  boot = 0;
  line: ModelLine | undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  setFate(id: string, fate: Fate): void {
    this.#fates.set(id, fate);
  }

  restart(): void {
    this.#memory = new Map();
    this.boot++;
  }

  /** What it told of a command, in any run. */
  executed(id: string): number {
    return this.executions.filter((each) => each.id === id).length;
  }

  handleRequest(line: ModelLine, request: OutgoingRequest): void {
    const { id, ageMs, deadlineMs } = request;
    const fate = this.#fates.get(id);
    if (fate === undefined) throw new Error(`the model has no fate for ${id}`);
    const bornMs = this.#clock.monotonicMs() - ageMs;
    this.#clock.after(fate.thereMs, () => {
      if (this.line !== line) return;
      if (this.#memory.has(id)) {
        this.#tell(id, this.#memory.get(id) ?? { id, state: 'received', payload: nothing }, fate);
      } else if (this.#clock.monotonicMs() - bornMs >= deadlineMs) {
        this.#settle({ id, state: 'expired', code: 'COMMAND_EXPIRED', payload: nothing }, fate);
      } else {
        this.#execute(id, fate);
      }
    });
  }

  #execute(id: string, fate: Fate): void {
    const { boot } = this;
    this.executions.push({ id, atMs: this.#clock.monotonicMs() });
    this.#memory.set(id, undefined);
    this.#clock.after(fate.runMs, () => {
      if (boot === this.boot) this.#settle({ id, state: fate.outcome, payload: nothing }, fate);
    });
  }

  #settle(reply: Reply, fate: Fate): void {
    this.#memory.set(reply.id, reply);
    this.#tell(reply.id, reply, fate);
  }

  /** On the line that stands now, unless that ends on the way. */
  #tell(id: string, reply: Reply, { backMs, answerLost }: Fate): void {
    const { line } = this;
    if (answerLost) return;
    this.#clock.after(backMs, () => {
      if (this.line === line) line?.handleReply(id, reply);
    });
  }
}

/** A line as the server sees it, with the timeouts of clause 5.4. */
export class ModelLine extends FakeRobotLine {
  readonly #clock: FakeClock;
  readonly #robot: ModelRobot;
  readonly #open = new Map<string, { readonly listener: ReplyListener; readonly cancel: Disposer }>();
  readonly #late = new Map<string, ReplyListener>();

  constructor(clock: FakeClock, robot: ModelRobot) {
    super();
    this.#clock = clock;
    this.#robot = robot;
  }

  override request(request: OutgoingRequest, _payload: Uint8Array, listener: ReplyListener): void {
    const { id, ageMs, deadlineMs } = request;
    const waitMs = Math.max(0, deadlineMs - ageMs) + GRACE_MS;
    const cancel = this.#clock.after(waitMs, () => this.#giveUp(id, 'REPLY_MISSING'));
    this.#open.set(id, { listener, cancel });
    this.#robot.handleRequest(this, request);
  }

  override openStream(id: string, listener: ReplyListener): Disposer {
    this.#late.set(id, listener);
    return () => {
      if (this.#late.get(id) === listener) this.#late.delete(id);
    };
  }

  handleReply(id: string, reply: Reply): void {
    const open = this.#open.get(id);
    if (open === undefined) {
      this.#late.get(id)?.(reply);
      return;
    }
    if (reply.state !== 'received') {
      open.cancel();
      this.#open.delete(id);
    }
    open.listener(reply);
  }

  end(): void {
    for (const id of [...this.#open.keys()]) this.#giveUp(id, 'LINE_CLOSED');
    this.#late.clear();
  }

  #giveUp(id: string, code: string): void {
    const open = this.#open.get(id);
    open?.cancel();
    this.#open.delete(id);
    open?.listener({ id, state: 'unknown', code, payload: nothing });
  }
}

/** A store whose last 20 ms are lost when the server crashes. */
export class ModelStore extends MemoryCommandStore {
  readonly #clock: FakeClock;
  readonly #written = new Map<string, CommandRecord>();

  constructor(clock: FakeClock) {
    super(defaultServerLimits);
    this.#clock = clock;
  }

  override put(record: CommandRecord): void {
    super.put(record);
    this.#clock.after(20, () => this.#written.set(record.id, record));
  }

  /** The store as it is found after a crash. */
  afterCrash(): ModelStore {
    const found = new ModelStore(this.#clock);
    for (const record of this.#written.values()) {
      found.put({ ...record, order: found.nextOrder() });
    }
    return found;
  }

  override leftOpen(): CommandRecord[] {
    return this.list({ limit: 1e9 })
      .filter(({ state }) => state === 'accepted' || state === 'sent' || state === 'received')
      .reverse();
  }
}

/** One robot, one server that may crash, and the line between. */
export class ModelWorld {
  readonly clock = new FakeClock();
  readonly robot = new ModelRobot(this.clock);
  store = new ModelStore(this.clock);
  /** When each command was made, and its deadline. */
  readonly made = new Map<string, { readonly bornMs: number; readonly deadlineMs: number }>();
  readonly faults: string[] = [];
  readonly #verdicts = new Map<string, string>();
  #fleet: FleetState;
  #commands: Commands;
  #epoch = 0;
  #count = 0;

  constructor() {
    this.#fleet = new FleetState(this.clock, defaultServerLimits);
    this.#commands = this.#start();
    this.connect();
  }

  get ids(): Iterable<string> {
    return this.made.keys();
  }

  state(id: string): CommandRecord['state'] | undefined {
    return this.#commands.find('r1', id)?.state;
  }

  submit(fate: Fate, deadlineMs: number, whenOffline: WhenOffline): void {
    const id = `c${++this.#count}`;
    this.robot.setFate(id, fate);
    this.made.set(id, { bornMs: this.clock.monotonicMs(), deadlineMs });
    const action = { kind: 'call', service: '/s', encoding: 'json' } as const;
    const request = { device: 'r1', action, payload: nothing, principal: localAdministrator };
    this.#commands.submit({ ...request, id, deadlineMs, whenOffline });
  }

  cancelNewest(): void {
    const id = `c${this.#count}`;
    const state = this.state(id);
    try {
      this.#commands.cancel('r1', id);
    } catch {
      if (state === 'accepted') this.faults.push(`${id} waits and could not be taken back`);
    }
  }

  connect(): void {
    this.cut();
    const line = new ModelLine(this.clock, this.robot);
    this.robot.line = line;
    const hello = { ...helloOf('r1'), boot: `boot ${this.robot.boot}` };
    const opened = this.#fleet.openLine(line, ++this.#epoch, hello);
    if (opened !== undefined) this.#fleet.announce(opened.device, 'online');
  }

  cut(): void {
    const { line } = this.robot;
    this.robot.line = undefined;
    line?.end();
    const device = this.#fleet.device('r1');
    if (device?.online === true) this.#fleet.closeLine(device, this.#epoch);
  }

  restartRobot(): void {
    this.cut();
    this.robot.restart();
  }

  crashServer(): void {
    // The server hears nothing any more, and tells nobody.
    this.robot.line = undefined;
    this.#verdicts.clear();
    this.store = this.store.afterCrash();
    this.#fleet = new FleetState(this.clock, defaultServerLimits);
    this.#commands = this.#start();
    this.connect();
  }

  #start(): Commands {
    const commands = new Commands(this.#fleet, this.clock, defaultServerLimits, this.store);
    this.#fleet.watchDevices(commands);
    commands.watch(({ id, state }) => {
      if (commands !== this.#commands) return;
      const verdict = this.#verdicts.get(id);
      if (verdict !== undefined) this.faults.push(`${id} was ${verdict} and became ${state}`);
      if (state !== 'accepted' && state !== 'sent' && state !== 'received' && state !== 'unknown')
        this.#verdicts.set(id, state);
    });
    return commands;
  }
}
