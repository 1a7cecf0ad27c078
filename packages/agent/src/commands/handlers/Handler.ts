import type { Action, ActionKind } from '@longline/line';
import { stringifyExact } from '@longline/ros';
import type { Encoding, RosGraph } from '@longline/ros';
import type { Deadman } from '../../deadman/Deadman.ts';
import type { TopicTypes } from '../../robot/TopicTypes.ts';
import type { SnapshotTaker } from '../../up/SnapshotTaker.ts';
import type { AdvertisedTopics } from '../AdvertisedTopics.ts';
import type { AllowList } from '../AllowList.ts';
import type { ExecutedCommands } from '../ExecutedCommands.ts';
import type { MotionOrders } from '../MotionOrders.ts';
import type { ProvidedServices } from '../ProvidedServices.ts';
import type { PublisherPool } from '../PublisherPool.ts';
import type { RequestGuard } from '../RequestGuard.ts';
import type { RobotRequest } from '../RobotRequest.ts';
import type { StandingCommands } from '../StandingCommands.ts';
import type { TopicTurns } from '../TopicTurns.ts';

/** What handlers of requests work with. */
export interface HandlerContext {
  readonly graph: RosGraph;
  readonly allowList: AllowList;
  readonly guard: RequestGuard;
  /** Of topics that do not move the robot. */
  readonly publishers: PublisherPool;
  readonly types: TopicTypes;
  /** The order of what is published there. */
  readonly turns: TopicTurns;
  /** Of the publishers, those that are held open from outside. */
  readonly advertised: AdvertisedTopics;
  /** The way to what moves the robot. */
  readonly motion: MotionOrders;
  /** Leases and stops. */
  readonly deadman: Deadman;
  readonly executed: ExecutedCommands;
  readonly standing: StandingCommands;
  readonly snapshots: SnapshotTaker;
  /** Services that readers provide. */
  readonly provided: ProvidedServices;
}

/** The payload of a `done`. */
export interface Answer {
  readonly payload: Uint8Array;
  readonly encoding: Encoding;
}

/** What one kind of request asks for. */
export type ActionOf<Kind extends ActionKind> = Extract<Action, { kind: Kind }>;

/** Carries out one kind of request; what it throws becomes the reply's code and sentence. */
export type Handler<Kind extends ActionKind> = (
  action: ActionOf<Kind>,
  request: RobotRequest,
  context: HandlerContext,
) => Promise<Answer>;

const encoder = new TextEncoder();

/** An answer in exact JSON. */
export const jsonAnswer = (value: unknown): Answer => jsonTextAnswer(stringifyExact(value));

/** It was done, and there is nothing to say. */
export const emptyAnswer: Answer = { payload: encoder.encode('{}'), encoding: 'json' };

export const jsonTextAnswer = (text: string): Answer => ({ payload: encoder.encode(text), encoding: 'json' });
