import { openTopic } from '../openTopic.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';
import { repeat } from '../repeat.ts';
import { DEFAULT_RATE_WINDOW, RateWindow } from '../statistics/RateWindow.ts';
import type { RateSummary } from '../statistics/RateWindow.ts';
import type { Terminal } from '../Terminal.ts';

export interface HzOptions extends ServerOptions {
  /** Messages averaged over. Default 50,000. */
  readonly window?: number | undefined;
  /** Ends after so many reports. */
  readonly count?: number | undefined;
}

/** `longline topic hz DEVICE TOPIC`: the rate on the robot, by the times at which its agent received the messages. */
export function topicHz(terminal: Terminal, id: string, name: string, options: HzOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { topic } = await openTopic(terminal, fleet, id, name);
    const window = new RateWindow(options.window ?? DEFAULT_RATE_WINDOW);
    let [live, fresh, dropped] = [false, false, 0];
    const subscription = fleet.subscribe(
      { device: id, topic },
      {
        handleMessage: ({ logTime }) => {
          if (!live) return;
          fresh = true;
          window.add(Number(logTime) / 1e9);
        },
        handleDropped: (count) => (dropped += live ? count : 0),
      },
    );
    void subscription.marked.then(() => (live = true));
    if (options.json !== true) await terminal.print(`subscribed to [${topic}]\n`);
    const report = async (): Promise<void> => {
      const summary = fresh ? window.summary() : undefined;
      fresh = false;
      if (options.json === true) await terminal.print(`${JSON.stringify({ topic, ...summary, dropped })}\n`);
      else await terminal.print(summary === undefined ? 'no new messages\n' : hzText(summary));
      if (dropped > 0) terminal.warn(`${dropped} messages were dropped on the way: the true rate is higher.`);
      dropped = 0;
    };
    await repeat(1_000, terminal.signal, report, options.count);
    subscription.close();
  });
}

/** The lines of `rostopic hz`. */
export const hzText = ({ maxS, minS, rateHz, stdDevS, window }: RateSummary): string =>
  `average rate: ${rateHz.toFixed(3)}\n\tmin: ${minS.toFixed(3)}s max: ${maxS.toFixed(3)}s std dev: ${stdDevS.toFixed(5)}s window: ${window}\n`;
