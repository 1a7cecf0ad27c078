import { sharedNowMs } from '../thinLink/sharedClock.ts';
import { Station } from '../thinLink/Station.ts';
import { waitMs } from '../thinLink/waitMs.ts';
import { shapeOf } from './LinkCell.ts';
import { figuresOfSpans, spanOf } from './SpanFigures.ts';
import type { MeasuredSpan, SpanFigures } from './SpanFigures.ts';

const ROUND_TRIP_MS = 60;
const [SLOW_BPS, FAST_BPS] = [1_000_000, 20_000_000];
/** The line has found its window by then. */
const SETTLE_MS = 8_000;
/** From when to when after a change is looked at. */
const [FROM_MS, SPAN_MS] = [2_000, 3_000];

/** Seconds 2 to 5 after a change of the rate, beside the figures of a line that never knew another rate. */
export interface ChangeFigures {
  readonly up: { readonly changed: SpanFigures; readonly fresh: SpanFigures };
  readonly down: { readonly changed: SpanFigures; readonly fresh: SpanFigures };
}

/** A link of 1 Mbit/s becomes one of 20 Mbit/s, and goes back; beside two lines that know only the one or the other. */
export async function measureChange(system: string, loss: number, seed: number): Promise<ChangeFigures> {
  const shape = (bitsPerSecond: number): ReturnType<typeof shapeOf> =>
    shapeOf({ bitsPerSecond, roundTripMs: ROUND_TRIP_MS, loss });
  const freshOf = async (bitsPerSecond: number): Promise<SpanFigures> => {
    const station = await Station.open(system, shape(bitsPerSecond), seed);
    try {
      await waitMs(SETTLE_MS);
      return await only(station, bitsPerSecond, [await spanOf(station.link, SPAN_MS)]);
    } finally {
      await station.close();
    }
  };
  const changing = await Station.open(system, shape(SLOW_BPS), seed);
  const changeTo = async (bitsPerSecond: number): Promise<MeasuredSpan> => {
    await waitMs(SETTLE_MS);
    await changing.link.setShape(shape(bitsPerSecond));
    await waitMs(FROM_MS);
    return spanOf(changing.link, SPAN_MS);
  };
  try {
    const upSpan = await changeTo(FAST_BPS);
    const downSpan = await changeTo(SLOW_BPS);
    await waitMs(TAIL_MS);
    const [up, down] = await figuresOfSpans(changing, [
      { span: upSpan, untilMs: upSpan.toMs + TAIL_MS, bitsPerSecond: FAST_BPS },
      { span: downSpan, untilMs: sharedNowMs(), bitsPerSecond: SLOW_BPS },
    ]);
    if (up === undefined || down === undefined) throw new Error('a span has no figures');
    await changing.close();
    return {
      up: { changed: up, fresh: await freshOf(FAST_BPS) },
      down: { changed: down, fresh: await freshOf(SLOW_BPS) },
    };
  } finally {
    await changing.close();
  }
}

const TAIL_MS = 1_000;

async function only(station: Station, bitsPerSecond: number, [span]: readonly MeasuredSpan[]): Promise<SpanFigures> {
  if (span === undefined) throw new Error('there is no span');
  await waitMs(TAIL_MS);
  const [figures] = await figuresOfSpans(station, [{ span, untilMs: span.toMs + TAIL_MS, bitsPerSecond }]);
  if (figures === undefined) throw new Error('a span has no figures');
  return figures;
}
