import type { Channel, Disposer } from '@longline/ros';

/** Told which topics of a robot can be read. Must not throw. */
export interface ChannelListener {
  /** A topic can be read now, or is another channel than before (type, definition, encoding or latching changed). */
  handleChannel(channel: Channel): void;
  handleChannelGone(topic: string): void;
}

/** The topics of a robot that can be read, with their definitions: those that are there first, then every change. */
export interface ChannelSource {
  /** The listener hears nothing before this returned. */
  watch(listener: ChannelListener): Disposer;
  /** What is known now. */
  find(topic: string): Channel | undefined;
  list(): Iterable<Channel>;
}
