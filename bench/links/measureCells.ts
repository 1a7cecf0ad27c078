import { sharedNowMs } from '../thinLink/sharedClock.ts';
import { Station } from '../thinLink/Station.ts';
import { waitMs } from '../thinLink/waitMs.ts';
import { shapeOf } from './LinkCell.ts';
import type { LinkCell } from './LinkCell.ts';
import { figuresOfSpans, spanOf } from './SpanFigures.ts';
import type { SpanFigures } from './SpanFigures.ts';

/** Start of the topics and of the connection's window, in milliseconds and in round trips. */
const [LEAD_IN_MS, LEAD_IN_ROUND_TRIPS] = [3_000, 6];
/** After the measured part, for what is still on its way: the queue, a round trip and a retransmission. */
const [TAIL_MS, TAIL_ROUND_TRIPS] = [1_000, 2];

/** Measures cells side by side, each with a station and a link of its own. They start together, so that no start disturbs. */
export async function measureCells(
  system: string,
  cells: readonly LinkCell[],
  measuredMs: number,
  seed: number,
  commandHz: number,
): Promise<SpanFigures[]> {
  const started = await Promise.allSettled(cells.map((cell) => Station.open(system, shapeOf(cell), seed, commandHz)));
  const stations = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    for (const each of started) if (each.status === 'rejected') throw each.reason;
    return await Promise.all(
      cells.map(async (cell, i) => {
        const station = stations[i];
        if (station === undefined) throw new Error('a station is missing');
        await waitMs(LEAD_IN_MS + LEAD_IN_ROUND_TRIPS * cell.roundTripMs);
        const span = await spanOf(station.link, measuredMs);
        await waitMs(TAIL_MS + TAIL_ROUND_TRIPS * cell.roundTripMs);
        const { bitsPerSecond } = cell;
        const [figures] = await figuresOfSpans(station, [{ span, untilMs: sharedNowMs(), bitsPerSecond }]);
        if (figures === undefined) throw new Error('a span has no figures');
        return figures;
      }),
    );
  } finally {
    await Promise.all(stations.map((station) => station.close()));
  }
}
