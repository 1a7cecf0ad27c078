import { commandAction, DEFAULT_BUFFER_MESSAGES, MessageStream, RemoteGraph, standingAction } from '@longline/line';
import type {
  ActionWithPayload,
  CommandSpec,
  LineRecord,
  MessageStreamOptions,
  RemoteRobot,
  StandingSpec,
} from '@longline/line';
import { checkTopicName } from '@longline/ros';
import type { Clock, GraphStatus } from '@longline/ros';
import type { WaitedState } from '../commands/Command.ts';
import { actionKindOf, commandInfo } from '../commands/CommandInfo.ts';
import type { CommandInfo, CommandKind } from '../commands/CommandInfo.ts';
import { checkedAction } from '../commands/checkedAction.ts';
import type { Commands } from '../commands/Commands.ts';
import { CommandWatch } from '../commands/CommandWatch.ts';
import type { RobotRequest } from '../commands/RobotRequest.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { takeLease } from '../motion/DeviceLease.ts';
import type { DeviceLease, TakeLeaseOptions } from '../motion/DeviceLease.ts';
import { stopOutcome } from '../motion/StopOutcome.ts';
import type { StopOutcome } from '../motion/StopOutcome.ts';
import type { Principal } from '../access/Principal.ts';
import type { CommandState } from '../store/CommandRecord.ts';
import type { StandingCommands, StandingInfo } from '../standing/StandingCommands.ts';
import { channelInfo } from './ChannelInfo.ts';
import type { ChannelInfo } from './ChannelInfo.ts';
import { deviceInfo } from './DeviceInfo.ts';
import type { DeviceInfo } from './DeviceInfo.ts';
import { deviceLine } from './deviceLine.ts';
import type { DeviceState } from './DeviceState.ts';
import type { FleetState } from './FleetState.ts';
import { latestMessage } from './LatestMessage.ts';
import type { LatestMessage } from './LatestMessage.ts';
import { LocalSubscription } from './LocalSubscription.ts';

/** The rooms of the server that a device's handle leads into. */
export interface DeviceRooms {
  readonly fleet: FleetState;
  readonly commands: Commands;
  readonly requests: RobotRequests;
  readonly standing: StandingCommands;
  readonly clock: Clock;
  readonly handleFault: (what: string, error: unknown) => void;
}

/** Bounds and idempotency of one command. */
export interface CommandOptions extends Pick<
  RobotRequest,
  'id' | 'ageMs' | 'deadlineMs' | 'token' | 'sequence' | 'whenOffline'
> {
  /** Resolve when the server took it, when the robot has it, or when it has ended. Default `done`. */
  readonly waitFor?: WaitedState | undefined;
  /** Ends the wait, not the command. */
  readonly signal?: AbortSignal | undefined;
}

/** Which of a device's commands are listed. */
export interface CommandListOptions {
  readonly state?: CommandState | undefined;
  readonly kind?: CommandKind | undefined;
  readonly issuer?: string | undefined;
  /** Only those made before the command of this order. */
  readonly before?: number | undefined;
  /** Default 1,000. */
  readonly limit?: number | undefined;
}

/**
 * One device of the fleet: a `RosGraph` over its line, and what the server remembers of it. A handle may be made before
 * the device has ever connected; its subscriptions then wait for it.
 */
export class Device extends RemoteGraph {
  readonly id: string;
  readonly #rooms: DeviceRooms;
  readonly #principal: Principal;

  constructor(id: string, principal: Principal, rooms: DeviceRooms) {
    super(remoteRobot(id, principal, rooms));
    this.id = id;
    this.#rooms = rooms;
    this.#principal = principal;
  }

  get online(): boolean {
    return this.#state?.online ?? false;
  }

  /** Undefined until the device has connected for the first time. */
  get info(): DeviceInfo | undefined {
    return this.#state === undefined ? undefined : deviceInfo(this.#state);
  }

  /** How its line is doing now, or was before it ended; undefined until the device has connected for the first time. */
  get line(): LineRecord | undefined {
    return this.#state === undefined ? undefined : deviceLine(this.#state, this.#rooms.clock);
  }

  /** The topics known, those of an offline device too. */
  channels(): ChannelInfo[] {
    const state = this.#state;
    return state === undefined ? [] : [...state.channels.values()].map((channel) => channelInfo(state, channel));
  }

