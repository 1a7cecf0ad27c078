import { openTopic } from '../openTopic.ts';
import { withFleet } from '../withFleet.ts';
import { repeat } from '../repeat.ts';
import { BandwidthWindow, bandwidthText } from '../statistics/BandwidthWindow.ts';
import type { Terminal } from '../Terminal.ts';
import type { HzOptions } from './topicHz.ts';

/** `longline topic bw DEVICE TOPIC`: bytes of serialized messages per second as they arrive here. */
export function topicBw(terminal: Terminal, id: string, name: string, options: HzOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { topic } = await openTopic(terminal, fleet, id, name);
    const window = new BandwidthWindow(options.window);
    let live = false;
    const subscription = fleet.subscribe(
      { device: id, topic },
      {
        handleMessage: ({ data }) => {
          if (live) window.add(performance.now() / 1_000, data.length);
        },
      },
    );
    void subscription.marked.then(() => (live = true));
    if (options.json !== true) await terminal.print(`subscribed to [${topic}]\n`);
    const report = async (): Promise<void> => {
      const summary = window.summary(performance.now() / 1_000);
      if (options.json === true) await terminal.print(`${JSON.stringify({ topic, ...summary })}\n`);
      else if (summary !== undefined) await terminal.print(`${bandwidthText(summary)}\n`);
    };
    await repeat(1_000, terminal.signal, report, options.count);
    subscription.close();
  });
}
