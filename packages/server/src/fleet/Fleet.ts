import { isLonglineError } from '@longline/ros';
import { devicePattern, newestPerKey, parseDeviceId } from '@longline/line';
import type { StandingSpec } from '@longline/line';
import type { CommandInfo } from '../commands/CommandInfo.ts';
import type { StopOutcome } from '../motion/StopOutcome.ts';
import type { DeviceView } from '../access/DeviceView.ts';
import { FleetView } from '../access/FleetView.ts';
import type { Principal } from '../access/Principal.ts';
import { deviceUnknown } from '../errors.ts';
import { Device } from './Device.ts';
import type { CommandOptions, DeviceRooms } from './Device.ts';
import type { DeviceInfo } from './DeviceInfo.ts';
import type { FleetState } from './FleetState.ts';
import type { StandingInfo } from '../standing/StandingCommands.ts';

/** The rooms of the server that its fleet is made of. */
export interface FleetRooms extends DeviceRooms {
  readonly fleet: FleetState;
}

/** What became of a command for many devices, on one of them. */
export interface DeviceOutcome {
  readonly device: string;
  readonly state: CommandInfo['state'];
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Every device of this server that one principal sees, and what it may do there. */
export class Fleet {
  readonly #rooms: FleetRooms;
  readonly #view: FleetView;

  constructor(rooms: FleetRooms, principal: Principal) {
    this.#rooms = rooms;
    this.#view = new FleetView(rooms.fleet, rooms.clock, principal);
  }

  /** Whose view it is. */
  get principal(): Principal {
    return this.#view.principal;
  }

  /** The same fleet as somebody else sees it, with what that one may do. */
  as(principal: Principal): Fleet {
    return new Fleet(this.#rooms, principal);
  }

  /** Every device that has ever connected, online or not. */
  devices(): DeviceInfo[] {
    return Array.from(this.#view.devices(), ({ info }) => info);
  }

  /** A handle on one device, whether or not it has connected yet. Throws `DEVICE_ID_INVALID`. */
  device(id: string | number): Device {
    return new Device(parseDeviceId(id), this.#view, this.#rooms);
  }

  /** What is known of one device. Throws `DEVICE_ID_INVALID`, and `DEVICE_UNKNOWN` for one that has never connected. */
  known(id: string | number): DeviceView {
    const device = this.#view.device(parseDeviceId(id));
    if (device === undefined) throw deviceUnknown(String(id));
    return device;
  }

  /** Every device, then each that changed, for a `for await` loop. A slow loop gets the newest state of each, none is skipped. */
  async *watch({ signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<DeviceInfo, undefined> {
    const view = this.#view;
    const changes = newestPerKey<string>((put) => {
      for (const { id } of view.devices()) put(id, id);
      return view.watchDevices((id) => put(id, id));
    }, signal);
    for await (const id of changes) {
      const device = view.device(id);
      if (device !== undefined) yield device.info;
    }
    return undefined;
  }

  /** The standing commands that are held on all devices. */
  standing(): StandingInfo[] {
    return [...this.#view.devices().flatMap(({ id }) => this.device(id).standing())];
  }

  /** Sets a standing command on all devices that are online now; setting it again renews it. One device's refusal is its own. */
  setStanding(spec: StandingSpec, options: CommandOptions = {}): Promise<DeviceOutcome[]> {
    return this.#forAll((device) => device.setStanding(spec, options));
  }

  /** Ends a standing command on all devices that are online now. */
  endStanding(topic: string, options: CommandOptions = {}): Promise<DeviceOutcome[]> {
    return this.#forAll((device) => device.endStanding(topic, options));
  }

  /**
   * Stops all devices whose ID matches, as {@link Device.stop} does: an ID, `*`, or a pattern like `truck-*`. A pattern means the
   * devices that have connected since the server started; an ID means that one, whether or not it has. Throws `PATTERN_INVALID`.
   */
  async stop(devices: string, { outputs }: { readonly outputs?: string | undefined } = {}): Promise<StopOutcome[]> {
    const selection = devicePattern(devices);
    const known = this.#view
      .devices()
      .map(({ id }) => id)
      .filter((id) => selection.matchesDevice(id));
    const ids = selection.deviceId === undefined ? [...known] : [selection.deviceId];
    return Promise.all(ids.map((id) => this.device(id).stop(outputs)));
  }

  #forAll(act: (device: Device) => Promise<CommandInfo>): Promise<DeviceOutcome[]> {
    const online = [...this.#view.devices().filter((device) => device.online)];
    return Promise.all(
      online.map(async ({ id }): Promise<DeviceOutcome> => {
        try {
          const { state, code, message } = await act(this.device(id));
          return { device: id, state, ...(code === undefined ? {} : { code, message }) };
        } catch (error) {
          if (!isLonglineError(error)) throw error;
          return { device: id, state: 'rejected', code: error.code, message: error.message };
        }
      }),
    );
  }
}
