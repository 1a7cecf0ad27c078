import { loadTopics } from './loadTopics.ts';
import type { TopicName } from './loadTopics.ts';
import type { Arrival, ReaderReport, RobotReport } from './reports.ts';

/** A span of the shared clock. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Ages in milliseconds, and how much arrived of what was sent. */
export interface Figures {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Distinct messages that arrived, of those sent, 0 to 1. */
  readonly share: number;
  readonly perSecond: number;
}

/** The value below which that share of the values lie; null of none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** Figures of messages sent in a span, as far as they came before `untilMs`. A second copy of a message counts for nothing. */
function figuresOf(
  sentMs: readonly number[],
  came: readonly { readonly sequence: number; readonly atMs: number }[],
  span: Span,
  untilMs: number,
): Figures {
  const counted = (at: number): boolean => at >= span.fromMs && at < span.toMs;
  const sent = sentMs.filter(counted).length;
  const ages = new Map<number, number>();
  for (const { sequence, atMs } of came) {
    const from = sentMs[sequence];
    if (from === undefined || !counted(from) || atMs >= untilMs) continue;
    ages.set(sequence, Math.min(ages.get(sequence) ?? Number.POSITIVE_INFINITY, atMs - from));
  }
  const values = [...ages.values()];
  const [p50Ms, p99Ms] = [quantile(values, 0.5), quantile(values, 0.99)];
  return {
    p50Ms: p50Ms === null ? null : rounded(p50Ms),
    p99Ms: p99Ms === null ? null : rounded(p99Ms),
    share: sent === 0 ? 0 : rounded(values.length / sent, 4),
    perSecond: rounded((values.length * 1000) / (span.toMs - span.fromMs), 2),
  };
}

/** Figures of each topic, for messages published in the span and received before `untilMs`. */
export function topicFigures(
  robot: RobotReport,
  reader: ReaderReport,
  span: Span,
  untilMs: number,
): Record<TopicName, Figures> {
  const entries = loadTopics.map(({ name }, topic): [TopicName, Figures] => {
    const came = (reader.received[topic] ?? []).map(({ sequence, receivedMs }) => ({ sequence, atMs: receivedMs }));
    return [name, figuresOf(robot.publishedMs[topic] ?? [], came, span, untilMs)];
  });
  return Object.fromEntries(entries) as Record<TopicName, Figures>;
}

/** Figures of the commands issued in the span and executed before `untilMs`. */
export function commandFigures(robot: RobotReport, reader: ReaderReport, span: Span, untilMs: number): Figures {
  const came = robot.executed.map(({ sequence, executedMs }) => ({ sequence, atMs: executedMs }));
  return figuresOf(reader.issuedMs, came, span, untilMs);
}

/** Commands issued in the span that the robot executed at all, and the age at which it executed the oldest. */
export function executedOf(
  robot: RobotReport,
  span: Span,
): { readonly count: number; readonly oldestMs: number | null } {
  const ages = new Map<number, number>();
  for (const { sequence, issuedMs, executedMs } of robot.executed) {
    if (issuedMs >= span.fromMs && issuedMs < span.toMs) ages.set(sequence, executedMs - issuedMs);
  }
  return { count: ages.size, oldestMs: ages.size === 0 ? null : rounded(Math.max(...ages.values())) };
}

/** Odometry older than this is not fresh, in milliseconds. */
export const FRESH_MS = 500;

/**
 * How long after the span began the newest Odometry of the reader was younger than {@link FRESH_MS} and stayed so until
 * the span's end; null when it did not.
 */
export function freshAfterMs(arrivals: readonly Arrival[], span: Span): number | null {
  let newestMs = Number.NEGATIVE_INFINITY;
  /** Null while the newest is too old. */
  let freshSinceMs: number | null = span.fromMs;
  for (const { sentMs, receivedMs } of arrivals) {
    if (receivedMs >= span.toMs) break;
    const inSpan = receivedMs >= span.fromMs;
    if (inSpan && receivedMs - newestMs >= FRESH_MS) freshSinceMs = null;
    newestMs = Math.max(newestMs, sentMs);
    if (inSpan && receivedMs - newestMs < FRESH_MS) freshSinceMs ??= receivedMs;
  }
  if (freshSinceMs === null || span.toMs - newestMs >= FRESH_MS) return null;
  return rounded(freshSinceMs - span.fromMs);
}

/** The topic of which freshness is told. */
export const odometryOf = (reader: ReaderReport): readonly Arrival[] =>
  reader.received[loadTopics.findIndex(({ name }) => name === 'odometry')] ?? [];
