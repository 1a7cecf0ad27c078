import type { OutgoingRequest, Reply, ReplyListener } from '@longline/line';
import { FakeClock } from '@longline/testing';
import { MemoryStopStore } from '../seams/MemoryStopStore.ts';
import { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import type { MotionStream } from './MotionStream.ts';
import { frame, Operator } from './Operator.fixture.ts';

const nothing = new Uint8Array(0);
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A robot as the protocol describes it, with what it keeps on disk. */
export class ModelRobot {
  readonly #clock: FakeClock;
  highestToken = 0;
  lease: { token: number; untilMs: number; issuer: string } | undefined;
  latched = false;
  /** It does nothing and answers nothing. */
  mute = false;
  /** When stops were carried out. */
  readonly stoppedMs: number[] = [];
  /** Who moved it under which token, in order. */
  readonly moved: { readonly token: number; readonly sequence: number; readonly issuer: string }[] = [];
  #lastSequence = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** Carries a request out; returns the answer, or undefined where there is none. */
  handle({ id, action, token, issuer, sequence }: OutgoingRequest, bornMs: number): Reply | undefined {
    if (this.mute) return undefined;
    const done = (value: unknown = {}): Reply => ({ id, state: 'done', encoding: 'json', payload: json(value) });
    const refused = (code: string): Reply => ({ id, state: 'rejected', code, message: code, payload: nothing });
    const nowMs = this.#clock.monotonicMs();
    if (this.lease !== undefined && this.lease.untilMs <= nowMs) this.lease = undefined;
    const holds = this.lease?.token === token;
    switch (action.kind) {
      case 'lease.take':
        if (token <= this.highestToken) return refused('LEASE_STALE');
        this.highestToken = token;
        this.lease = { token, issuer, untilMs: bornMs + action.holdMs };
        this.#lastSequence = 0;
        return done({ token, holdMs: action.holdMs });
      case 'lease.renew':
        if (this.lease === undefined || !holds) return refused('LEASE_LOST');
        this.lease.untilMs = Math.max(this.lease.untilMs, bornMs + action.holdMs);
        return done({ token, holdMs: action.holdMs });
      case 'lease.release':
        if (holds) this.lease = undefined;
        return done();
      case 'stop':
        this.latched = true;
        this.stoppedMs.push(nowMs);
        return done({ outputs: [] });
      case 'stop.release':
        if (!holds) return refused('LEASE_LOST');
        this.latched = false;
        return done();
      default:
        if (token < this.highestToken) return refused('LEASE_STALE');
        if (!holds) return refused('LEASE_LOST');
        if (sequence <= this.#lastSequence) return refused('COMMAND_OUT_OF_ORDER');
        this.#lastSequence = sequence;
        if (this.latched) return refused('STOP_LATCHED');
        this.moved.push({ token, sequence, issuer });
        return done();
    }
  }
}

/** The line to a {@link ModelRobot}: late both ways, in order, and silent once it is cut. */
class ModelLine extends FakeRobotLine {
  readonly #clock: FakeClock;
  readonly #robot: ModelRobot;
  readonly #open = new Map<string, ReplyListener>();
  readonly #listening = new Map<string, ReplyListener>();
  readonly #delayMs: number;
  #isCut = false;

  constructor(clock: FakeClock, robot: ModelRobot, delayMs: number) {
    super();
    this.#clock = clock;
    this.#robot = robot;
    this.#delayMs = delayMs;
  }

  override request(request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    super.request(request, payload, listener);
    this.#open.set(request.id, listener);
    this.#bring(request, (reply) => this.#settle(request.id, reply));
    this.#clock.after(request.deadlineMs - request.ageMs + 2_000, () => this.#settle(request.id, missing(request.id)));
  }

  override openStream(id: string, listener: ReplyListener): () => void {
    const close = super.openStream(id, listener);
    this.#listening.set(id, listener);
    return () => {
      close();
      this.#listening.delete(id);
    };
  }

  override motion(request: OutgoingRequest, payload: Uint8Array): void {
    super.motion(request, payload);
    this.#bring(request, (reply) => {
      if (reply.state !== 'done') this.#listening.get(request.id)?.(reply);
    });
  }

  /** As the end of a line does when the socket has broken. */
  cut(): void {
    this.#isCut = true;
    for (const id of [...this.#open.keys()]) {
      this.#settle(id, { id, state: 'unknown', code: 'LINE_CLOSED', message: 'cut', payload: nothing });
    }
  }

  #bring(request: OutgoingRequest, answer: (reply: Reply) => void): void {
    const bornMs = this.#clock.monotonicMs() - request.ageMs;
    this.#clock.after(this.#delayMs, () => {
      const reply = this.#isCut ? undefined : this.#robot.handle(request, bornMs);
      if (reply === undefined) return;
      this.#clock.after(this.#delayMs, () => {
        if (!this.#isCut) answer(reply);
      });
    });
  }

  #settle(id: string, reply: Reply): void {
    const listener = this.#open.get(id);
    this.#open.delete(id);
    listener?.(reply);
  }
}

