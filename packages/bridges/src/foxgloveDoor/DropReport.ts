import type { Clock, Disposer } from '@longline/ros';
import type { ServerOp } from './ServerOp.ts';

/** How often drops are told at most, in milliseconds: as often as other Foxglove servers do. */
export const DROP_REPORT_MS = 2_500;
/** Topics named in one report. */
const MAX_NAMED = 20;
/** Topics remembered as named. */
const MAX_REMEMBERED = 1_000;
/** Lichtblick compares with this text, and shows a tip. */
export const DROP_TEXT = 'Send buffer limit reached';

/** What a {@link DropReport} is given. */
export interface DropReportOptions {
  readonly clock: Clock;
  readonly send: (op: ServerOp) => void;
}

/** Tells a slow reader which topics it gets only in part, each once, and how many of their messages did not reach it. */
export class DropReport {
  readonly #options: DropReportOptions;
  readonly #dropped = new Map<string, number>();
  readonly #named = new Set<string>();
  #cancelTimer: Disposer | undefined;

  constructor(options: DropReportOptions) {
    this.#options = options;
  }

  add(topic: string, count: number): void {
    this.#dropped.set(topic, (this.#dropped.get(topic) ?? 0) + count);
    if (this.#cancelTimer === undefined) this.#tell();
  }

  /** Idempotent. */
  close(): void {
    this.#cancelTimer?.();
  }

  #tell(): void {
    this.#cancelTimer = undefined;
    if (this.#dropped.size === 0) return;
    const most = [...this.#dropped].sort(([, a], [, b]) => b - a).slice(0, MAX_NAMED);
    this.#dropped.clear();
    // One text and one ID for all reports: viewers keep a line per text.
    const dropped = most.map(([topic, count]) => ({ topic, count }));
    this.#options.send({ op: 'status', level: 1, message: DROP_TEXT, id: 'drops', dropped });
    this.#nameNew(most.map(([topic]) => topic));
    this.#cancelTimer = this.#options.clock.after(DROP_REPORT_MS, () => this.#tell());
  }

  #nameNew(topics: readonly string[]): void {
    const unnamed = topics.filter((topic) => !this.#named.has(topic));
    if (unnamed.length === 0 || this.#named.size >= MAX_REMEMBERED) return;
    for (const topic of unnamed) this.#named.add(topic);
    const message =
      `This connection takes less than it asked for: of ${unnamed.join(', ')} it gets the newest messages only. ` +
      'Read fewer or smaller topics.';
    this.#options.send({ op: 'status', level: 0, message });
  }
}
