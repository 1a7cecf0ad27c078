import { randomUUID } from 'node:crypto';
import type { Action, ReplyListener } from '@longline/line';
import { DEFAULT_DEADLINE_MS, isLonglineError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import type { MayStill } from '../access/mayStill.ts';
import { deviceOffline, deviceUnknown, ServerError } from '../errors.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { DeviceEvent, DeviceWatcher, FleetState } from '../fleet/FleetState.ts';
import type { ServerLimits } from '../limits.ts';
import { Audit } from '../store/Audit.ts';
import type { CommandRecord } from '../store/CommandRecord.ts';
import type { CommandFilter, CommandStore } from '../store/CommandStore.ts';
import { MemoryCommandStore } from '../store/MemoryCommandStore.ts';
import { Command } from './Command.ts';
import type { CommandState } from './Command.ts';
import {
  cancelledWaiting,
  commandUnknown,
  expiredWaiting,
  idReused,
  issuerRevoked,
  serverRestarted,
  serverStopping,
} from './commandErrors.ts';
import type { Ending } from './commandErrors.ts';
import { CommandHistory } from './CommandHistory.ts';
import { fingerprintOf } from './fingerprintOf.ts';
import { mayBeAsked } from './LateWords.ts';
import { OpenCommands } from './OpenCommands.ts';
import { rejected } from './rejected.ts';
import { RequestLine } from './RequestLine.ts';
import type { RobotRequest } from './RobotRequest.ts';
import { Settlement } from './Settlement.ts';
import { WaitingCommands } from './WaitingCommands.ts';

export { fingerprintOf } from './fingerprintOf.ts';
export { rejected } from './rejected.ts';
export type { RobotRequest } from './RobotRequest.ts';

const nothing = new Uint8Array(0);

/** Sends requests to robots, and keeps account of those that change something there: the commands. */
export class Commands implements DeviceWatcher {
  readonly #fleet: FleetState;
  readonly #clock: Clock;
  readonly #limits: ServerLimits;
  readonly #history: CommandHistory;
  readonly #requestLine: RequestLine;
  readonly #settlement: Settlement;
  readonly #open: OpenCommands;
  readonly #waiting: WaitingCommands;

  /** Without a store the history is kept in memory. */
  constructor(
    fleet: FleetState,
    clock: Clock,
    limits: ServerLimits,
    store: CommandStore = new MemoryCommandStore(limits),
    audit = new Audit(store, clock),
  ) {
    this.#fleet = fleet;
    this.#clock = clock;
    this.#limits = limits;
    this.#history = new CommandHistory(store, audit, clock);
    this.#requestLine = new RequestLine(limits);
    this.#open = new OpenCommands(limits);
    this.#waiting = new WaitingCommands(clock, (command) =>
      this.#say(command, 'expired', expiredWaiting(command.record)),
    );
    this.#settlement = new Settlement({
      history: this.#history,
      requestLine: this.#requestLine,
      restore: (record) => this.#command(record),
      handleReply: (command, reply) => command.handleReply(reply, this.#wallMs()),
      wallMs: () => this.#wallMs(),
    });
    for (const record of this.#history.leftOpen()) this.#say(this.#command(record), 'unknown', serverRestarted);
  }

  /** How often commands ended in each state since the server started; `unknown` and what settles it later count both. */
  get ended(): ReadonlyMap<CommandState, number> {
    return this.#history.ended;
  }

  /** Commands remembered. */
  get size(): number {
    return this.#history.size;
  }

  /** Commands that have not ended, and those of them that wait for their devices. */
  get counts(): { readonly open: number; readonly waiting: number } {
    return { open: this.#open.size, waiting: this.#waiting.size };
  }

  /** Newest first. */
  list(filter: CommandFilter): CommandRecord[] {
    return this.#history.list(filter);
  }

  find(device: string, id: string): CommandRecord | undefined {
    return this.#find(device, id)?.record;
  }

  /** Tells each command as it is after each of its transitions. The listener must not throw. */
  watch(listener: (record: CommandRecord) => void): Disposer {
    return this.#history.watch(listener);
  }

  /**
   * Sends a command at once; where its device is away, rejects it or keeps it, as `whenOffline` says. A repeated ID gives
   * the command that has it. Throws `DEVICE_UNKNOWN`, `COMMAND_ID_REUSED`, `COMMAND_LIMIT`, `COMMAND_CANNOT_WAIT`.
   *
   * `logged: false` is for renewals, which would push real commands out of the list.
   */
  submit(request: RobotRequest, { logged }: { readonly logged: boolean } = { logged: true }): Command {
    try {
      return this.#submit(request, logged);
    } catch (error) {
      if (isLonglineError(error)) this.#history.handleRefused(request, error.code);
      throw error;
    }
  }

  /** Takes back a command that waits for its device. Throws `COMMAND_UNKNOWN`, `COMMAND_UNDER_WAY`. */
  cancel(device: string, id: string): CommandRecord {
    const command = this.#find(device, id);
    if (command === undefined) throw commandUnknown(device, id);
    if (this.#waiting.remove(command)) this.#say(command, 'cancelled', cancelledWaiting);
    const { state } = command.record;
    if (state === 'cancelled') return command.record;
    throw new ServerError(
      'COMMAND_UNDER_WAY',
      `Command ${id} of device ${device} is ${state}: only a command that waits for its device can be taken back.`,
      { details: { device, id, state } },
    );
  }

  /** Takes back what the principal of this ID wants of absent devices, where it may want it no longer. */
  revoke(id: string, mayStill: MayStill): void {
    const taken = this.#waiting.takeOf(id, ({ record: { device, action } }) => !mayStill(device, action));
    for (const { command } of taken) this.#say(command, 'cancelled', issuerRevoked);
  }

  /** Asks something that changes nothing. The listener hears at most one `received`, then one final word, perhaps at once. */
  ask(request: RobotRequest, listener: ReplyListener): void {
    const { action, principal, ageMs = 0, deadlineMs = DEFAULT_DEADLINE_MS, token = 0 } = request;
    // Callers choose their own IDs and may choose the same.
    const id = randomUUID();
    try {
      const device = this.#device(request);
      const sequence = request.sequence ?? device.nextSequence();
      const header = { id, issuer: principal.name, ageMs, deadlineMs, token, sequence, action };
      this.#requestLine.send(lineOf(device), header, request.payload, listener);
    } catch (error) {
      listener(rejected(id, error));
    }
  }

  handleDevice(device: DeviceState, event: DeviceEvent): void {
    if (event !== 'online' && event !== 'offline') return;
    if (event === 'online') {
      for (const { command, payload, bornMs } of this.#waiting.take(device.id)) {
        this.#sendCommand(device, command, payload, this.#clock.monotonicMs() - bornMs);
      }
    }
    this.#settlement.handleLine(device);
  }

  /** What waits is taken back: a server that starts again does not know how old it is. Idempotent. */
  stop(): void {
    for (const { command } of this.#waiting.takeAll()) this.#say(command, 'cancelled', serverStopping);
  }

  #submit(request: RobotRequest, logged: boolean): Command {
    const { action, payload, principal, deadlineMs = DEFAULT_DEADLINE_MS, ageMs = 0, token = 0 } = request;
    const device = this.#device(request);
    const id = request.id ?? randomUUID();
    const fingerprint = fingerprintOf(action, payload);
    const known = request.id === undefined ? undefined : this.#find(device.id, id);
    if (known !== undefined) {
      if (known.record.fingerprint === fingerprint) return known;
      throw idReused(device.id, id);
    }
    if (request.whenOffline === 'wait') checkMayWait(action, token);
    const waits = request.whenOffline === 'wait' && device.line === undefined;
    if (waits) this.#waiting.checkRoom(device.id, payload.length);
    if (logged) this.#open.checkRoom(device.id, action);
    const record: CommandRecord = {
      order: logged ? this.#history.nextOrder() : 0,
      device: device.id,
      id,
      action,
      issuer: principal.name,
      fingerprint,
      deadlineMs,
      token,
      sequence: request.sequence ?? device.nextSequence(),
      times: { acceptedMs: this.#wallMs() },
      state: 'accepted',
      payload:
        logged && mayBeAsked(action) && payload.length <= this.#limits.maxKeptResultBytes ? payload.slice() : undefined,
    };
    const command = this.#command(record, logged);
    if (logged) this.#open.add(command);
    if (waits) this.#keep(command, principal.id, payload, ageMs);
    else this.#sendCommand(device, command, payload, ageMs);
    return command;
  }

  #keep(command: Command, principalId: string, payload: Uint8Array, ageMs: number): void {
    try {
      this.#requestLine.check({ ...command.record, ageMs }, payload);
    } catch (error) {
      command.handleReply(rejected(command.record.id, error), this.#wallMs());
      return;
    }
    this.#waiting.add({ command, principalId, payload: payload.slice(), bornMs: this.#clock.monotonicMs() - ageMs });
    this.#history.handleChange(command.record, false);
  }

  #sendCommand(device: DeviceState, command: Command, payload: Uint8Array, ageMs: number): void {
    const { id, issuer, deadlineMs, token, sequence, action } = command.record;
    try {
      const line = lineOf(device);
      const header = { id, issuer, ageMs, deadlineMs, token, sequence, action };
      this.#requestLine.send(line, header, payload, (reply) => {
        command.handleReply(reply, this.#wallMs());
        if (reply.code === 'REPLY_MISSING') this.#settlement.listen(line, command);
      });
      command.handleSent(this.#wallMs(), device.boot);
    } catch (error) {
      command.handleReply(rejected(id, error), this.#wallMs());
    }
  }

  #find(device: string, id: string): Command | undefined {
    const open = this.#open.find(device, id);
    if (open !== undefined) return open;
    const record = this.#history.find(device, id);
    return record === undefined ? undefined : this.#command(record);
  }

  #device({ device: id }: RobotRequest): DeviceState {
    const device = this.#fleet.device(id);
    if (device === undefined) throw deviceUnknown(id);
    return device;
  }

  #command(record: CommandRecord, logged = true): Command {
    return new Command(record, {
      maxKeptResultBytes: this.#limits.maxKeptResultBytes,
      handleChange: (command, hasEnded) => {
        if (hasEnded) {
          this.#open.delete(command);
          this.#history.handleEnded(command.record);
        }
        if (command.settled) this.#settlement.handleSettled(command);
        // Renewals are counted and not remembered.
        if (logged) this.#history.handleChange(command.record, hasEnded);
      },
    });
  }

  /** The server's own word. */
  #say(command: Command, state: 'expired' | 'cancelled' | 'unknown', ending: Ending): void {
    command.handleReply({ id: command.record.id, state, ...ending, payload: nothing }, this.#wallMs());
  }

  #wallMs(): number {
    return Number(this.#clock.wallNs() / 1_000_000n);
  }
}

function lineOf(device: DeviceState): NonNullable<DeviceState['line']> {
  if (device.line === undefined) throw deviceOffline(device.id);
  return device.line;
}

/** What moves a robot, or goes on doing so, must not come after a time away. Throws `COMMAND_CANNOT_WAIT`. */
function checkMayWait(action: Action, token: number): void {
  const isOnce = ['publish', 'call', 'parameter.set', 'parameter.delete'].includes(action.kind);
  if (isOnce && token === 0) return;
  const what = token === 0 ? `A ${action.kind} command` : 'A command under a lease';
  throw new ServerError(
    'COMMAND_CANNOT_WAIT',
    `${what} does not wait for its device. Send it without whenOffline when the device is online.`,
    { details: { kind: action.kind, token } },
  );
}
