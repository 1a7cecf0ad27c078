import type { LinkCounters } from '../netem/LinkCounters.ts';
import type { ThinLink } from '../netem/ThinLink.ts';
import { commandFigures, rounded, topicFigures } from '../thinLink/figures.ts';
import type { Figures, Span } from '../thinLink/figures.ts';
import { sharedNowMs } from '../thinLink/sharedClock.ts';
import type { Station } from '../thinLink/Station.ts';
import { TimerWatch } from './TimerWatch.ts';
import { waitMs } from '../thinLink/waitMs.ts';

/** A part of a run, and what the link carried in it. */
export interface MeasuredSpan extends Span {
  readonly forwardedUpBytes: number;
  /** How late an idle process's timers were, p99 in milliseconds. */
  readonly machineLateMs: number;
}

/** What a line did in a span. */
export interface SpanFigures {
  readonly odometry: Figures;
  readonly images: Figures;
  readonly tf: Figures;
  readonly commands: Figures;
  /** IP bytes that the link delivered upwards, of what its rate allowed. */
  readonly linkUse: number;
  /** How late an idle process's timers were, p99 in milliseconds: the machine's part in the ages. */
  readonly machineLateMs: number;
}

const upBytes = async (link: ThinLink): Promise<number> => {
  const counters: LinkCounters = await link.counters();
  return counters.up.forwardedBytes;
};

/** Lets time pass and notes what the link carried meanwhile. */
export async function spanOf(link: ThinLink, durationMs: number): Promise<MeasuredSpan> {
  const before = await upBytes(link);
  const watch = new TimerWatch();
  const fromMs = sharedNowMs();
  await waitMs(durationMs);
  const machineLateMs = watch.stop();
  const forwardedUpBytes = (await upBytes(link)) - before;
  return { fromMs, toMs: sharedNowMs(), forwardedUpBytes, machineLateMs };
}

/** Figures of a span that is over; messages sent in it count when they came before `untilMs`. */
export async function figuresOfSpans(
  station: Station,
  spans: readonly { readonly span: MeasuredSpan; readonly untilMs: number; readonly bitsPerSecond: number }[],
): Promise<SpanFigures[]> {
  const { robot, reader } = await station.report();
  return spans.map(({ span, untilMs, bitsPerSecond }) => {
    const { odometry, images, tf } = topicFigures(robot, reader, span, untilMs);
    const capacityBytes = ((bitsPerSecond / 8) * (span.toMs - span.fromMs)) / 1000;
    return {
      odometry,
      images,
      tf,
      commands: commandFigures(robot, reader, span, untilMs),
      machineLateMs: span.machineLateMs,
      linkUse: rounded(span.forwardedUpBytes / capacityBytes, 3),
    };
  });
}