  /** The last message of a topic; undefined before the first. */
  latest(topic: string): LatestMessage | undefined {
    const state = this.#state;
    const channel = state?.channels.get(topic);
    return state === undefined || channel === undefined ? undefined : latestMessage(state, channel, this.#rooms.clock);
  }

  /**
   * Messages of the topics that match, for a `for await` loop: the last ones first, until the signal or the end of the
   * loop, which rejects with `PATTERN_INVALID`. A slow loop gets the newest; `dropped` counts the others.
   */
  messages(topicPattern: string, options: MessageStreamOptions = {}): MessageStream {
    const { bufferMessages = DEFAULT_BUFFER_MESSAGES, rateHz, signal } = options;
    const { fleet, clock, handleFault } = this.#rooms;
    return new MessageStream(
      (listener) =>
        new LocalSubscription({
          fleet,
          clock,
          device: this.id,
          topic: topicPattern,
          rateHz,
          listener,
          handleFault: (error) => handleFault('a listener threw', error),
        }),
      signal === undefined ? [] : [signal],
      bufferMessages,
    );
  }

  /** Does something once. Resolves to what became of it, good or bad; rejects only when it could not be taken. */
  async command(spec: CommandSpec, options: CommandOptions = {}): Promise<CommandInfo> {
    return this.#submit(commandAction(spec), options);
  }

  /** Sets what is to be repeated; setting it again renews the hold. Resolves and rejects as {@link command}. */
  async setStanding(spec: StandingSpec, options: CommandOptions = {}): Promise<CommandInfo> {
    return this.#submit(standingAction(spec), options);
  }

  async endStanding(topic: string, options: CommandOptions = {}): Promise<CommandInfo> {
    return this.#submit({ action: { kind: 'standing.end', topic }, payload: new Uint8Array(0) }, options);
  }

  /** The standing commands that are held. */
  standing(): StandingInfo[] {
    return this.#rooms.standing.list(this.id);
  }

  /**
   * Takes the right to move this device, which nobody else has then; renew it, or it runs out. Rejects with `LEASE_HELD`,
   * `DEVICE_OFFLINE`, `DEVICE_UNKNOWN`, and the robot's reason.
   */
  takeLease(options: TakeLeaseOptions = {}): Promise<DeviceLease> {
    return takeLease(this.id, this.#principal, this.#rooms.requests, options);
  }

  /**
   * Stops outputs whose names match, all by default, and keeps them stopped until a lease holder releases them. Needs no
   * lease. Resolves to what is known: where the device is away, also where it has never connected, the stop is kept and comes
   * before everything when it does.
   */
  async stop(outputs?: string): Promise<StopOutcome> {
    const action = { kind: 'stop', ...(outputs === undefined ? {} : { outputs }) } as const;
    const request = { device: this.id, principal: this.#principal, action, payload: new Uint8Array(0) };
    return stopOutcome(this.id, await this.#rooms.requests.request(request));
  }

  /** The commands remembered, newest first, those of an offline device and of earlier runs of the server too. */
  commands({ kind, limit = 1_000, ...options }: CommandListOptions = {}): CommandInfo[] {
    const actionKind = kind === undefined ? undefined : actionKindOf(kind);
    const filter = { ...options, device: this.id, kind: actionKind, limit };
    return this.#rooms.commands.list(filter).map((record) => commandInfo(record));
  }

  /** One command, by its ID. */
  findCommand(id: string): CommandInfo | undefined {
    const record = this.#rooms.commands.find(this.id, id);
    return record === undefined ? undefined : commandInfo(record);
  }

  /** Each command as it is after each of its transitions, from now on, for `for await` loops. A slow loop loses the oldest changes. */
  watchCommands({ signal }: { readonly signal?: AbortSignal | undefined } = {}): CommandWatch {
    return new CommandWatch(this.#rooms.commands, ({ device }) => device === this.id, signal);
  }

  /** Takes back a command that waits for this device. Throws `COMMAND_UNKNOWN`, `COMMAND_UNDER_WAY`. */
  cancelCommand(id: string): CommandInfo {
    return commandInfo(this.#rooms.commands.cancel(this.id, id));
  }

  get #state(): DeviceState | undefined {
    return this.#rooms.fleet.device(this.id);
  }

  async #submit(what: ActionWithPayload, options: CommandOptions): Promise<CommandInfo> {
    const { waitFor = 'done', signal, ...request } = options;
    signal?.throwIfAborted();
    const command = this.#rooms.requests.submit({
      ...request,
      ...checkedAction(what),
      device: this.id,
      principal: this.#principal,
    });
    const payload = await command.reached(waitFor, signal);
    return commandInfo(command.record, payload);
  }
}

function remoteRobot(id: string, principal: Principal, rooms: DeviceRooms): RemoteRobot {
  const { fleet, requests, clock, handleFault } = rooms;
  return {
    name: id,
    clock,
    request: (action, payload, { signal, deadlineMs }) =>
      requests.request({ device: id, action, payload, principal, deadlineMs }, signal),
    subscribe: ({ topic, rateHz }, listener) =>
      new LocalSubscription({
        fleet,
        clock,
        device: id,
        topic: checkTopicName(topic),
        rateHz,
        listener,
        handleFault: (error) => handleFault('a listener threw', error),
      }),
    watchStatus(listener) {
      let watching = true;
      // A program's listener that throws must not keep a robot's line from opening or ending.
      const tell = (): void => {
        try {
          if (watching) listener(graphStatus(id, fleet.device(id)));
        } catch (error) {
          handleFault('a listener threw', error);
        }
      };
      const stop = fleet.watchDevices({
        handleDevice: (device, event) => {
          if (device.id === id && event !== 'clock' && event !== 'motion') tell();
        },
      });
      queueMicrotask(tell);
      return () => {
        watching = false;
        stop();
      };
    },
  };
}

function graphStatus(id: string, device: DeviceState | undefined): GraphStatus {
  if (device?.online !== true) {
    return { state: 'disconnected', code: 'DEVICE_OFFLINE', reason: `device ${id} is not connected to the server` };
  }
  const { ros } = device.status;
  return ros.state === 'connected'
    ? { state: 'connected' }
    : { state: 'disconnected', code: ros.code ?? 'ROS_UNREACHABLE', reason: ros.reason ?? 'its ROS does not answer' };
}
