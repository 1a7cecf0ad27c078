import type { LineClose, LineLimits, ReaderHello } from '@longline/line';
import type { Clock } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';
import type { Principal } from '../access/Principal.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import type { IntakeBudget } from '../transport/IntakeBudget.ts';
import type { LiveSession } from './LiveSession.ts';

/** What the sessions of readers share. */
export interface LiveSessionHost {
  /** The fleet as that one sees it. */
  viewOf(principal: Principal): FleetView;
  readonly requests: RobotRequests;
  readonly clock: Clock;
  readonly lineLimits: Partial<LineLimits>;
  /** What all readers of one principal may send together. */
  readerIntakeOf(principal: Principal): IntakeBudget;
  readonly software: string;
  readonly name: string;
  /** Says false when there are as many readers as there may be. */
  handleJoined(session: LiveSession, hello: ReaderHello): boolean;
  handleClosed(session: LiveSession, close: LineClose): void;
}
