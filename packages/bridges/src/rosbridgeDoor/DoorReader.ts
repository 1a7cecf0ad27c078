import type { Clock, Log } from '@longline/ros';
import type { DoorRobot } from '../door/DoorRobot.ts';
import type { ProvidedActions } from './actions/ProvidedActions.ts';
import type { ReaderGoals } from './actions/ReaderGoals.ts';
import type { GraphView } from './GraphView.ts';
import type { ProvidedServices } from './ProvidedServices.ts';
import type { ReaderCalls } from './ReaderCalls.ts';
import type { ReaderPublications } from './ReaderPublications.ts';
import type { ReaderSubscriptions } from './ReaderSubscriptions.ts';
import type { StatusTeller } from './StatusTeller.ts';

/** One reader's connection, as the handlers of its ops have it. */
export interface DoorReader {
  readonly robot: DoorRobot;
  readonly clock: Clock;
  readonly log: Log;
  readonly statuses: StatusTeller;
  readonly graphView: GraphView;
  readonly subscriptions: ReaderSubscriptions;
  readonly publications: ReaderPublications;
  readonly calls: ReaderCalls;
  readonly services: ProvidedServices;
  readonly goals: ReaderGoals;
  readonly actions: ProvidedActions;
  /** An answer, at once. Ignored when the reader is gone. */
  send(frame: string | Uint8Array): void;
}
