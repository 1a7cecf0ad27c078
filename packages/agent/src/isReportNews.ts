import type { LineReport } from '@longline/line';

/** A figure has changed noticeably when it differs by more than this share of the larger one, and by more than a least amount. */
const NOTICED_SHARE = 0.25;
const LEAST_RTT_MS = 5;
const LEAST_BYTES_PER_SECOND = 2_048;
const LEAST_WAITING_BYTES = 1_024;
/** What may be under way breathes with every acknowledgement. */
const LEAST_WINDOW_BYTES = 8_192;

/** Whether a report says noticeably more than the one told before: what wavers about a level is no news. */
export function isReportNews(told: LineReport | undefined, now: LineReport): boolean {
  if (told === undefined) return true;
  return (
    told.copies !== now.copies ||
    told.lines !== now.lines ||
    told.dials !== now.dials ||
    told.dropped.some((count, lane) => count !== now.dropped[lane]) ||
    told.waitingBytes.some((bytes, lane) => differs(bytes, now.waitingBytes[lane], LEAST_WAITING_BYTES)) ||
    differs(told.roundTripMs, now.roundTripMs, LEAST_RTT_MS) ||
    differs(told.lastRoundTripMs, now.lastRoundTripMs, LEAST_RTT_MS) ||
    differs(told.bytesPerSecond, now.bytesPerSecond, LEAST_BYTES_PER_SECOND) ||
    differs(told.windowBytes, now.windowBytes, LEAST_WINDOW_BYTES) ||
    differs(told.inFlightBytes, now.inFlightBytes, LEAST_WINDOW_BYTES)
  );
}

/** What was never measured is told as soon as it is. */
const differs = (told: number | undefined, now: number | undefined, least: number): boolean =>
  told === undefined || now === undefined
    ? told !== now
    : Math.abs(told - now) > Math.max(least, NOTICED_SHARE * Math.max(told, now));
