import type { ChannelListener, ChannelSource } from '@longline/bridges';
import type { Channel, Disposer } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';
import type { ChannelState } from '../fleet/ChannelState.ts';
import type { ChannelSelection } from '../fleet/FleetWatcher.ts';

/** The topics of one device as one reader sees them, those of an offline device too. */
export class DeviceChannels implements ChannelSource {
  readonly #view: FleetView;
  readonly #device: string;
  readonly #all: ChannelSelection;

  constructor(view: FleetView, device: string) {
    this.#view = view;
    this.#device = device;
    this.#all = { deviceId: device, matchesDevice: (id) => id === device, matchesTopic: () => true };
  }

  watch(listener: ChannelListener): Disposer {
    const told = new Map<string, Channel>();
    let watching = true;
    const tell = ({ advertised, gone, topic }: ChannelState): void => {
      const before = told.get(topic);
      if (!watching || gone || (before !== undefined && isAlike(before, advertised))) return;
      told.set(topic, advertised);
      listener.handleChannel(advertised);
    };
    const stop = this.#view.watchChannels({
      ...this.#all,
      handleChannel: tell,
      handleChannelGone: ({ topic }) => {
        if (watching && told.delete(topic)) listener.handleChannelGone(topic);
      },
    });
    queueMicrotask(() => {
      if (watching) for (const channel of this.#view.channelsOf(this.#all)) tell(channel);
    });
    return () => {
      watching = false;
      stop();
    };
  }

  find(topic: string): Channel | undefined {
    const channel = this.#view.device(this.#device)?.channel(topic);
    return channel === undefined || channel.gone ? undefined : channel.advertised;
  }

  *list(): Generator<Channel, undefined> {
    for (const { advertised } of this.#view.channelsOf(this.#all)) yield advertised;
  }
}

/** Equal definitions are one object in the whole fleet. */
const isAlike = (a: Channel, b: Channel): boolean =>
  a.schema === b.schema && a.encoding === b.encoding && a.latched === b.latched;
