import { randomUUID } from 'node:crypto';
import type { DoorSession, DoorSocket } from '@longline/bridges';
import { lineCloseCodes, parseClose } from '@longline/line';
import type { AgentHello, LineErrorCode, RobotStatus } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Disposer } from '@longline/ros';
import { deviceSession } from '../credentials/RobotAdmission.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { AgentSessionHost } from '../gateway/AgentSession.ts';
import type { IntakeBudget } from '../transport/IntakeBudget.ts';
import { handleOp } from './ops/index.ts';
import { openPlainContext } from './openPlainContext.ts';
import { PlainCalls } from './PlainCalls.ts';
import type { PlainContext } from './PlainContext.ts';
import { PlainLine } from './PlainLine.ts';
import { motionMemoryOf } from './PlainMotionMemory.ts';
import { parsePlainOp } from './plainOp.ts';
import { PlainPinger } from './PlainPinger.ts';
import { PlainRobot } from './PlainRobot.ts';
import { StatusTeller } from './StatusTeller.ts';
import { SocketSender } from './SocketSender.ts';

/** What the sessions of plain devices share: what those of agents do. */
export type PlainSessionHost = Pick<
  AgentSessionHost,
  | 'fleet'
  | 'sessions'
  | 'clock'
  | 'admitsLine'
  | 'intakeOf'
  | 'openEpoch'
  | 'handleLineOpened'
  | 'handleLineEnded'
  | 'handleFault'
> & { readonly counters: Pick<AgentSessionHost['counters'], 'frames' | 'bytes' | 'messages'> };

/** Whose connection it is, once that is clear. */
export interface PlainIdentity {
  readonly device: string;
  /** It was registered to be moved although it has no deadman. */
  readonly isUnguarded: boolean;
  /** As it calls itself, for people. */
  readonly software: string;
}

/** What comes before the device is let in waits; more than so many characters ends the connection. */
const MAX_EARLY_LENGTH = 1024 * 1024;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** One plain device's connection: brings what it says into the fleet, and what is asked of it to the device. */
export class PlainSession implements DoorSession {
  readonly #host: PlainSessionHost;
  readonly #identity: PlainIdentity;
  readonly #socket: DoorSocket;
  readonly #pinger: PlainPinger;
  readonly #robot: PlainRobot;
  readonly #calls: PlainCalls;
  readonly #sender: SocketSender;
  readonly #line: PlainLine;
  readonly #statusTeller: StatusTeller;
  readonly #leaveSessions: Disposer;
  #early: string[] | undefined = [];
  #earlyLength = 0;
  #context: PlainContext | undefined;
  #epoch = 0;
  #intake: IntakeBudget | undefined;
  #messages = 0;
  #ended = false;
  #why: { readonly code: LineErrorCode; readonly reason: string } | undefined;

