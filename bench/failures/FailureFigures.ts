import { executedOf, FRESH_MS, freshAfterMs, odometryOf, rounded } from '../thinLink/figures.ts';
import type { Span } from '../thinLink/figures.ts';
import type { ReaderReport, RobotReport } from '../thinLink/reports.ts';

/** Something that was done to a line, and the time it had to recover. */
export interface Failure {
  /** While nothing could pass; of no length where the old way just ended. */
  readonly outage: Span;
  /** From the moment from which everything could pass. */
  readonly recovery: Span;
}

/** How a line got over a failure. */
export interface FailureFigures {
  readonly outageMs: number;
  /** From the end of the outage until Odometry was younger than 500 ms and stayed so; null: not in the time it had. */
  readonly freshAfterMs: number | null;
  /** Commands issued during the outage that the robot executed at all. */
  readonly staleCommands: number;
  /** Commands issued from the failure on that the robot executed when they were older than 500 ms. */
  readonly lateCommands: number;
  /** Nothing that was published after the outage arrived in the time it had: it did not come back by itself. */
  readonly humanNeeded: boolean;
}

/** What the reports say of one failure. */
export function failureFigures(failure: Failure, robot: RobotReport, reader: ReaderReport): FailureFigures {
  const { outage, recovery } = failure;
  const late = robot.executed.filter(
    ({ issuedMs, executedMs }) =>
      issuedMs >= outage.fromMs && issuedMs < recovery.toMs && executedMs - issuedMs >= FRESH_MS,
  );
  const cameBack = odometryOf(reader).some(
    ({ sentMs, receivedMs }) => sentMs >= recovery.fromMs && receivedMs < recovery.toMs,
  );
  return {
    outageMs: rounded(outage.toMs - outage.fromMs, 0),
    freshAfterMs: freshAfterMs(odometryOf(reader), recovery),
    staleCommands: executedOf(robot, outage).count,
    lateCommands: late.length,
    humanNeeded: !cameBack,
  };
}
