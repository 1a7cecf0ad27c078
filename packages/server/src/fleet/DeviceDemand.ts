import type { DemandedChannel } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import type { ChannelState } from './ChannelState.ts';

/** More demand within this many milliseconds travels together. */
export const DEMAND_GATHER_MS = 20;
/** Less demand is told only after this long, in milliseconds: a page that is loaded again asks again. */
export const DEMAND_LINGER_MS = 2_000;
/** Most channels in one record. */
const MAX_CHANNELS_AT_ONCE = 1_000;

/** What a {@link DeviceDemand} is given. */
export interface DeviceDemandOptions {
  readonly clock: Clock;
  /** Whether the present line advertised the channel: only then its number means something there. */
  readonly isPresent: (channel: ChannelState) => boolean;
  /** Tells the robot. */
  readonly send: (channels: readonly DemandedChannel[]) => void;
}

/** Tells one robot which of its `watched` channels its readers look at, and at which rate at most. */
export class DeviceDemand {
  readonly #options: DeviceDemandOptions;
  /** As told on the present line, in Hz; channels not here were not asked for. */
  readonly #told = new Map<ChannelState, number>();
  readonly #changed = new Set<ChannelState>();
  readonly #lingering = new Map<ChannelState, Disposer>();
  #cancelGather: Disposer | undefined;

  constructor(options: DeviceDemandOptions) {
    this.#options = options;
  }

  /** Readers of a channel came, went or changed their rates, or the present line advertised it. */
  handleChannel(channel: ChannelState): void {
    const wantedHz = this.#wantedHz(channel);
    const toldHz = this.#told.get(channel) ?? 0;
    if (wantedHz >= toldHz) this.#stopLingering(channel);
    if (wantedHz > toldHz) {
      this.#changed.add(channel);
      this.#cancelGather ??= this.#options.clock.after(DEMAND_GATHER_MS, () => this.#flush());
    } else if (wantedHz < toldHz && !this.#lingering.has(channel)) {
      this.#lingering.set(
        channel,
        this.#options.clock.after(DEMAND_LINGER_MS, () => this.#end(channel)),
      );
    }
  }

  /** The line began or ended: the robot knows nothing yet, and hears all again as it advertises its channels. */
  handleLine(): void {
    this.#cancelGather?.();
    this.#cancelGather = undefined;
    for (const cancel of this.#lingering.values()) cancel();
    this.#lingering.clear();
    this.#changed.clear();
    this.#told.clear();
  }

  /** The channel is gone; should it come back it is new. */
  handleChannelGone(channel: ChannelState): void {
    this.#stopLingering(channel);
    this.#changed.delete(channel);
    this.#told.delete(channel);
  }

  /** The highest rate that a reader of the channel asks for, in Hz; 0 also for channels that flow by themselves. */
  #wantedHz(channel: ChannelState): number {
    return channel.described.demand === 'watched' && this.#options.isPresent(channel) ? channel.wantedHz : 0;
  }

  #stopLingering(channel: ChannelState): void {
    this.#lingering.get(channel)?.();
    this.#lingering.delete(channel);
  }

  #end(channel: ChannelState): void {
    this.#lingering.delete(channel);
    if (this.#wantedHz(channel) < (this.#told.get(channel) ?? 0)) this.#tell([channel]);
  }

  #flush(): void {
    this.#cancelGather = undefined;
    const more = [...this.#changed].filter((channel) => this.#wantedHz(channel) > (this.#told.get(channel) ?? 0));
    this.#changed.clear();
    for (let at = 0; at < more.length; at += MAX_CHANNELS_AT_ONCE) {
      this.#tell(more.slice(at, at + MAX_CHANNELS_AT_ONCE));
    }
  }

  #tell(channels: readonly ChannelState[]): void {
    this.#options.send(
      channels.map((channel) => {
        const wantedHz = this.#wantedHz(channel);
        if (wantedHz === 0) this.#told.delete(channel);
        else this.#told.set(channel, wantedHz);
        return { id: channel.localId, rateHz: Number.isFinite(wantedHz) ? wantedHz : null };
      }),
    );
  }
}