  constructor(host: PlainSessionHost, identity: PlainIdentity, socket: DoorSocket) {
    const { clock } = host;
    const { device } = identity;
    this.#host = host;
    this.#identity = identity;
    this.#socket = socket;
    this.#robot = new PlainRobot(device);
    this.#calls = new PlainCalls(clock);
    this.#pinger = new PlainPinger({
      clock,
      ping: (payload) => socket.ping(payload),
      handlePong: () => this.#handleClock(),
      handleSilent: () => this.close('LINE_SILENT', 'the device answered no ping for 3 s'),
    });
    this.#sender = new SocketSender({
      device,
      socket,
      clock,
      robot: this.#robot,
      reached: () => this.#pinger.reached(),
    });
    this.#line = new PlainLine({
      clock,
      context: () => this.#present(),
      bufferedBytes: () => socket.bufferedBytes,
      roundTripMs: () => this.#pinger.roundTripMs,
      close: (code, reason) => this.close(code, reason),
      handleFault: (what, error) => host.handleFault(what, error),
    });
    this.#statusTeller = new StatusTeller(clock, () => {
      if (this.#device !== undefined) host.fleet.announce(this.#device, 'status');
    });
    this.#leaveSessions = host.sessions.open(deviceSession(device), (why) =>
      this.close(why, 'the token of this device was revoked or exchanged'),
    );
    this.#open().catch((error: unknown) => {
      host.handleFault(`plain device ${device} could not connect`, error);
      this.close('INTERNAL', 'the server could not let the device in; its log says why');
    });
  }

  handleText(text: string): void {
    if (this.#ended) return;
    if (this.#early !== undefined) this.#keepEarly(this.#early, text);
    else this.#handle(text);
  }

  /** Some libraries send text as bytes. */
  handleBinary(data: Uint8Array): void {
    try {
      this.handleText(decoder.decode(data));
    } catch {
      this.#sender.refuse('MESSAGE_INVALID', 'A binary frame is no JSON in UTF-8. Send text.', '');
    }
  }

  handlePong(payload: Uint8Array): void {
    this.#pinger.handlePong(payload);
  }

  handleWritable(): void {
    // Nothing waits here.
  }

  /** For `bindDoorSocket`: a frame of so many bytes was read. Gives for how many milliseconds nothing more is to be read. */
  charge(bytes: number): number {
    const { clock, counters } = this.#host;
    counters.frames++;
    counters.bytes += bytes;
    this.#device?.traffic?.handleFrame(bytes);
    const messages = this.#messages;
    this.#messages = 0;
    return this.#intake?.charge(messages, bytes, clock.monotonicMs()) ?? 0;
  }

  handleClosed(): void {
    this.#end();
  }

  /** Ends the connection; what the device held ends at once. Idempotent. */
  close(code: LineErrorCode, reason: string): void {
    if (this.#ended) return;
    this.#why = { code, reason };
    this.#context?.motion.standStill();
    this.#end();
    this.#socket.close(lineCloseCodes[code], `${code}: ${reason}`);
  }

  async #open(): Promise<void> {
    const { fleet } = this.#host;
    const { device, isUnguarded, software } = this.#identity;
    // The constructor returns first: a session that is refused is closed as any other.
    await Promise.resolve();
    if (this.#isOver()) return;
    if (!this.#host.admitsLine(device)) {
      this.close('LIMIT_EXCEEDED', 'this device connects too often; is its ID in use twice?');
      return;
    }
    const epoch = await this.#host.openEpoch(device);
    if (this.#isOver() || !fleet.hasRoomFor(device)) {
      this.#host.handleLineEnded(undefined, device, epoch);
      this.close('DEVICE_LIMIT', 'the server knows as many devices as it may; raise its maxDevices');
      return;
    }
    const id = randomUUID();
    const known = fleet.device(device);
    const hello: AgentHello = {
      role: 'agent',
      device,
      // It remembers no commands from one connection to the next.
      boot: id,
      line: id,
      socket: 0,
      highestToken: known === undefined ? 0 : motionMemoryOf(known).highestToken,
      software: software.slice(0, 128),
      robot: isUnguarded ? 'plain: (unguarded)' : 'plain:',
      features: [],
    };
    const opened = fleet.openLine(this.#line, epoch, hello);
    if (opened === undefined) {
      this.close('LINE_REPLACED', 'a newer connection of this device is open');
      return;
    }
    this.#epoch = epoch;
    this.#intake = this.#host.intakeOf(opened.device);
    this.#context = this.#contextOf(opened.device);
    opened.older?.close('LINE_REPLACED', 'another connection with this device ID came; give each device its own ID');
    opened.device.status = this.#status();
    this.#host.handleLineOpened(opened.device, hello);
    fleet.announce(opened.device, 'online');
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const text of early) this.handleText(text);
  }

  #contextOf(device: DeviceState): PlainContext {
    const { clock, counters, fleet } = this.#host;
    return openPlainContext({
      fleet,
      device,
      clock,
      robot: this.#robot,
      calls: this.#calls,
      sender: this.#sender,
      isUnguarded: this.#identity.isUnguarded,
      silentMs: () => this.#pinger.answeredAgoMs,
      handleMessage: () => {
        this.#messages++;
        counters.messages++;
        if (device.traffic !== undefined) device.traffic.messages++;
      },
      handleChange: () => this.#handleStatus(),
    });
  }

  #handle(text: string): void {
    const context = this.#context;
    // Of an older connection nothing counts any more.
    if (context === undefined || context.device.epoch !== this.#epoch) return;
    let about = '';
    try {
      const op = parsePlainOp(text);
      about = 'topic' in op ? op.topic : 'service' in op ? (op.service ?? '') : '';
      handleOp(op, context);
    } catch (error) {
      if (!isLonglineError(error)) throw error;
      this.#sender.refuse(error.code, error.message, about);
    }
  }

  #keepEarly(early: string[], text: string): void {
    this.#earlyLength += text.length;
    if (this.#earlyLength > MAX_EARLY_LENGTH)
      this.close('LIMIT_EXCEEDED', 'too much came before the device was let in');
    else early.push(text);
  }

  #handleClock(): void {
    if (this.#device !== undefined) this.#host.fleet.handleClock(this.#device);
  }

  #handleStatus(): void {
    const device = this.#device;
    if (device === undefined) return;
    this.#pinger.isLeased = this.#context?.motion.isLeased ?? false;
    device.status = this.#status();
    this.#statusTeller.handleChange();
  }

  #status(): RobotStatus {
    const motion = this.#context?.motion.status;
    const told: RobotStatus = { ros: { state: 'connected' }, simulatedTime: false, standing: [] };
    return this.#host.fleet.statuses.shared(motion === undefined ? told : { ...told, motion });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leaveSessions();
    this.#pinger.close();
    this.#calls.close();
    this.#statusTeller.close();
    this.#early = undefined;
    const context = this.#context;
    if (context === undefined) return;
    context.motion.close();
    this.#line.handleClosed();
    const { code, reason } = this.#why ?? { code: undefined, reason: '' };
    const close = code === undefined ? parseClose(1006, reason) : { closeCode: lineCloseCodes[code], code, reason };
    this.#host.fleet.closeLine(context.device, this.#epoch);
    this.#host.handleLineEnded(close, context.device.id, this.#epoch);
  }

  /** May change at every wait. */
  #isOver(): boolean {
    return this.#ended;
  }

  #present(): PlainContext {
    if (this.#context === undefined) throw new Error('the device was not let in yet');
    return this.#context;
  }

  /** The device, while this is its newest connection. */
  get #device(): DeviceState | undefined {
    const device = this.#context?.device;
    return device?.epoch === this.#epoch && !this.#ended ? device : undefined;
  }
}
