import type { Clock, Disposer } from '@longline/ros';
import type { ChannelState } from '../fleet/ChannelState.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { ChannelSelection, ChannelWatcher, DeviceEvent } from '../fleet/FleetWatcher.ts';
import { DeviceView } from './DeviceView.ts';
import type { Principal } from './Principal.ts';
import { Rights } from './Rights.ts';

/** What one principal sees of the fleet. Doors are given this and no {@link FleetState}: so none can show more. */
export class FleetView {
  readonly rights: Rights;
  readonly #fleet: FleetState;
  readonly #clock: Clock;

  constructor(fleet: FleetState, clock: Clock, principal: Principal) {
    this.#fleet = fleet;
    this.#clock = clock;
    this.rights = Rights.of(principal);
  }

  get principal(): Principal {
    return this.rights.principal;
  }

  /** The same fleet as another sees it. */
  as(principal: Principal): FleetView {
    return new FleetView(this.#fleet, this.#clock, principal);
  }

  /** Every device that has ever connected, looked up as they are taken. */
  *devices(): Generator<DeviceView, undefined> {
    for (const state of this.#fleet.devices) {
      if (this.rights.seesDevice(state.id)) yield new DeviceView(state, this.rights, this.#clock);
    }
  }

  /** Undefined for a device that has never connected, and for one that is not seen. */
  device(id: string): DeviceView | undefined {
    if (!this.rights.seesDevice(id)) return undefined;
    const state = this.#fleet.device(id);
    return state === undefined ? undefined : new DeviceView(state, this.rights, this.#clock);
  }

  /** Tells the ID of each device to which something happened. The listener must not throw. */
  watchDevices(listener: (id: string, event: DeviceEvent) => void): Disposer {
    return this.#fleet.watchDevices({
      handleDevice: ({ id }, event) => {
        if (this.rights.seesDevice(id)) listener(id, event);
      },
    });
  }

  /** The channels that are there now, those of offline devices too. They are looked up as they are taken. */
  channelsOf(selection: ChannelSelection): IteratorObject<ChannelState, undefined> {
    return this.#seesNoneOf(selection)
      ? Iterator.from<ChannelState>([])
      : this.#fleet.channelsOf(this.#seen(selection));
  }

  /** Tells of changes from now on. */
  watchChannels(watcher: ChannelWatcher): Disposer {
    if (this.#seesNoneOf(watcher)) return () => undefined;
    return this.#fleet.watchChannels({
      ...this.#seen(watcher),
      handleChannel: (channel) => watcher.handleChannel(channel),
      handleChannelGone: (channel) => watcher.handleChannelGone(channel),
    });
  }

  #seesNoneOf({ deviceId }: ChannelSelection): boolean {
    return deviceId !== undefined && !this.rights.seesDevice(deviceId);
  }

  #seen(selection: ChannelSelection): ChannelSelection {
    const { rights } = this;
    return {
      deviceId: selection.deviceId,
      matchesDevice: (id) => selection.matchesDevice(id) && rights.seesDevice(id),
      matchesTopic: (topic) => selection.matchesTopic(topic) && rights.reads(topic),
    };
  }
}
