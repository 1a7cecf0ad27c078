import type { Action, ActionKind } from '@longline/line';
import { stringifyExact } from '@longline/ros';
import type { Encoding, RosGraph } from '@longline/ros';
import type { SnapshotTaker } from '../../up/SnapshotTaker.ts';
import type { AllowList } from '../AllowList.ts';
import type { PublisherPool } from '../PublisherPool.ts';
import type { RequestGuard } from '../RequestGuard.ts';
import type { RobotRequest } from '../RobotRequest.ts';
import type { StandingCommands } from '../StandingCommands.ts';

/** What handlers of requests work with. */
export interface HandlerContext {
  readonly graph: RosGraph;
  readonly allowList: AllowList;
  readonly guard: RequestGuard;
  readonly publishers: PublisherPool;
  readonly standing: StandingCommands;
  readonly snapshots: SnapshotTaker;
  /** Whether a topic of a type moves the robot. */
  readonly isMotion: (topic: string, type: string) => boolean;
}

/** The payload of a `done`. */
export interface Answer {
  readonly payload: Uint8Array;
  readonly encoding: Encoding;
}

/** Carries out one kind of request; what it throws becomes the reply's code and sentence. */
export type Handler<Kind extends ActionKind> = (
  action: Extract<Action, { kind: Kind }>,
  request: RobotRequest,
  context: HandlerContext,
) => Promise<Answer>;

const encoder = new TextEncoder();

/** An answer in exact JSON. */
export const jsonAnswer = (value: unknown): Answer => jsonTextAnswer(stringifyExact(value));

export const jsonTextAnswer = (text: string): Answer => ({ payload: encoder.encode(text), encoding: 'json' });
