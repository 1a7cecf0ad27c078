import { createHash, randomUUID } from 'node:crypto';
import { defaultLimits, requestHeaderSchema } from '@longline/line';
import type { Action, OutgoingRequest, Reply, ReplyListener } from '@longline/line';
import { DEFAULT_DEADLINE_MS, isLonglineError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { deviceOffline, deviceUnknown, ServerError } from '../errors.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { ServerLimits } from '../limits.ts';
import type { Principal } from '../Principal.ts';
import { Command } from './Command.ts';
import type { CommandState } from './Command.ts';
import { CommandLog } from './CommandLog.ts';

/** Something to be asked of a robot. */
export interface RobotRequest {
  readonly device: string;
  readonly action: Action;
  readonly payload: Uint8Array;
  readonly principal: Principal;
  /** The caller's idempotency key, 1 to 128 characters; random by default. */
  readonly id?: string | undefined;
  /** How old it is already, in milliseconds. Default 0. */
  readonly ageMs?: number | undefined;
  /** At this age it must no longer be executed, in milliseconds. Default 5,000. */
  readonly deadlineMs?: number | undefined;
}

/** The line refuses higher ages (clause 5.1); a request this old is past every deadline. */
const MAX_AGE_MS = 86_400_000;
/** Room that a frame needs besides the payload of one request, in bytes. */
const FRAME_ROOM_BYTES = 256 * 1024;
const nothing = new Uint8Array(0);

/** Sends requests to robots, and keeps account of those that change something there: the commands. */
export class Commands {
  /** How many commands ended in each state since the server started. */
  readonly ended = new Map<CommandState, number>();
  readonly #fleet: FleetState;
  readonly #clock: Clock;
  readonly #limits: ServerLimits;
  readonly #log: CommandLog;
  readonly #maxPayloadBytes: number;

  constructor(fleet: FleetState, clock: Clock, limits: ServerLimits) {
    this.#fleet = fleet;
    this.#clock = clock;
    this.#limits = limits;
    this.#log = new CommandLog(limits);
    this.#maxPayloadBytes = (limits.line.maxFrameBytes ?? defaultLimits.maxFrameBytes) - FRAME_ROOM_BYTES;
  }

  /** Commands remembered. */
  get size(): number {
    return this.#log.size;
  }

  /** Newest first. */
  list(device: string): Command[] {
    return this.#log.list(device);
  }

  find(device: string, id: string): Command | undefined {
    return this.#log.find(device, id);
  }

  /**
   * Sends a command at once, or rejects it at once: nothing waits for an absent robot. A repeated ID gives the command
   * that has it. Throws `DEVICE_UNKNOWN`, `COMMAND_ID_REUSED`, `COMMAND_LIMIT`.
   *
   * `logged: false` is for renewals, which would push real commands out of the list.
   */
  submit(request: RobotRequest, options: { readonly logged: boolean } = { logged: true }): Command {
    const { action, payload, principal, deadlineMs = DEFAULT_DEADLINE_MS } = request;
    const device = this.#device(request);
    const id = request.id ?? randomUUID();
    const fingerprint = fingerprintOf(action, payload);
    const known = this.#log.find(device.id, id);
    if (known !== undefined) {
      if (known.identity.fingerprint === fingerprint) return known;
      throw new ServerError(
        'COMMAND_ID_REUSED',
        `Command ${id} of device ${device.id} exists and asks for something else. Give every command its own ID.`,
        { details: { device: device.id, id } },
      );
    }
    const identity = { id, device: device.id, action, issuer: principal.name, fingerprint, deadlineMs };
    const command = new Command(identity, this.#wallMs(), this.#limits.maxKeptResultBytes);
    if (options.logged) this.#log.add(command);
    const handleReply = (reply: Reply): void => {
      if (reply.state !== 'received') this.ended.set(reply.state, (this.ended.get(reply.state) ?? 0) + 1);
      command.handleReply(reply, this.#wallMs());
    };
    try {
      this.#send(device, id, request, handleReply);
      command.handleSent(this.#wallMs());
    } catch (error) {
      handleReply(rejected(id, error));
    }
    return command;
  }

  /** Asks something that changes nothing. The listener hears at most one `received`, then one final word, perhaps at once. */
  ask(request: RobotRequest, listener: ReplyListener): void {
    // Callers choose their own IDs and may choose the same.
    const id = randomUUID();
    try {
      this.#send(this.#device(request), id, request, listener);
    } catch (error) {
      listener(rejected(id, error));
    }
  }

  #device({ device: id }: RobotRequest): DeviceState {
    const device = this.#fleet.device(id);
    if (device === undefined) throw deviceUnknown(id);
    return device;
  }

  #send(device: DeviceState, id: string, request: RobotRequest, listener: ReplyListener): void {
    if (device.line === undefined) throw deviceOffline(device.id);
    if (request.payload.length > this.#maxPayloadBytes) {
      throw new ServerError(
        'BODY_TOO_LARGE',
        `The payload has ${request.payload.length} bytes; a robot's line takes ${this.#maxPayloadBytes} at once. Send less.`,
        { details: { bytes: request.payload.length, max: this.#maxPayloadBytes } },
      );
    }
    const { action, payload, principal, ageMs = 0, deadlineMs = DEFAULT_DEADLINE_MS } = request;
    const header = {
      id,
      issuer: principal.name,
      ageMs: Math.min(ageMs, MAX_AGE_MS),
      deadlineMs,
      // Without leases there is no token; the robot checks both from the day there is one.
      token: 0,
      sequence: device.nextSequence(),
      action,
    };
    checkHeader(header);
    device.line.request(header, payload, listener);
  }

  #wallMs(): number {
    return Number(this.#clock.wallNs() / 1_000_000n);
  }
}

/** What the robot's end of the line would refuse must not reach it: it would end the line. Throws `REQUEST_INVALID`. */
function checkHeader(header: OutgoingRequest): void {
  const [issue] = requestHeaderSchema.safeParse({ ...header, sentMs: 0 }).error?.issues ?? [];
  if (issue === undefined) return;
  const field = issue.path.join('.');
  throw new ServerError('REQUEST_INVALID', `${field} of the request: ${issue.message}.`, { details: { field } });
}

/** A refusal before the robot was asked, as a last word. */
export function rejected(id: string, error: unknown): Reply {
  if (!isLonglineError(error)) throw error;
  return { id, state: 'rejected', code: error.code, message: error.message, payload: nothing };
}

/** Names an action with its payload. */
export function fingerprintOf(action: Action, payload: Uint8Array): string {
  return createHash('sha256').update(JSON.stringify(action)).update('\0').update(payload).digest('base64');
}
