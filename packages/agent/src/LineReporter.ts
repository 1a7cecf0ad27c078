import { forEachLane } from '@longline/line';
import type { AgentLineState, LineReport, Outbox } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import { isReportNews } from './isReportNews.ts';

/** It is looked this often whether there is something to report, in milliseconds. */
export const REPORT_MS = 2_000;
/** Reports take at most this share of a thin path, with about so many bytes each; where that means waiting, at most so long. */
const MOST_SHARE = 0.01;
const ABOUT_BYTES = 250;
const MOST_WAIT_MS = 30_000;

/** An open line, as far as its report needs it. */
export interface ReportLine {
  readonly lineState: AgentLineState;
  sendReport(report: LineReport): void;
}

/**
 * Tells the server how the line is doing, as far as only this side knows it (clause 6.2): 2 s after it opened, then every 2 s
 * at most, when something changed noticeably.
 */
export class LineReporter {
  readonly #clock: Clock;
  readonly #outbox: Pick<Outbox, 'laneBytes' | 'laneDropped'>;
  #lines = 0;
  #dials = 0;
  #line: ReportLine | undefined;
  #told: LineReport | undefined;
  #cancel: Disposer | undefined;

  constructor(options: { readonly clock: Clock; readonly outbox: Pick<Outbox, 'laneBytes' | 'laneDropped'> }) {
    this.#clock = options.clock;
    this.#outbox = options.outbox;
  }

  /** A connection is tried. */
  handleDial(): void {
    this.#dials++;
  }

  handleLineOpen(line: ReportLine): void {
    this.#lines++;
    this.#line = line;
    this.#told = undefined;
    this.#lookAfter(REPORT_MS);
  }

  handleLineClosed(): void {
    this.#line = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** How the line is doing now; undefined without one. */
  get report(): LineReport | undefined {
    return this.#line === undefined ? undefined : this.#read(this.#line.lineState);
  }

  #lookAfter(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(delayMs, () => this.#look());
  }

  #look(): void {
    const line = this.#line;
    if (line === undefined) return;
    const report = this.#read(line.lineState);
    if (isReportNews(this.#told, report)) {
      this.#told = report;
      line.sendReport(report);
    }
    const { bytesPerSecond = Infinity } = report;
    const fairMs = (1_000 * ABOUT_BYTES) / (MOST_SHARE * Math.max(1, bytesPerSecond));
    this.#lookAfter(Math.min(MOST_WAIT_MS, Math.max(REPORT_MS, fairMs)));
  }

  #read({ bytesPerSecond, copies, inFlightBytes, lastRttMs, rttMs, windowBytes }: AgentLineState): LineReport {
    return {
      ...(rttMs === undefined ? {} : { roundTripMs: tenths(rttMs) }),
      ...(lastRttMs === undefined ? {} : { lastRoundTripMs: tenths(lastRttMs) }),
      ...(bytesPerSecond === undefined ? {} : { bytesPerSecond: Math.round(bytesPerSecond) }),
      windowBytes: Math.round(windowBytes),
      inFlightBytes: Math.round(inFlightBytes),
      copies,
      waitingBytes: forEachLane((lane) => this.#outbox.laneBytes(lane)),
      dropped: forEachLane((lane) => this.#outbox.laneDropped(lane)),
      lines: this.#lines,
      dials: this.#dials,
    };
  }
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
