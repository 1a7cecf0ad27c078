import type { Figures } from './figures.ts';
import type { SystemFigures } from './measureSystem.ts';

/** The middle value, the lower of two; null stands for "never" and is the largest. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
  return middle === Number.POSITIVE_INFINITY ? null : middle;
}

/** The median of each figure by itself; of the stale commands the most of any run, since one would be one too many. */
export function medianFigures(runs: readonly SystemFigures[]): SystemFigures {
  const of = (read: (run: SystemFigures) => number | null): number | null => median(runs.map(read));
  const figures = (read: (run: SystemFigures) => Figures): Figures => ({
    p50Ms: of((run) => read(run).p50Ms),
    p99Ms: of((run) => read(run).p99Ms),
    share: of((run) => read(run).share) ?? 0,
    perSecond: of((run) => read(run).perSecond) ?? 0,
  });
  const worst = runs.toSorted((a, b) => b.outage.staleCommands - a.outage.staleCommands)[0];
  if (worst === undefined) throw new Error('a median needs a run');
  return {
    odometry: figures(({ odometry }) => odometry),
    images: figures(({ images }) => images),
    tf: figures(({ tf }) => tf),
    scan: figures(({ scan }) => scan),
    commands: figures(({ commands }) => commands),
    outage: { ...worst.outage, freshAfterMs: of(({ outage }) => outage.freshAfterMs) },
    timersLateMs: {
      robot: of(({ timersLateMs }) => timersLateMs.robot),
      reader: of(({ timersLateMs }) => timersLateMs.reader),
    },
    linkUse: of(({ linkUse }) => linkUse) ?? 0,
  };
}
