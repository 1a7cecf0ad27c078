import { freshAfterMs, odometryOf, rounded } from '../thinLink/figures.ts';
import type { Span } from '../thinLink/figures.ts';
import { COMMAND_DEADLINE_MS } from '../thinLink/loadTopics.ts';
import type { Execution, ReaderReport, RobotReport } from '../thinLink/reports.ts';

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
  /** Commands issued during the outage that the robot executed after their deadline of 200 ms. */
  readonly staleCommands: number;
  /** Commands issued during the outage that the robot executed in time: it was shorter than their deadline, or over soon. */
  readonly commandsInTime: number;
  /** Commands issued from the failure to the end that the robot executed after their deadline; the stale ones are among them. */
  readonly lateCommands: number;
  /** Nothing that was published after the outage arrived in the time it had: it did not come back by itself. */
  readonly humanNeeded: boolean;
}

/** What the reports say of one failure. */
export function failureFigures(failure: Failure, robot: RobotReport, reader: ReaderReport): FailureFigures {
  const { outage, recovery } = failure;
  const executedOf = (span: Span): Execution[] =>
    robot.executed.filter(({ issuedMs }) => issuedMs >= span.fromMs && issuedMs < span.toMs);
  const isLate = ({ issuedMs, executedMs }: Execution): boolean => executedMs - issuedMs > COMMAND_DEADLINE_MS;
  const ofOutage = executedOf(outage);
  const cameBack = odometryOf(reader).some(
    ({ sentMs, receivedMs }) => sentMs >= recovery.fromMs && receivedMs < recovery.toMs,
  );
  return {
    outageMs: rounded(outage.toMs - outage.fromMs, 0),
    freshAfterMs: freshAfterMs(odometryOf(reader), recovery),
    staleCommands: ofOutage.filter(isLate).length,
    commandsInTime: ofOutage.filter((each) => !isLate(each)).length,
    lateCommands: executedOf({ fromMs: outage.fromMs, toMs: recovery.toMs }).filter(isLate).length,
    humanNeeded: !cameBack,
  };
}
