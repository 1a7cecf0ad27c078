import type { AdvertisedChannel, AgentHello, SharedDefinitions } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import { ByteBudget } from './ByteBudget.ts';
import { ChannelIds } from './ChannelIds.ts';
import { ChannelState } from './ChannelState.ts';
import { DescriptionPool } from './DescriptionPool.ts';
import { DeviceDemand } from './DeviceDemand.ts';
import { DeviceState } from './DeviceState.ts';
import type { RobotLine } from './DeviceState.ts';
import { RecordSlab } from './RecordSlab.ts';
import { SchemaPool } from './SchemaPool.ts';
import { StatusPool } from './StatusPool.ts';
import type { ChannelSelection, ChannelWatcher, DeviceEvent, DeviceWatcher } from './FleetWatcher.ts';
import type { ServerLimits } from '../limits.ts';

export type { DeviceEvent, DeviceWatcher } from './FleetWatcher.ts';

/** A changed clock of a device is told at most this often, in milliseconds, and from so many milliseconds of change on. */
const CLOCK_TOLD_EVERY_MS = 1_000;
const CLOCK_CHANGE_MS = 1;

/** What every device is and says now. No I/O: lines are given, readers are told. */
export class FleetState {
  readonly latestBytes: ByteBudget;
  readonly schemas = new SchemaPool();
  readonly statuses = new StatusPool();
  readonly #descriptions = new DescriptionPool();
  readonly #records = new RecordSlab();
  /** For the lines: what equal robots say is one object. */
  readonly shared: SharedDefinitions = {
    schema: (schema, hash) => this.schemas.shared(schema, hash),
    channel: (channel) => this.#descriptions.shared(channel),
  };
  readonly #clock: Clock;
  readonly #limits: ServerLimits;
  readonly #devices = new Map<string, DeviceState>();
  readonly #ids = new ChannelIds();
  readonly #deviceWatchers = new Set<DeviceWatcher>();
  readonly #watchersByDevice = new Map<string, Set<ChannelWatcher>>();
  readonly #wideWatchers = new Set<ChannelWatcher>();

  constructor(clock: Clock, limits: ServerLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.latestBytes = new ByteBudget(limits.maxLatestBytes);
  }

  get devices(): Iterable<DeviceState> {
    return this.#devices.values();
  }

  get deviceCount(): number {
    return this.#devices.size;
  }

  device(id: string): DeviceState | undefined {
    return this.#devices.get(id);
  }

  /** Whether this device is known or there is room for it. */
  hasRoomFor(id: string): boolean {
    return this.#devices.has(id) || this.#devices.size < this.#limits.maxDevices;
  }

