import type { LineReport, RobotStatus } from '@longline/line';
import type { JournalState } from './commands/JournalWriter.ts';
import type { LineState } from './line/LineConnector.ts';
import type { BudgetUse } from './up/DataBudget.ts';

/** How an agent is doing. */
export interface AgentStatus {
  readonly device: string;
  /** Random ID of this run. */
  readonly boot: string;
  readonly line: LineState;
  /** How the line is doing; undefined without one. */
  readonly report: LineReport | undefined;
  readonly robot: RobotStatus;
  /** Topics being sent. */
  readonly channels: number;
  /** What is used of the data budget; undefined without one. */
  readonly budget: BudgetUse | undefined;
  /** Bytes that wait for the line, and messages dropped since the start because they did not fit or were replaced. */
  readonly outbox: { readonly bytes: number; readonly dropped: number };
  /** Whether executed commands are noted on the disk. */
  readonly journal: JournalState;
}
