import { isLonglineError } from '@longline/ros';
import { devicePattern, newestPerKey, parseDeviceId } from '@longline/line';
import type { StandingSpec } from '@longline/line';
import type { CommandInfo } from '../commands/CommandInfo.ts';
import type { StopOutcome } from '../motion/StopOutcome.ts';
import { localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import { Device } from './Device.ts';
import type { CommandOptions, DeviceRooms } from './Device.ts';
import { deviceInfo } from './DeviceInfo.ts';
import type { DeviceInfo } from './DeviceInfo.ts';
import type { DeviceState } from './DeviceState.ts';

/** Who asks, where it is not the local administrator. */
export interface FleetOptions {
  readonly principal?: Principal | undefined;
}

/** What became of a command for many devices, on one of them. */
export interface DeviceOutcome {
  readonly device: string;
  readonly state: CommandInfo['state'];
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Every device of this server, for programs in its process. */
export class Fleet {
  readonly #rooms: DeviceRooms;

  constructor(rooms: DeviceRooms) {
    this.#rooms = rooms;
  }

  /** Every device that has ever connected, online or not. */
  devices(_principal: Principal = localAdministrator): DeviceInfo[] {
    return Array.from(this.#rooms.fleet.devices, deviceInfo);
  }

  /** A handle on one device, whether or not it has connected yet. Throws `DEVICE_ID_INVALID`. */
  device(id: string | number, { principal = localAdministrator }: FleetOptions = {}): Device {
    return new Device(parseDeviceId(id), principal, this.#rooms);
  }

  /** Every device, then each that changed, for a `for await` loop. A slow loop gets the newest state of each, none is skipped. */
  async *watch({ signal }: FleetOptions & { readonly signal?: AbortSignal } = {}): AsyncGenerator<
    DeviceInfo,
    undefined
  > {
    const { fleet } = this.#rooms;
    const changes = newestPerKey<DeviceState>((put) => {
      for (const device of fleet.devices) put(device, device);
      return fleet.watchDevices({ handleDevice: (device) => put(device, device) });
    }, signal);
    for await (const device of changes) yield deviceInfo(device);
    return undefined;
  }

  /** Sets a standing command on all devices that are online now; setting it again renews it. One device's refusal is its own. */
  setStanding(spec: StandingSpec, options: FleetOptions & CommandOptions = {}): Promise<DeviceOutcome[]> {
    return this.#forAll(options, (device) => device.setStanding(spec, options));
  }

  /** Ends a standing command on all devices that are online now. */
  endStanding(topic: string, options: FleetOptions & CommandOptions = {}): Promise<DeviceOutcome[]> {
    return this.#forAll(options, (device) => device.endStanding(topic, options));
  }

  /**
   * Stops all devices whose ID matches, as {@link Device.stop} does: an ID, `*`, or a pattern like `truck-*`. A pattern means the
   * devices that have connected since the server started; an ID means that one, whether or not it has. Throws `PATTERN_INVALID`.
   */
  async stop(
    devices: string,
    { outputs, ...options }: FleetOptions & { readonly outputs?: string | undefined } = {},
  ): Promise<StopOutcome[]> {
    const selection = devicePattern(devices);
    const known = Array.from(this.#rooms.fleet.devices, ({ id }) => id);
    const ids =
      selection.deviceId === undefined ? known.filter((id) => selection.matchesDevice(id)) : [selection.deviceId];
    return Promise.all(ids.map((id) => this.device(id, options).stop(outputs)));
  }

  #forAll(options: FleetOptions, act: (device: Device) => Promise<CommandInfo>): Promise<DeviceOutcome[]> {
    const online = Array.from(this.#rooms.fleet.devices).filter((device) => device.online);
    return Promise.all(
      online.map(async ({ id }): Promise<DeviceOutcome> => {
        try {
          const { state, code, message } = await act(this.device(id, options));
          return { device: id, state, ...(code === undefined ? {} : { code, message }) };
        } catch (error) {
          if (!isLonglineError(error)) throw error;
          return { device: id, state: 'rejected', code: error.code, message: error.message };
        }
      }),
    );
  }
}
