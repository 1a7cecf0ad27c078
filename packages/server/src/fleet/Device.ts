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
import type { CommandWatch } from '../commands/CommandWatch.ts';
import type { RobotRequest } from '../commands/RobotRequest.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { takeLease } from '../motion/DeviceLease.ts';
import type { DeviceLease, TakeLeaseOptions } from '../motion/DeviceLease.ts';
import { stopOutcome } from '../motion/StopOutcome.ts';
import type { StopOutcome } from '../motion/StopOutcome.ts';
import { DeviceCommands } from '../access/DeviceCommands.ts';
import type { DeviceView } from '../access/DeviceView.ts';
import type { FleetView } from '../access/FleetView.ts';
import type { CommandState } from '../store/CommandRecord.ts';
import type { StandingCommands, StandingInfo } from '../standing/StandingCommands.ts';
import type { ChannelInfo } from './ChannelInfo.ts';
import type { DeviceInfo } from './DeviceInfo.ts';
import type { LatestMessage } from './LatestMessage.ts';
import { LocalSubscription } from './LocalSubscription.ts';

/** The rooms of the server that a device's handle leads into. */
export interface DeviceRooms {
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
  readonly #view: FleetView;
  readonly #visibleCommands: DeviceCommands;

  constructor(id: string, view: FleetView, rooms: DeviceRooms) {
    super(remoteRobot(id, view, rooms));
    this.id = id;
    this.#rooms = rooms;
    this.#view = view;
    this.#visibleCommands = new DeviceCommands(rooms.commands, view.rights, id);
  }

  get online(): boolean {
    return this.#seen?.online ?? false;
  }

  /** Undefined until the device has connected for the first time. */
  get info(): DeviceInfo | undefined {
    return this.#seen?.info;
  }

  /** How its line is doing now, or was before it ended; undefined until the device has connected for the first time. */
  get line(): LineRecord | undefined {
    return this.#seen?.line;
  }

  /** The topics known, those of an offline device too. */
  channels(): ChannelInfo[] {
    const seen = this.#seen;
    return seen === undefined ? [] : Array.from(seen.channels(), (channel) => seen.channelInfo(channel));
  }

  /** The last message of a topic; undefined before the first. */
  latest(topic: string): LatestMessage | undefined {
    const seen = this.#seen;
    const channel = seen?.channel(topic);
    return channel === undefined ? undefined : seen?.latest(channel);
  }

  /**
   * Messages of the topics that match, for a `for await` loop: the last ones first, until the signal or the end of the
   * loop, which rejects with `PATTERN_INVALID`. A slow loop gets the newest; `dropped` counts the others.
   */
  messages(topicPattern: string, options: MessageStreamOptions = {}): MessageStream {
    const { bufferMessages = DEFAULT_BUFFER_MESSAGES, rateHz, signal } = options;
    const { clock, handleFault } = this.#rooms;
    return new MessageStream(
      (listener) =>
        new LocalSubscription({
          view: this.#view,
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
    const { rights } = this.#view;
    if (!rights.seesDevice(this.id)) return [];
    return this.#rooms.standing.list(this.id).filter(({ topic }) => rights.knows(topic));
  }

  /**
   * Takes the right to move this device, which nobody else has then; renew it, or it runs out. Rejects with `LEASE_HELD`,
   * `DEVICE_OFFLINE`, `DEVICE_UNKNOWN`, and the robot's reason.
   */
  takeLease(options: TakeLeaseOptions = {}): Promise<DeviceLease> {
    return takeLease(this.id, this.#view.principal, this.#rooms.requests, options);
  }

  /**
   * Stops outputs whose names match, all by default, and keeps them stopped until a lease holder releases them. Needs no
   * lease. Resolves to what is known: where the device is away, also where it has never connected, the stop is kept and comes
   * before everything when it does.
   */
  async stop(outputs?: string): Promise<StopOutcome> {
    const action = { kind: 'stop', ...(outputs === undefined ? {} : { outputs }) } as const;
    const request = { device: this.id, principal: this.#view.principal, action, payload: new Uint8Array(0) };
    return stopOutcome(this.id, await this.#rooms.requests.request(request));
  }

  /** The commands remembered, newest first, those of an offline device and of earlier runs of the server too. */
  commands({ kind, limit = 1_000, ...options }: CommandListOptions = {}): CommandInfo[] {
    const actionKind = kind === undefined ? undefined : actionKindOf(kind);
    return this.#visibleCommands.list({ ...options, kind: actionKind, limit });
  }

  /** One command, by its ID. */
  findCommand(id: string): CommandInfo | undefined {
    return this.#visibleCommands.find(id);
  }

  /** Each command as it is after each of its transitions, from now on, for `for await` loops. A slow loop loses the oldest changes. */
  watchCommands({ signal }: { readonly signal?: AbortSignal | undefined } = {}): CommandWatch {
    return this.#visibleCommands.watch(signal);
  }

  /** Takes back a command that waits for this device. Throws `COMMAND_UNKNOWN`, `FORBIDDEN`, `COMMAND_UNDER_WAY`. */
  cancelCommand(id: string): CommandInfo {
    return this.#visibleCommands.cancel(id);
  }

  get #seen(): DeviceView | undefined {
    return this.#view.device(this.id);
  }

  async #submit(what: ActionWithPayload, options: CommandOptions): Promise<CommandInfo> {
    const { waitFor = 'done', signal, ...request } = options;
    signal?.throwIfAborted();
    const command = this.#rooms.requests.submit({
      ...request,
      ...checkedAction(what),
      device: this.id,
      principal: this.#view.principal,
    });
    const payload = await command.reached(waitFor, signal);
    return commandInfo(command.record, payload);
  }
}

function remoteRobot(id: string, view: FleetView, rooms: DeviceRooms): RemoteRobot {
  const { requests, clock, handleFault } = rooms;
  const { principal } = view;
  const owner = {};
  return {
    name: id,
    clock,
    request: (action, payload, { signal, deadlineMs }) =>
      requests.request({ device: id, action, payload, principal, deadlineMs, owner }, signal),
    open: async (action, { signal, deadlineMs }, listener) => {
      signal?.throwIfAborted();
      const request = { device: id, action, payload: new Uint8Array(0), principal, deadlineMs, owner };
      await Promise.resolve();
      requests.send(request, listener);
    },
    subscribe: ({ topic, rateHz }, listener) =>
      new LocalSubscription({
        view,
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
          if (watching) listener(graphStatus(id, view.device(id)));
        } catch (error) {
          handleFault('a listener threw', error);
        }
      };
      const stop = view.watchDevices((device, event) => {
        if (device === id && event !== 'clock' && event !== 'motion') tell();
      });
      queueMicrotask(tell);
      return () => {
        watching = false;
        stop();
      };
    },
  };
}

function graphStatus(id: string, device: DeviceView | undefined): GraphStatus {
  if (device?.online !== true) {
    return { state: 'disconnected', code: 'DEVICE_OFFLINE', reason: `device ${id} is not connected to the server` };
  }
  const { ros } = device;
  return ros.state === 'connected'
    ? { state: 'connected' }
    : { state: 'disconnected', code: ros.code ?? 'ROS_UNREACHABLE', reason: ros.reason ?? 'its ROS does not answer' };
}