const missing = (id: string): Reply => ({ id, state: 'unknown', code: 'REPLY_MISSING', message: '', payload: nothing });

/** One person or program, with the last token that they were given. */
class Driver {
  token = 0;
  stream: MotionStream | undefined;
  operator: Operator;

  constructor(rooms: ServerRooms, name: string) {
    this.operator = new Operator(rooms, name);
  }
}

/** A server, a robot, the line between them, two operators and a program. */
export class MotionWorld {
  readonly clock = new FakeClock();
  readonly robot = new ModelRobot(this.clock);
  /** When somebody asked for a stop. */
  readonly stopsAskedMs: number[] = [];
  /** Everything that was said under a lease, by line. */
  readonly lines: ModelLine[] = [];
  /** What a holder was told that they hold. */
  readonly granted: { readonly token: number; readonly name: string }[] = [];
  /** How often somebody moved the robot under another's token. */
  stolen = 0;
  readonly #stopStore = new MemoryStopStore();
  readonly #names = ['ann', 'bob', 'program'] as const;
  rooms = new ServerRooms({ clock: this.clock, stopStore: this.#stopStore });
  drivers = this.#names.map((name) => new Driver(this.rooms, name));
  #line: ModelLine | undefined;
  #delayMs = 5;

  connect(delayMs = this.#delayMs): void {
    this.cut();
    this.#delayMs = delayMs;
    this.#line = new ModelLine(this.clock, this.robot, delayMs);
    this.lines.push(this.#line);
    // A robot ends its lease with its line.
    this.robot.lease = undefined;
    this.rooms.connect('r1', this.robot.highestToken, this.#line);
  }

  cut(): void {
    const line = this.#line;
    if (line === undefined) return;
    this.#line = undefined;
    this.robot.lease = undefined;
    this.rooms.disconnect();
    line.cut();
  }

  async crashServer(): Promise<void> {
    this.#line?.cut();
    this.#line = undefined;
    this.robot.lease = undefined;
    this.rooms.motion.close();
    this.rooms = new ServerRooms({ clock: this.clock, stopStore: this.#stopStore });
    // The operators live on, with the tokens that they had.
    for (const [index, driver] of this.drivers.entries()) {
      driver.stream = undefined;
      driver.operator = new Operator(this.rooms, this.#names[index] ?? '');
    }
    await this.rooms.motion.stops.start();
  }

  take(index: number, takeOver: boolean, holdMs: number): void {
    const driver = this.#driver(index);
    driver.operator.ask({ kind: 'lease.take', holdMs, takeOver }, {}, (reply) => {
      if (reply.state !== 'done') return;
      const token = this.rooms.motion.leases.holding('r1')?.identity.token ?? 0;
      this.granted.push({ token, name: driver.operator.principal.name });
      driver.token = token;
      driver.stream = undefined;
    });
  }

  /** Everybody says it, under whatever token they were given last. */
  say(kind: 'lease.renew' | 'lease.release' | 'stop.release' | 'call', ageMs: number): void {
    const action =
      kind === 'lease.renew'
        ? ({ kind, holdMs: 1_000 } as const)
        : kind === 'call'
          ? ({ kind, service: '/arm', encoding: 'json' } as const)
          : { kind };
    for (const { operator, token } of this.drivers) operator.ask(action, { token, ageMs });
  }

  /** Everybody drives at once, for a short time; those who do not hold it try with the holder's token too. */
  async drive(ageMs: number): Promise<void> {
    for (let count = 0; count < 3; count++) {
      for (const driver of this.drivers) {
        const last = this.granted.at(-1);
        if (last !== undefined && last.name !== driver.operator.principal.name) this.#steal(driver, last.token);
        try {
          driver.stream ??= driver.operator.open(driver.token);
          driver.stream.send(frame({ ageMs }));
        } catch {
          // Not theirs to drive.
        }
      }
      await this.clock.advance(7);
    }
  }

  stop(index: number): void {
    this.stopsAskedMs.push(this.clock.monotonicMs());
    this.#driver(index).operator.ask({ kind: 'stop' });
  }

  #steal({ operator }: Driver, token: number): void {
    try {
      operator.open(token).close();
      this.stolen++;
    } catch {
      // As it should be.
    }
  }

  #driver(index: number): Driver {
    const driver = this.drivers[index % this.drivers.length];
    if (driver === undefined) throw new Error('no driver');
    return driver;
  }
}