  /** A line was accepted. Returns the device, or undefined when a newer line of it is known already. */
  openLine(
    line: RobotLine,
    epoch: number,
    hello: AgentHello,
  ): { device: DeviceState; older: RobotLine | undefined } | undefined {
    let device = this.#devices.get(hello.device);
    if (device === undefined) {
      device = new DeviceState(hello.device, this.#limits.maxLatestBytesPerDevice, this.latestBytes, this.#records);
      this.#devices.set(hello.device, device);
    }
    if (epoch <= device.epoch) return undefined;
    const older = device.attach(line, epoch, hello, this.#clock);
    device.demand?.handleLine();
    return { device, older };
  }

  /** Tells the watchers. Changes of a device are made first and announced when they are whole. */
  announce(device: DeviceState, event: DeviceEvent): void {
    for (const watcher of this.#deviceWatchers) watcher.handleDevice(device, event);
  }

  closeLine(device: DeviceState, epoch: number): void {
    if (!device.detach(epoch, this.#clock)) return;
    device.demand?.handleLine();
    this.announce(device, 'offline');
  }

  /** The clocks of the device and of this server were compared anew. */
  handleClock(device: DeviceState): void {
    const { clock } = device;
    const nowMs = this.#clock.monotonicMs();
    if (clock === undefined || nowMs - device.toldClockAtMs < CLOCK_TOLD_EVERY_MS) return;
    const offsetMs = Number(clock.wallOffsetNs) / 1e6;
    if (Math.abs(offsetMs - device.toldOffsetMs) < CLOCK_CHANGE_MS) return;
    device.toldOffsetMs = offsetMs;
    device.toldClockAtMs = nowMs;
    this.announce(device, 'clock');
  }

  /** The present line advertised a channel, new or again. */
  advertise(device: DeviceState, advertised: AdvertisedChannel): ChannelState {
    const channel = this.#advertise(device, advertised);
    if (advertised.demand !== undefined) {
      device.demand ??= new DeviceDemand({
        clock: this.#clock,
        isPresent: ({ epoch, gone }) => device.online && epoch === device.epoch && !gone,
        send: (channels) => device.line?.demand(channels),
      });
    }
    device.demand?.handleChannel(channel);
    return channel;
  }

  #advertise(device: DeviceState, advertised: AdvertisedChannel): ChannelState {
    const schema = this.schemas.shared(advertised.schema);
    const described = this.#descriptions.shared({ ...advertised, schema });
    let channel = device.channels.get(described.topic);
    if (channel === undefined) {
      this.#makeRoom(device);
      channel = new ChannelState(device, this.#ids.take(), described, device.epoch);
      device.channels.set(channel);
      device.definitions.hold(schema);
      this.#tellChannel(device, channel);
      return channel;
    }
    const before = channel.described.schema;
    const back = channel.gone;
    channel.epoch = device.epoch;
    channel.gone = false;
    device.definitions.hold(schema);
    device.definitions.release(before);
    if (channel.describe(described) || back) this.#tellChannel(device, channel);
    return channel;
  }

  /** The present line withdrew a channel. It stays known with its last message. */
  unadvertise(device: DeviceState, channel: ChannelState): void {
    if (channel.gone) return;
    channel.gone = true;
    device.demand?.handleChannelGone(channel);
    // Last in the order of forgetting: the ones gone longest are first.
    device.channels.delete(channel.topic);
    device.channels.set(channel);
    this.#tellGone(device, channel);
  }

  watchDevices(watcher: DeviceWatcher): Disposer {
    this.#deviceWatchers.add(watcher);
    return () => void this.#deviceWatchers.delete(watcher);
  }

  /** The channels that are there now, those of offline devices too. They are looked up as they are taken. */
  *channelsOf(selection: ChannelSelection): Generator<ChannelState, undefined> {
    for (const device of this.#devicesOf(selection)) {
      for (const channel of device.channels.values())
        if (!channel.gone && selection.matchesTopic(channel.topic)) yield channel;
    }
  }

  /** Tells of changes from now on. */
  watchChannels(watcher: ChannelWatcher): Disposer {
    const { deviceId } = watcher;
    if (deviceId === undefined) {
      this.#wideWatchers.add(watcher);
      return () => void this.#wideWatchers.delete(watcher);
    }
    const watchers = this.#watchersByDevice.get(deviceId) ?? new Set();
    this.#watchersByDevice.set(deviceId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchersByDevice.get(deviceId) === watchers)
        this.#watchersByDevice.delete(deviceId);
    };
  }

  #devicesOf(selection: ChannelSelection): Iterable<DeviceState> {
    if (selection.deviceId === undefined) return this.#devices.values().filter(({ id }) => selection.matchesDevice(id));
    const device = this.#devices.get(selection.deviceId);
    return device === undefined ? [] : [device];
  }

  #watchersOf(device: DeviceState, topic: string): ChannelWatcher[] {
    const exact = this.#watchersByDevice.get(device.id) ?? [];
    const wide = this.#wideWatchers.values().filter((watcher) => watcher.matchesDevice(device.id));
    return [...exact, ...wide].filter((watcher) => watcher.matchesTopic(topic));
  }

  #tellChannel(device: DeviceState, channel: ChannelState): void {
    for (const watcher of this.#watchersOf(device, channel.topic)) watcher.handleChannel(channel);
  }

  #tellGone(device: DeviceState, channel: ChannelState): void {
    for (const watcher of this.#watchersOf(device, channel.topic)) watcher.handleChannelGone(channel);
  }

  /** Forgets channels that the present line does not have, until one more fits. */
  #makeRoom(device: DeviceState): void {
    const { maxChannelsPerDevice, maxDefinitionBytesPerDevice } = this.#limits;
    const overfull = (): boolean =>
      device.channels.size >= maxChannelsPerDevice || device.definitions.bytes > maxDefinitionBytesPerDevice;
    if (!overfull()) return;
    for (const channel of [...device.channels.values()]) {
      if (!channel.gone && channel.epoch === device.epoch) continue;
      device.channels.delete(channel.topic);
      device.definitions.release(channel.described.schema);
      channel.gone = true;
      device.demand?.handleChannelGone(channel);
      this.#tellGone(device, channel);
      channel.close();
      this.#ids.give(channel.id);
      if (!overfull()) return;
    }
  }
}
